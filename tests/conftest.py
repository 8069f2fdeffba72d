"""Fixtures of all tests: an installation with its own folder and database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal import create_app
from portal.config import SECRET_NAMES, Settings, read_settings
from portal.extensions import limiter
from portal.installation import Installation
from portal.models.engine import make_engine
from portal.models.schema import migrate
from portal.pdf.certificates import create_installation_keys
from tests import servers
from tests.factories import Make

NOW = datetime.now(UTC).replace(microsecond=0)
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
def postgresql_server() -> Iterator[sa.Engine]:
    """A PostgreSQL cluster with a database `empty` to copy from."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(servers.postgresql())
        except servers.NoServer as error:
            pytest.skip(str(error))
        engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.NullPool,
        )
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE DATABASE empty"))
        template = make_engine(_database(engine, "empty"))
        migrate(template)
        template.dispose()
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all tables; a test that takes it runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "portal.sqlite"
        shutil.copy(empty_sqlite, path)
        yield f"sqlite:///{path}"
        return
    engine: sa.Engine = request.getfixturevalue("postgresql_server")
    name = f"t{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE empty"))
    yield _database(engine, name)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


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
def app(settings: Settings) -> Iterator[Flask]:
    """The web application."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False
    yield app
    limiter.enabled = True
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


def _database(engine: sa.Engine, name: str) -> str:
    return engine.url.set(database=name).render_as_string(hide_password=False)
