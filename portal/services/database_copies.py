"""A copy of the whole database as it was at one moment, taken while others write; and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.services import checkpoints, ledger
from portal.services.ledger import Checked

FILENAMES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
"""Kind of database → its file in a backup."""
SECONDS_TO_WAIT = 60
"""For a writer who holds SQLite's lock."""


class CopyError(Exception):
    """The database cannot be copied or brought back; the message is a sentence."""


def take(engine: sa.Engine, to: Path) -> Checked:
    """Copy the database into a file; return what a walk over exactly this copy's ledger has found.

    Raises:
        CopyError: see there.
    """
    return _take_sqlite(engine, to) if engine.dialect.name == "sqlite" else _take_postgresql(engine, to)


def file_of(engine: sa.Engine) -> Path:
    """Return where a SQLite database lies."""
    return Path(engine.url.database or "")


def load_postgresql(engine: sa.Engine, source: Path, then: str) -> None:
    """Bring a copy back into an empty PostgreSQL database, all or nothing.

    Args:
        engine: the database.
        source: from `take`.
        then: one statement of SQL that becomes true together with the copy, not a moment later.

    Raises:
        CopyError: see there.
    """
    with tempfile.TemporaryDirectory(prefix="portal-restore-") as folder:
        script = Path(folder, "database.sql")
        written = ("--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}")
        _run("pg_restore", *written, str(source))
        whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run("psql", *whole, f"--file={script}", f"--command=RESET search_path; {then}", engine=engine)


def _take_sqlite(engine: sa.Engine, to: Path) -> Checked:
    with (
        closing(sqlite3.connect(file_of(engine), timeout=SECONDS_TO_WAIT)) as source,
        closing(sqlite3.connect(to)) as copy,
    ):
        source.backup(copy)  # in one step: page by page it would begin anew with every deed
        copy.execute("PRAGMA journal_mode = DELETE")
    copied = sa.create_engine(f"sqlite:///{to}", hide_parameters=True)
    try:
        with Session(copied) as session:
            return ledger.check(session, checkpoints.heads(session))
    finally:
        copied.dispose()


def _take_postgresql(engine: sa.Engine, to: Path) -> Checked:
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        Session(connection) as session,
    ):
        snapshot = session.scalar(sa.text("SELECT pg_export_snapshot()"))
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={to}", engine=engine)
        return ledger.check(session, checkpoints.heads(session))


def _run(program: str, *options: str, engine: sa.Engine | None = None) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where `ps` does not show it."""
    found = shutil.which(program)
    if found is None:
        raise CopyError(f"{program} is not on the PATH; install the client programs of PostgreSQL.")
    command, environment = [found, *options], dict(os.environ)
    if engine:
        url = engine.url.set(drivername="postgresql", password=None)
        command.append(f"--dbname={url.render_as_string(hide_password=False)}")
        environment |= {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    done = subprocess.run(  # noqa: S603  PostgreSQL's own program, no shell
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        raise CopyError(f"{program} failed: {done.stderr.strip().partition(chr(10))[0]}")
