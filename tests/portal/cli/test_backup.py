from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from portal.services import backup_manifest
from portal.storage import hash_of
from tests.portal.cli.conftest import Run


@pytest.fixture
def folder(run: Run, installed: Path, tmp_path: Path) -> Path:
    """A backup with keys of an installation with two rows."""
    assert run("users", "add", "anna@testfirma.example", "--role", "buyer").exit_code == 0
    result = run("backup", str(tmp_path / "backup"), "--with-keys")
    assert (result.exit_code, result.stderr) == (0, "")
    return tmp_path / "backup"


@pytest.fixture
def emptied(folder: Path, installed: Path) -> Path:
    """The data folder of a machine that has nothing but what the backup will bring."""
    shutil.rmtree(installed)
    return installed


def test_a_backup_on_a_new_machine_is_a_portal_again(run: Run, folder: Path, emptied: Path) -> None:
    result = run("restore", str(folder))
    assert result.exit_code == 0, result.output
    assert "2 rows of the ledger and 0 files" in result.stdout
    assert run("ledger", "verify").stdout.startswith("The ledger holds: 3 rows")
    assert run("verify-all").exit_code == 0
    assert "anna@testfirma.example" in run("users", "list").stdout
    assert stat.S_IMODE((emptied / "keys" / "seal.p12").stat().st_mode) == 0o600


def test_the_keys_are_in_a_backup_only_when_asked(run: Run, folder: Path, installed: Path, tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "other"))
    assert "The keys are not in it" in result.stdout
    assert not (tmp_path / "other" / "keys").exists()
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o700
    shutil.rmtree(installed)
    result = run("restore", str(tmp_path / "other"))
    assert result.exit_code == 1
    assert "put the copy of keys/ back" in result.stderr
    shutil.copytree(folder / "keys", installed / "keys", dirs_exist_ok=True)
    assert run("restore", str(tmp_path / "other")).exit_code == 0


def test_where_something_was_done_nothing_is_restored(run: Run, folder: Path, installed: Path) -> None:
    before = (installed / "portal.sqlite").read_bytes()
    result = run("restore", str(folder))
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: There is a database here already; a backup is restored into an empty installation only.\n",
    )
    assert (installed / "portal.sqlite").read_bytes() == before


def test_other_keys_are_never_replaced(run: Run, folder: Path, emptied: Path) -> None:
    assert run("init").exit_code == 0
    before = (emptied / "keys" / "link.secret").read_bytes()
    result = run("restore", str(folder))
    assert result.exit_code == 1
    assert "is another key than the one in the backup" in result.stderr
    assert (emptied / "keys" / "link.secret").read_bytes() == before


def test_a_damaged_backup_is_refused_and_each_fault_named(run: Run, folder: Path, emptied: Path) -> None:
    (folder / "keys" / "link.secret").unlink()
    with (folder / "database.sqlite").open("r+b") as file:
        file.seek(5000)
        file.write(b"?")
    result = run("restore", str(folder))
    assert (result.exit_code, result.stderr.splitlines()) == (
        1,
        [
            "database.sqlite has changed.",
            "keys/link.secret is missing.",
            "The backup is damaged; nothing was restored.",
        ],
    )
    assert not emptied.exists()


def test_an_old_backup_is_told_by_a_checkpoint_that_was_kept(
    run: Run, folder: Path, installed: Path, tmp_path: Path
) -> None:
    run("users", "add", "bo@testfirma.example", "--role", "buyer")
    assert run("ledger", "checkpoint").exit_code == 0
    (copy,) = (installed / "checkpoints").glob("*.txt")
    kept = Path(shutil.copy(copy, tmp_path / "kept.txt"))
    shutil.rmtree(installed)
    result = run("restore", str(folder), "--against", str(kept))
    assert result.exit_code == 1
    assert "it ends after 2 rows, and a checkpoint has signed 3." in result.stderr


def test_an_old_backup_is_told_by_the_copies_in_the_folder(run: Run, folder: Path, installed: Path) -> None:
    run("users", "add", "bo@testfirma.example", "--role", "buyer")
    assert run("ledger", "checkpoint").exit_code == 0
    (installed / "portal.sqlite").unlink()
    (installed / "checkpoints" / "9.txt").write_text("no note")
    result = run("restore", str(folder))
    assert result.exit_code == 1
    assert "Left aside:" in result.stderr
    assert "This is an old backup" in result.stderr


def test_a_backup_of_a_newer_version_is_refused(run: Run, folder: Path, emptied: Path) -> None:
    facts = folder / "backup.json"
    facts.write_text(facts.read_text().replace('"revision": "', '"revision": "9'))
    manifest = backup_manifest.FILENAME
    digests = {
        path.relative_to(folder).as_posix(): hash_of(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != manifest
    }
    backup_manifest.write(folder, digests)
    result = run("restore", str(folder))
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: The backup was made by a newer version of the portal; install that one first.\n",
    )
    assert not emptied.exists()


def test_a_folder_that_is_no_backup_is_refused(run: Run, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    result = run("restore", str(tmp_path / "photos"))
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, "MANIFEST.sha256 cannot be read.")


def test_a_backup_into_a_folder_that_is_there_is_refused(run: Run, installed: Path, tmp_path: Path) -> None:
    result = run("backup", str(tmp_path))
    assert result.exit_code == 1
    assert "is there already" in result.stderr
