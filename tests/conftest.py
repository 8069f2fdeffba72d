"""Fixtures of all tests: an installation with its own folder and database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal import create_app
from portal.config import SECRET_NAMES, Settings, read_settings
from portal.extensions import limiter
from portal.installation import Installation
from portal.models import Base
from portal.models.engine import make_engine
from portal.models.schema import migrate
from portal.pdf.certificates import create_installation_keys
from portal.services import checkpoint_keys, passwords
from questionnaires.catalogue import Catalogue
from tests import servers
from tests.factories import Make

NOW = datetime.now(UTC).replace(microsecond=0)
STRONG_HASHER = passwords._hasher
PASSPHRASE = "only-for-the-tests-of-this-portal"


@pytest.fixture
def now() -> datetime:
    """The moment that tests happen at."""
    return NOW


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seal's keys, made once."""
    folder = tmp_path_factory.mktemp("keys")
    create_installation_keys(folder, "Testfirma AS", PASSPHRASE.encode(), datetime.now(UTC))
    checkpoint_keys.create(folder, "localhost", PASSPHRASE.encode())
    return folder


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables and no rows, to copy from."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL database with all tables, on a server of its own."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(servers.postgresql())
        except servers.NoServer as error:
            servers.do_without(str(error))
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a SQLite database with all tables and no rows: for tests that do not hang on the kind of database."""
    path = tmp_path / "portal.sqlite"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with all tables and no rows; a test that takes it runs once on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    url: str = request.getfixturevalue("postgresql_url")
    yield url
    empty_postgresql(url)


def empty_postgresql(url: str) -> None:
    """Take all rows out, quicker than a new database: past foreign keys and the ledger's guards."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        guards = connection.execute("SELECT 1 FROM pg_trigger WHERE tgname LIKE 'ledger_refuses%'").fetchall()
        if len(guards) < 2:  # a test took them away
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        else:
            connection.execute("SET session_replication_role = replica")
            for name in Base.metadata.tables:
                connection.execute(f'DELETE FROM "{name}"'.encode())
    if len(guards) < 2:
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """What takes long and is not what these tests are about.

    Strong password hashes, reading the same definitions, compiling the same addresses for each application anew.
    """
    load, compile_builder = Catalogue.load, Rule._compile_builder
    builders: dict[tuple[object, ...], Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, rule.endpoint, repr(rule.defaults), append_unknown)
        if key not in builders:
            builders[key] = compile_builder(rule, append_unknown)
        return builders[key]

    shipped = cache(lambda: load(None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        patch.setattr(Rule, "_compile_builder", compile_once)
        patch.setattr(Catalogue, "load", lambda folder=None: load(folder) if folder else shipped())
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that were compiled once, for all applications of this run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def settings(database_url: str, keys: Path, tmp_path: Path) -> Settings:
    """Settings of a fresh installation."""
    shutil.copytree(keys, tmp_path / "keys", dirs_exist_ok=True)
    secrets = {f"PORTAL_{name.upper()}_SECRETS": f"{name}-secret-of-the-tests-0123456789" for name in SECRET_NAMES}
    return read_settings(
        {
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_ORGANISATION": "Testfirma AS",
            "PORTAL_MAIL_FROM": "portal@testfirma.example",
            "PORTAL_SEAL_PASSPHRASE": PASSPHRASE,
            **secrets,
        }
    )


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The web application."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False
    yield app
    limiter.enabled = True
    app.extensions["installation"].engine.dispose()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    """The installation's parts, without the web."""
    parts = Installation(settings)
    yield parts
    parts.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, without forgery tokens and without limits."""
    return app.test_client()


@pytest.fixture
def session(installation: Installation) -> Iterator[Session]:
    """A database session of its own; commit before a client looks."""
    with installation.new_session() as opened:
        yield opened


@pytest.fixture
def make(session: Session, now: datetime) -> Make:
    """Makes suppliers, campaigns, requests and so on, committed."""
    return Make(session, now)
