"""`portal suppliers`: the register from a file."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.services import importing
from portal.services.actors import COMMAND_LINE
from portal.services.import_plan import Change, Fate, Plan, RowFate
from portal.services.import_reading import ImportFileError, read_table


@click.group()
def suppliers() -> None:
    """Bring suppliers into the register."""


@suppliers.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "in_earnest", is_flag=True, help="Do it; without this you only see what would be done.")
def import_file(file: Path, in_earnest: bool) -> None:
    """Show what a CSV or XLSX file would do to the register, row by row; with --apply do it."""
    from portal.web.import_sentences import explain_file  # noqa: PLC0415  other commands need not load the web

    installation = open_installation()
    content = file.read_bytes()
    try:
        table = read_table(content)
    except ImportFileError as error:
        raise click.ClickException(explain_file(error)) from error
    with installation.new_session.begin() as session:
        plan = importing.plan(session, table)
        for row in plan.rows:
            click.echo(_line(row))
        if in_earnest:
            installation.store.put(content)
            importing.apply(session, plan, content, now=clock(), by=COMMAND_LINE)
    _sum_up(plan, in_earnest)


def _line(row: RowFate) -> str:
    from portal.web.import_sentences import explain_problem  # noqa: PLC0415

    problems = [f"{problem.column}: {explain_problem(problem)}" for problem in row.problems]
    why = "; ".join([*problems, *(_change(change) for change in row.changes)])
    return f"{row.number:>6}  {row.fate.value:<9}  {row.name}  {row.contact}  {why}".rstrip()


def _change(change: Change) -> str:
    return f"{change.column}: {_said(change.before)} → {_said(change.after)}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "", ()) else "|".join(value) if isinstance(value, tuple) else str(value)


def _sum_up(plan: Plan, in_earnest: bool) -> None:
    counts = ", ".join(f"{number} {fate.value}" for fate, number in plan.counts.items())
    click.echo(f"{len(plan.rows)} rows: {counts}.")
    if plan.ignored:
        click.echo(f"Columns that are not known: {', '.join(plan.ignored)}.")
    click.echo("Done; wrong rows were left out." if in_earnest else "Nothing was changed; add --apply to do it.")
    if plan.counts[Fate.WRONG]:
        raise click.exceptions.Exit(1)
