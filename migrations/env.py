"""Alembic's environment: the models against the database of the settings, or of a connection handed over."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from portal.config import read_settings
from portal.models import Base
from portal.models.engine import make_engine


def run(connection: Connection) -> None:
    """Run the migrations on a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(read_settings(os.environ).database_url).connect() as opened:
        run(opened)
