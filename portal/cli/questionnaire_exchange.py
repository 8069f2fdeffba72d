"""`portal questionnaires export` and `import`: editions and their texts as workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from portal.cli.definition_files import FOLDER, load_draft, read_workbook, refuse
from questionnaires.catalogue import LOCK_NAME, read_lock
from questionnaires.checking import with_cell
from questionnaires.errors import DEFINITION_FILE, DefinitionErrors
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from questionnaires.workbooks.definition import read_definition, write_definition
from questionnaires.workbooks.places import WorkbookErrors
from questionnaires.workbooks.sheets import Sheets
from questionnaires.workbooks.translations import edition_of, is_translations, read_translations, write_translations

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="KEY/EDITION")
@click.option("--definition", type=_NEW_FILE, help="Write the whole edition into this workbook.")
@click.option("--texts", type=_NEW_FILE, help="Write its texts into this workbook, for translators.")
@click.option("--language", "languages", multiple=True, help="A new language for --texts, as sv; may be repeated.")
@FOLDER
def export(name: str, definition: Path | None, texts: Path | None, languages: tuple[str, ...], folder: Path) -> None:
    """Write an edition, or its texts, as a workbook (XLSX). A file that is there already is left alone."""
    if not (definition or texts):
        raise click.UsageError("Say what to write: --definition FILE.xlsx or --texts FILE.xlsx.")
    place = folder / name
    if not (place / DEFINITION_FILE).is_file():
        raise click.ClickException(f"There is no edition {name} in {folder}.")
    edition = load_draft(place)
    if definition:
        _create(definition, write_definition(edition))
    if texts:
        _create(texts, write_translations(edition, languages))


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--replace", is_flag=True, help="Write over an edition that is there already.")
def import_file(file: Path, folder: Path, replace: bool) -> None:
    """Write the YAML files of a workbook into FOLDER/KEY/EDITION/, if it has no fault.

    The workbook holds a definition, or the texts of an edition in that folder. Translations may still be missing.
    """
    sheets = read_workbook(file)
    has_texts = is_translations(sheets)
    try:
        edition, files = _translated(file, sheets, folder) if has_texts else _defined(file, sheets, folder)
    except WorkbookErrors as error:
        cell_of = error.cell_of
        refuse(error, lambda problem: with_cell(str(file), cell_of(problem)))
    place = folder / edition.name
    if not has_texts and not replace and any(place.glob("*.yaml")):
        raise click.ClickException(f"{place} is there already; add --replace to write over it.")
    if edition.name in read_lock(folder.resolve().parent / LOCK_NAME):
        raise click.ClickException(f"{edition.name} is published and cannot be changed; make it a new edition.")
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
        click.echo(f"Wrote {place / name}.")
    if edition.gaps:
        click.echo(f"{len(edition.gaps)} translations are missing; `portal questionnaires translations` names them.")


def _defined(file: Path, sheets: Sheets, folder: Path) -> tuple[Questionnaire, Mapping[str, bytes]]:
    """Return the edition that a workbook defines, and its files; translations that are there already stay."""
    read = read_definition(sheets)
    there = {path.name: path.read_bytes() for path in (folder / read.name).glob("*.yaml")}
    try:
        return load_files(read.name, {**there, **read.files}, draft=True), read.files
    except DefinitionErrors as error:
        refuse(error, lambda problem: with_cell(str(file), read.cell_of(problem)))


def _translated(file: Path, sheets: Sheets, folder: Path) -> tuple[Questionnaire, Mapping[str, bytes]]:
    """Return the edition with the texts of a workbook, and its translation files."""
    name = edition_of(sheets) or ""
    place = folder / name
    if not name or not (place / DEFINITION_FILE).is_file():
        raise click.ClickException(f"{file} holds the texts of {name or 'no edition'}, which is not in {folder}.")
    before = load_draft(place)
    files = read_translations(before, sheets)
    try:
        return load_files(name, {**before.source, **files}, draft=True), files
    except DefinitionErrors as error:
        refuse(error, lambda problem: str(place / problem.file))


def _create(path: Path, content: bytes) -> None:
    """Write a new file; what somebody may have filled in is not written over."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise click.ClickException(f"{path} is there already.") from error
    click.echo(f"Wrote {path}.")
