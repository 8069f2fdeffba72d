from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

import pytest

from portal.config import SECRET_NAMES
from tests.portal.cli.conftest import Run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}


def test_init_makes_what_an_installation_needs(run: Run, environment: Path) -> None:
    result = run("init")
    assert result.exit_code == 0
    assert "Ready:" in result.stdout
    made = contents(environment)
    assert {f"{name}.secret" for name in SECRET_NAMES} | {"seal.passphrase", "seal.p12", "seal-root.pem"} <= set(made)
    assert len({made[f"{name}.secret"] for name in SECRET_NAMES}) == len(SECRET_NAMES)
    assert all(len(made[f"{name}.secret"]) > 60 for name in SECRET_NAMES)


def test_nobody_else_may_look(run: Run, installed: Path) -> None:
    for folder in (installed, *(path for path in installed.iterdir() if path.is_dir())):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for path in (installed / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_group_sees_what_is_public_and_never_what_signs(
    run: Run, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Web and worker as two users of one group; a seal that is changed later stays visible."""
    group = os.getgid()
    monkeypatch.setenv("PORTAL_GROUP", grp.getgrgid(group).gr_name)
    for words in (["init"], ["keys", "new-seal"], ["keys", "revoke-seal", "--yes"]):
        assert run(*words).exit_code == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (environment / "keys").iterdir()}
    private = {name for name in modes if name.endswith((".p12", ".key", ".passphrase"))}
    assert private >= {"seal.p12", "seal-root.p12", "oneshot.p12", "seal.passphrase", "checkpoint.key"}
    assert {modes.pop(name) for name in private} == {0o600}
    assert modes.keys() >= {"seal.pem", "seal-root.pem", "seal-root.crl", "checkpoint.pem", "session.secret"}
    assert set(modes.values()) == {0o640}
    folders = {name: (environment / name).stat() for name in ("keys", "files", "waiting")}
    assert {name: stat.S_IMODE(each.st_mode) for name, each in folders.items()} == {
        "keys": 0o2750, "files": 0o2770, "waiting": 0o2770
    }  # fmt: skip
    monkeypatch.setenv("PORTAL_GROUP", "no such group")
    assert "must be a group" in run("init").stderr


def test_init_twice_changes_nothing(run: Run, installed: Path) -> None:
    before = contents(installed)
    assert run("ledger", "verify").stdout.startswith("The ledger holds: 1 row")
    result = run("init")
    assert result.exit_code == 0
    assert "Made:" not in result.stdout
    assert contents(installed) == before
    assert run("ledger", "verify").stdout.startswith("The ledger holds: 1 row")


def test_a_secret_that_was_lost_is_made_anew_and_the_others_stay(run: Run, installed: Path) -> None:
    before = contents(installed)
    (installed / "keys" / "intent.secret").unlink()
    assert "Made: intent.secret" in run("init").stdout
    after = contents(installed)
    assert after.pop("intent.secret") != before.pop("intent.secret")
    assert after == before


def test_before_init_each_command_says_what_is_missing(run: Run) -> None:
    for words in (["users", "list"], ["ledger", "verify"], ["worker"], ["serve"]):
        result = run(*words)
        assert result.exit_code == 1
        assert "portal init" in result.stderr
        assert "Traceback" not in result.output
        assert len(result.stderr.strip().splitlines()) == 1


def test_without_tables_a_command_says_what_is_missing(run: Run, installed: Path) -> None:
    (installed / "portal.sqlite").unlink()
    result = run("users", "list")
    assert (result.exit_code, result.stderr) == (1, "Error: The database is not ready; run `portal init` first.\n")


def test_a_wrong_setting_is_one_sentence(run: Run, installed: Path, monkeypatch: object) -> None:
    (installed / "keys" / "link.secret").write_text("short")
    result = run("users", "list")
    assert result.exit_code == 1
    assert "shorter than 32 bytes" in result.stderr
