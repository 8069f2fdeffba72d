"""Migrations run up, down and up again, with rows in the tables, and end where the models are."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from portal.models import Base, Deed, LedgerEvent
from portal.models.engine import make_engine
from portal.models.schema import MIGRATIONS, migrate
from portal.services import ledger
from portal.services.actors import PORTAL
from tests.factories import Make


def revisions() -> list[str]:
    """Return all revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def test_the_newest_revision_is_what_the_models_say(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert difference == []


def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    engine = make_engine(database_url)
    inspector = sa.inspect(engine)
    missing = {
        f"{table.name}.{check.name}"
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
        and check.name not in {found["name"] for found in inspector.get_check_constraints(table.name)}
    }
    engine.dispose()
    assert missing == set()


def test_every_revision_goes_down_and_up_again(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'steps.sqlite'}")
    for revision, before in zip(revisions(), ["base", *revisions()], strict=False):
        migrate(engine, revision)
        migrate(engine, before)
        migrate(engine, revision)
    assert sa.inspect(engine).has_table("ledger_events")
    engine.dispose()


def test_rows_of_the_ledger_stay_byte_for_byte_through_its_guards(
    database_url: str, make: Make, session: Session
) -> None:
    ledger.record(session, Deed.CAMPAIGN_MADE, "campaign:1", by=PORTAL, now=make.now, data={"title": "Ærlig"})
    session.commit()
    before = session.scalars(sa.select(LedgerEvent.record)).all()
    session.rollback()
    engine = make_engine(database_url)
    migrate(engine, "0009")
    migrate(engine)
    engine.dispose()
    assert session.scalars(sa.select(LedgerEvent.record)).all() == before
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        session.execute(sa.text("DELETE FROM ledger_events"))
    session.rollback()
