"""`portal ledger`: the chain of records, checked."""

from __future__ import annotations

import click
import sqlalchemy as sa

from portal.cli.answering import open_installation
from portal.models import LedgerEvent
from portal.models.engine import reading
from portal.services import ledger as records

REASONS = {
    "gap": "a row is missing",
    "chain": "it does not follow the row before it",
    "leaf": "its hash does not belong to its record",
    "record": "its columns differ from its record",
    "personal-data": "its personal data differ from what the record commits to",
}


@click.group()
def ledger() -> None:
    """Check the ledger."""


@ledger.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Check every row of the ledger; the exit code is 1 when one does not fit."""
    reading.set(True)
    with open_installation().new_session() as session:
        broken = records.verify(session)
        count = session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent))
    if broken:
        click.echo(f"Broken at row {broken.seq}: {REASONS.get(broken.reason, broken.reason)}.", err=True)
        context.exit(1)
    click.echo(f"The ledger holds: {count} rows, each follows from the one before.")
