from __future__ import annotations

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
        assert connection.execute(statement).rowcount == 1
        connection.commit()


def test_a_whole_ledger_holds(run: Run, filled: Path) -> None:
    result = run("ledger", "verify")
    assert (result.exit_code, result.stdout) == (0, "The ledger holds: 4 rows, each follows from the one before.\n")


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
