from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.portal.cli.conftest import Run


@pytest.fixture
def filled(run: Run, installed: Path) -> Path:
    """The database file of an installation with four ledger rows."""
    for name in ("anna", "bo", "cecilie"):
        run("users", "add", f"{name}@testfirma.example", "--role", "buyer")
    return installed / "portal.sqlite"


def damage(path: Path, statement: str) -> None:
    """Change a row as somebody could who owns the machine: without the triggers that forbid it."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement).rowcount > 0
        connection.commit()


def test_a_whole_ledger_holds(run: Run, filled: Path) -> None:
    result = run("ledger", "verify")
    assert (result.exit_code, result.stdout) == (
        0,
        "The ledger holds: 4 rows, each follows from the one before; 0 checkpoints fit.\n",
    )


@pytest.mark.parametrize(
    ("statement", "row", "reason"),
    [
        ("UPDATE ledger_events SET record = CAST(replace(record, 'buyer', 'admin') AS BLOB) WHERE seq = 2", 2, "hash"),
        ("UPDATE ledger_events SET deed = 'user:changed' WHERE seq = 1", 1, "columns"),
        ("UPDATE ledger_events SET prev = 'x' WHERE seq = 3", 3, "does not follow"),
        ("UPDATE ledger_personal_data SET payload = CAST('{}' AS BLOB) WHERE seq = 2", 2, "personal data"),
    ],
)
def test_the_first_broken_row_is_named(run: Run, filled: Path, statement: str, row: int, reason: str) -> None:
    damage(filled, statement)
    result = run("ledger", "verify")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Broken at row {row}:")
    assert reason in result.stderr


def test_a_row_that_was_taken_out_is_missed(run: Run, filled: Path) -> None:
    damage(filled, "DELETE FROM ledger_events WHERE seq = 2")
    result = run("ledger", "verify")
    assert result.exit_code == 1
    assert result.stderr == "Broken at row 2: a row is missing.\n"


@pytest.fixture
def kept(run: Run, filled: Path) -> Path:
    """A checkpoint of the four rows, in a folder that the database does not know."""
    assert run("ledger", "checkpoint").exit_code == 0
    (copy,) = (filled.parent / "checkpoints").glob("*.txt")
    return copy


def test_a_cut_tail_is_missed_by_the_copy_of_a_checkpoint(run: Run, filled: Path, kept: Path) -> None:
    assert run("ledger", "verify", "--against", str(kept)).stdout.endswith("; 1 checkpoints fit.\n")
    for statement in (
        "DELETE FROM ledger_personal_data WHERE seq = 3",
        "DELETE FROM ledger_events WHERE seq = 3",
        "DELETE FROM checkpoints",
    ):
        damage(filled, statement)
    assert run("ledger", "verify").exit_code == 0
    result = run("ledger", "verify", "--against", str(kept))
    assert (result.exit_code, result.stderr) == (
        1,
        "Broken at row 3: it and all after it are gone, though a checkpoint has signed them.\n",
    )


def test_a_forged_checkpoint_is_refused(run: Run, kept: Path) -> None:
    kept.write_text(kept.read_text().replace("\n4\n", "\n3\n"))
    result = run("ledger", "verify", "--against", str(kept))
    assert result.exit_code == 1
    assert "not signed by this portal" in result.stderr


def test_the_public_key_is_told_as_other_verifiers_take_it(run: Run, filled: Path) -> None:
    name, identity, key = run("ledger", "key").stdout.strip().split("+", 2)
    assert (name, len(identity)) == ("127.0.0.1/ledger", 8)
    assert base64.b64decode(key)[:1] == b"\x01"
