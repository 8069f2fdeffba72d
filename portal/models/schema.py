"""The schema: brought to its newest revision by Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database to a revision, forwards or backwards."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        going_down = revision == "base" or (_current(connection) or "") > revision != "head"
        (command.downgrade if going_down else command.upgrade)(config, revision)


def newest() -> str:
    """Return the revision that this version of the portal brings databases to."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def revision_of(engine: sa.Engine) -> str:
    """Return the revision of a database; an empty word where it has no tables."""
    with engine.connect() as connection:
        return _current(connection) or ""


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
