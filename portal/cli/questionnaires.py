"""`portal questionnaires`: check definitions, exchange them as workbooks, see what another edition would find.

All but `replay` work without an installation, on a folder of definitions.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.cli.definition_files import FOLDER, drafts_in, read_workbook
from portal.cli.questionnaire_exchange import export, import_file
from portal.cli.questionnaire_replay import replay
from questionnaires.checking import Check, find_editions
from questionnaires.schema import definition_schema, translation_schema
from questionnaires.translating import completeness

CLEAN, FAULTY, UNREADABLE = 0, 1, 2


@click.group()
def questionnaires() -> None:
    """Write, check and translate questionnaires."""


questionnaires.add_command(export)
questionnaires.add_command(import_file)
questionnaires.add_command(replay)


@questionnaires.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Translations may be missing; say which.")
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], draft: bool) -> None:
    """Check definitions: the folder of an edition, a folder of editions, or a workbook (XLSX).

    Every fault is told at once, one to a line: the file (or the workbook and its cell), the question, the key in
    brackets, and what is wrong. Editions of the same questionnaire are checked against each other.

    The exit code is 0 when all is well, 1 when there is a fault, 2 when something cannot be read.
    """
    found = Check(draft)
    is_readable = [_add(path, found) for path in paths]
    whole = [path for path in paths if path.is_dir() and find_editions(path).is_whole]
    for path in whole:
        found.compare_whole(path)
    if not whole:
        found.compare()
    for line in dict.fromkeys((*found.faults, *found.gaps)):
        click.echo(str(line))
    faults, gaps = len(found.faults), f", {len(found.gaps)} translations missing" if found.gaps else ""
    click.echo(f"Editions that load: {len(found.editions)}; faults: {faults}{gaps}.", err=True)
    context.exit(UNREADABLE if not all(is_readable) else FAULTY if found.faults else CLEAN)


@questionnaires.command()
@click.option("--translation", is_flag=True, help="Of a translation file such as nb.yaml.")
def schema(translation: bool) -> None:
    """Print the JSON Schema of questionnaire.yaml, for editors that complete and check."""
    described = translation_schema() if translation else definition_schema()
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))


@questionnaires.command()
@click.argument("name", metavar="[KEY[/EDITION]]", default="")
@FOLDER
@click.pass_context
def translations(context: click.Context, name: str, folder: Path) -> None:
    """Say for each edition and language how many texts are translated, and which are missing."""
    found = drafts_in(folder)
    chosen = [one for one in found.editions.values() if name in ("", one.key, one.name)]
    for fault in found.faults:
        click.echo(str(fault), err=True)
    if not chosen:
        there = ", ".join(found.editions) or "none"
        what = f"questionnaire {name}" if name else "questionnaire"
        raise click.ClickException(f"There is no {what} in {folder} that loads; there are {there}.")
    for edition in chosen:
        for one in completeness(edition):
            click.echo(f"{edition.name}  {one.language}  {one.translated} of {one.texts}")
            for key in one.missing:
                click.echo(f"    {key}")
    context.exit(FAULTY if found.faults else CLEAN)


def _add(path: Path, found: Check) -> bool:
    """Check what stands at a path; return whether it can be read."""
    if path.is_dir():
        editions = find_editions(path).editions
        for edition in editions:
            found.add_edition(edition)
        if not editions:
            click.echo(
                f"{path}: there is no edition here: no questionnaire.yaml in it or up to two folders down", err=True
            )
        return bool(editions)
    try:
        sheets = read_workbook(path)
    except click.ClickException as error:
        click.echo(error.message, err=True)
        return False
    found.add_workbook(str(path), sheets)
    return True
