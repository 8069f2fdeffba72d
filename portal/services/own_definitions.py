"""Read what somebody uploads as a questionnaire: the YAML files of an edition, or one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.services.workbook_child import WorkbookError, read_sheets
from questionnaires.catalogue import Catalogue
from questionnaires.checking import Check, Fault
from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading.problems import Problems
from questionnaires.loading.yaml_files import read_yaml
from questionnaires.model import Questionnaire

MOST_FILES = 20
LARGEST_FILE = 2_000_000
"""Bytes of one YAML file, or of the workbook; the largest shipped edition has some 60,000."""


class UploadRefused(Exception):
    """What was uploaded is no definition at all; the code says why.

    Codes: nothing, too_many_files, file_too_large, mixed, same_name, and those of WorkbookError.
    """

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code} {name}".strip())
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Reading:
    """What the check has found in an upload."""

    name: str
    """What was uploaded, in words: the workbook's file name, or the definition's."""
    faults: tuple[Fault, ...]
    """In the order of the files; with one of them nothing is kept."""
    gaps: tuple[Fault, ...]
    """Translations that are missing: a draft may lack them, a published edition may not."""
    questionnaire: Questionnaire | None
    """The edition as a draft, with its files; None where it does not load."""


def read(files: Sequence[tuple[str, bytes]], catalogue: Catalogue) -> Reading:
    """Return what the check finds, all of it at once.

    Args:
        files: names and contents, as uploaded.
        catalogue: the editions that it has to fit to.

    Raises:
        UploadRefused: see there.
    """
    contents = _contents(files)
    check = Check(draft=True)
    if any(name.lower().endswith(".xlsx") for name in contents):
        shown = _add_workbook(check, contents)
    else:
        shown = DEFINITION_FILE
        check.add_files(_name_of(contents), contents)
    questionnaire = next(iter(check.editions.values()), None)
    if questionnaire and not check.faults:
        check.compare_with(catalogue)
    return Reading(shown, tuple(check.faults), tuple(check.gaps), questionnaire)


def _contents(files: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    if not files:
        raise UploadRefused("nothing")
    if len(files) > MOST_FILES:
        raise UploadRefused("too_many_files")
    contents: dict[str, bytes] = {}
    for path, content in files:
        name = path.replace("\\", "/").rpartition("/")[2]
        if len(content) > LARGEST_FILE:
            raise UploadRefused("file_too_large", name)
        if name in contents:
            raise UploadRefused("same_name", name)
        contents[name] = content
    return contents


def _add_workbook(check: Check, contents: Mapping[str, bytes]) -> str:
    if len(contents) > 1:
        raise UploadRefused("mixed")
    ((name, content),) = contents.items()
    try:
        sheets = read_sheets(content)
    except WorkbookError as error:
        raise UploadRefused(error.code, name) from error
    check.add_workbook(name, sheets)
    return name


def _name_of(contents: Mapping[str, bytes]) -> str:
    """Return key and edition as the definition says them; the loader refuses what is missing there."""
    values: Mapping[str, Any] = {}
    if DEFINITION_FILE in contents:
        values = read_yaml(DEFINITION_FILE, contents[DEFINITION_FILE], Problems(""))
    return f"{values.get('key', '')}/{values.get('edition', '')}"
