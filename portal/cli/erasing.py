"""`portal erase` and `portal retention`: a person goes on request, declarations go when their years are over."""

from __future__ import annotations

import click

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.services import erasing
from portal.services import retention as keeping
from portal.services.actors import COMMAND_LINE
from portal.services.erasing import Found, Held


@click.command()
@click.argument("email")
@click.option("--basis", default="", help="Why: who asked, and when.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased and what would be kept, and why.")
@click.pass_context
def erase(context: click.Context, email: str, basis: str, dry_run: bool) -> None:
    """Erase what is known of a person by mail address; signed declarations stay until their retention has ended.

    The ledger's records and proofs stay as they are: they hold no names. The exit code is 1 where a legal hold stands.
    """
    installation = open_installation()
    years = installation.settings.retention_years
    try:
        with installation.new_session.begin() as session:
            if dry_run:
                found = erasing.find(session, email, years)
            else:
                found = erasing.erase(session, email, basis, years, now=clock(), by=COMMAND_LINE)
            click.echo("\n".join(_lines(found, done=not dry_run)))
    except Held as held:
        click.echo(f"Nothing was erased. A legal hold stands on {held}.", err=True)
        context.exit(1)


def _lines(found: Found, *, done: bool) -> list[str]:
    counts = {
        "contacts": len(found.contacts),
        "invitations": len(found.invitations),
        "suggestions": len(found.suggestions),
        "mails": len(found.mails),
        "ledger records with personal data": len(found.records),
    }
    lines = [
        f"{'Erased' if done else 'To be erased'}: " + ", ".join(f"{count} {what}" for what, count in counts.items())
    ]
    lines += [f"Kept until {each.until:%Y-%m-%d}: signed declaration {each.reference}" for each in found.kept]
    if not done:
        lines += [f"Kept by a legal hold on {hold.supplier.name}: {hold.reason}" for hold in found.holds]
    if found.account:
        lines.append("An account has this address; close it with `portal users disable`.")
    return lines


@click.command()
@click.option("--delete", "is_wanted", is_flag=True, help="Delete them; without this they are only named.")
def retention(is_wanted: bool) -> None:
    """Name the signed declarations whose retention has ended (PORTAL_RETENTION_YEARS), or delete them.

    Files, answers and names go; the hashes stay in the ledger. What a legal hold keeps is left alone.
    """
    installation = open_installation()
    years, now = installation.settings.retention_years, clock()
    if is_wanted:
        gone = keeping.delete(installation.new_session, installation.store, years, now=now, by=COMMAND_LINE)
        references = [f"{reference}: deleted" for reference in gone]
    else:
        with installation.new_session() as session:
            due = keeping.due(session, years, now)
            references = [f"{each.reference}: signed {each.signed_at:%Y-%m-%d}" for each in due]
    click.echo("\n".join([*references, f"{len(references)} declarations are older than {years} years."]))
