"""A backup that is not what was written is refused before anything is restored, whatever was done to it."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.clock import clock
from portal.models.engine import make_engine
from portal.services import backup_manifest, backups, restoring
from portal.services.backup_manifest import BackupDamaged
from portal.storage import LocalStore


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Path:
    """A backup with ten files."""
    folder = tmp_path_factory.mktemp("backup")
    engine = make_engine(f"sqlite:///{shutil.copy(empty_sqlite, folder / 'portal.sqlite')}")
    store = LocalStore(folder / "files")
    for number in range(10):
        store.put(f"file {number}".encode() * 50)
    (folder / "keys").mkdir()
    (folder / "keys" / "link.secret").write_text("kept apart")
    backups.make(engine, store, folder / "keys", folder / "whole", clock())
    engine.dispose()
    return folder / "whole"


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "backup")


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def delete(path: Path, chance: random.Random) -> None:
    path.unlink()


def add(path: Path, chance: random.Random) -> None:
    (path.parent / f"{chance.random()}").write_bytes(b"?")


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_whole_backup_is_read(copy: Path) -> None:
    backup = restoring.examine(copy)
    assert (len(backup.files), backup.keys) == (10, ["link.secret"])


@pytest.mark.parametrize("damage", [flip, truncate, delete, add])
def test_every_damage_is_found(whole: Path, tmp_path: Path, damage: Callable[[Path, random.Random], None]) -> None:
    chance = random.Random(11)
    for number, original in enumerate(files_of(whole)):
        damaged = shutil.copytree(whole, tmp_path / str(number))
        damage(damaged / original.relative_to(whole), chance)
        with pytest.raises(BackupDamaged) as raised:
            restoring.examine(damaged)
        assert len(raised.value.faults) == 1, raised.value.faults


def test_no_bit_of_the_manifest_can_be_flipped(copy: Path) -> None:
    path = copy / backup_manifest.FILENAME
    content, chance = path.read_bytes(), random.Random(13)
    for _ in range(100):
        flip(path, chance)
        with pytest.raises(BackupDamaged):
            backup_manifest.check(copy)
        path.write_bytes(content)


def test_a_link_to_a_file_is_not_the_file(copy: Path, tmp_path: Path) -> None:
    (copy / "extra").symlink_to(copy / backups.FACTS)
    with pytest.raises(BackupDamaged, match="extra does not belong to the backup"):
        backup_manifest.check(copy)


def test_the_common_tool_reads_the_manifest_too(copy: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", backup_manifest.FILENAME], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 13
