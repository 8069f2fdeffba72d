"""`portal minerals import-template` and `import-statuses`: what the portal is to know of smelters."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.services import minerals_templates, smelter_statuses
from portal.services.minerals_templates import TemplateRefused
from portal.services.smelter_status_files import RefusedRow, StatusFile, StatusFileError, read_status_file
from portal.services.smelter_status_sentences import explain_file, explain_row
from portal.services.smelter_statuses import Dry

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-template")
@click.argument("file", type=_FILE)
def import_template(file: Path) -> None:
    """Take the list of smelters from a blank CMRT or EMRT, and keep the template itself."""
    installation = open_installation()
    content = file.read_bytes()
    try:
        template = minerals_templates.read_template(content)
    except TemplateRefused as refused:
        raise click.ClickException(refused.sentence("en")) from refused
    with installation.new_session.begin() as session:
        minerals_templates.keep(session, installation.store, content, template, now=clock(), by=None)
    smelters = len({line.smelter_id for line in template.references if line.smelter_id})
    click.echo(f"{template.kind} {template.version}: {smelters} smelters.")


@click.command("import-statuses")
@click.argument("file", type=_FILE)
@click.option("--date", "as_of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day of the list.")
@click.option("--status", "assumed", default="", help="The status of all rows, where the file has no column for it.")
@click.option("--apply", is_flag=True, help="Do it; without this the file is only looked at.")
def import_statuses(file: Path, as_of: datetime, assumed: str, apply: bool) -> None:
    """Say what a list of smelters' statuses (CSV, XLSX, XML Spreadsheet 2003) would change; with --apply keep it."""
    installation = open_installation()
    content, day = file.read_bytes(), as_of.date()
    if day > clock().date():
        raise click.BadParameter("the day of a list cannot be ahead.", param_hint="--date")
    try:
        read = read_status_file(content, day, assumed)
    except StatusFileError as error:
        raise click.ClickException(explain_file(error, "en")) from error
    with installation.new_session() as session:
        _tell(read, smelter_statuses.dry_run(session, read, day))
    if not read.rows:
        raise click.ClickException("There is nothing to import.")
    if apply:
        with installation.new_session.begin() as session:
            smelter_statuses.apply(session, installation.store, content, read, day, now=clock(), by=None)
    click.echo("Imported." if apply else "Nothing was changed; run it again with --apply.")


def _tell(read: StatusFile, dry: Dry) -> None:
    for status, count in dry.counts.items():
        click.echo(f"{status}: {count}")
    before = f" since {dry.before}" if dry.before else ""
    click.echo(f"New{before}: {dry.new}. Another status{before}: {len(dry.turned)}. Refused rows: {len(read.refused)}.")
    for row in read.refused:
        click.echo(f"  {_refused(row)}")


def _refused(row: RefusedRow) -> str:
    return f"Row {row.number}: {explain_row(row, 'en')}"
