"""How a database is opened: SQLite's promises made explicit, PostgreSQL as it comes."""

from __future__ import annotations

import contextvars
import sqlite3
from typing import Any

import sqlalchemy as sa

WAL_RESET_FIX = (3, 51, 3)
"""First SQLite whose write-ahead log cannot be reset under a reader (sqlite.org/wal.html#walresetbug)."""

DISCREET = {"hide_parameters": True}
"""An error in a log must not carry names, answers or hashes."""

reading: contextvars.ContextVar[bool] = contextvars.ContextVar("reading", default=False)
"""True while the running request may only read: SQLite then takes no write lock."""


def engine_options(url: str) -> dict[str, Any]:
    """Return the options that `create_engine` takes for this kind of database."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        return {"url": url, "connect_args": {"timeout": 20}, **DISCREET}
    return {"url": _with_driver(url), "pool_pre_ping": True, **DISCREET}


def prepare(engine: sa.Engine) -> sa.Engine:
    """Join the listeners that a SQLite engine needs; return the engine."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _open_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_engine(url: str) -> sa.Engine:
    """Return a ready engine outside of a Flask application."""
    return prepare(sa.create_engine(**engine_options(url)))


def _with_driver(url: str) -> sa.URL:
    """Take plain postgresql:// to mean psycopg 3, the driver that is installed."""
    parsed = sa.make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _open_sqlite(connection: sqlite3.Connection, record: object) -> None:
    del record
    connection.isolation_level = None  # BEGIN is ours: the driver's own begins too late
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    wal = sqlite3.sqlite_version_info >= WAL_RESET_FIX
    cursor.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'TRUNCATE'}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """A deferred transaction that turns to writing fails at once instead of waiting, so writers begin as writers."""
    connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")
