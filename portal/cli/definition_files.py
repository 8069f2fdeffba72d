"""Definitions on disk, for the commands that work without an installation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from portal.services.workbook_child import WorkbookError, read_sheets
from questionnaires.catalogue import DEFINITIONS
from questionnaires.checking import Check, Fault, find_editions
from questionnaires.errors import DefinitionErrors, Problem
from questionnaires.loading import load_edition
from questionnaires.model import Questionnaire
from questionnaires.workbooks.sheets import Sheets

FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="PORTAL_QUESTIONNAIRES",
    default=DEFINITIONS,
    help="Where the definitions are: KEY/EDITION/; the shipped ones unless PORTAL_QUESTIONNAIRES names others.",
)
"""The option of a command that reads definitions."""

_REFUSALS = {
    "unreadable": "is no workbook (XLSX) that can be read",
    "too_large": "is too large, or grows too large when it is unpacked",
    "macros": "holds macros; save it as .xlsx without them",
    "unsafe": "holds parts that no spreadsheet program writes, and is not opened",
}


def read_workbook(path: Path) -> Sheets:
    """Return a workbook's cells by sheet; raises ClickException where it cannot be read."""
    try:
        return read_sheets(path.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{path}: {os.strerror(error.errno or 0)}") from error
    except WorkbookError as error:
        raise click.ClickException(f"{path}: {_REFUSALS.get(error.code, error.code)}") from error


def load_draft(place: Path) -> Questionnaire:
    """Return the edition in a folder, translations missing or not; tells its faults and ends where it has any."""
    try:
        return load_edition(place.resolve(), draft=True)
    except DefinitionErrors as error:
        refuse(error, lambda problem: str(place / problem.file))


def refuse(error: DefinitionErrors, where: Callable[[Problem], str]) -> NoReturn:
    """Tell the faults of a definition, each with the file or cell where it is mended, and end."""
    for problem in error.problems:
        click.echo(str(Fault(where(problem), problem)), err=True)
    raise click.exceptions.Exit(1)


def drafts_in(folder: Path) -> Check:
    """Return what loads in a folder, translations missing or not."""
    found = Check(draft=True)
    for edition in find_editions(folder).editions:
        found.add_edition(edition)
    return found
