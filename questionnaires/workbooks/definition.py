"""An edition as a workbook, for those who write questionnaires in Excel; and back to the files of an edition.

The notation of conditions is described in ``condition_reading``, the sheets in ``layout.yaml`` and in the workbook's
own sheet "Read me". The workbook holds all that the files say, but for comments in the YAML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from questionnaires.errors import DEFINITION_FILE, Problem
from questionnaires.model import Questionnaire
from questionnaires.texts import ENGLISH
from questionnaires.translating import source_of, tree_of
from questionnaires.workbooks.definition_trees import read_trees
from questionnaires.workbooks.definition_writing import write_source
from questionnaires.workbooks.examples import example
from questionnaires.workbooks.layout import chosen_languages
from questionnaires.workbooks.places import Cells
from questionnaires.workbooks.sheets import Faults, Sheets
from questionnaires.workbooks.tree_building import ordered
from questionnaires.workbooks.yaml_writing import write_definition_file, write_translation_file


@dataclass(frozen=True, slots=True)
class WorkbookDefinition:
    """What a workbook says, as the files of an edition, which ``loading.load_files`` takes or refuses."""

    name: str
    """Key and edition."""
    files: Mapping[str, bytes]
    """``questionnaire.yaml`` and one translation for each language that something is written in."""
    cells: Cells

    def cell_of(self, problem: Problem) -> str | None:
        """Return the cell in which a problem of the loader is mended (``Questions!F7``); None where there is none."""
        return self.cells.of(problem)


def write_definition(questionnaire: Questionnaire) -> bytes:
    """Return an edition, or a draft, as a workbook (XLSX)."""
    return write_source(source_of(questionnaire), questionnaire.languages)


def empty_definition(languages: Sequence[str]) -> bytes:
    """Return a workbook to start from: all sheets with two example questions, and columns for some languages."""
    return write_source(example(), chosen_languages(languages))


def read_definition(sheets: Sheets) -> WorkbookDefinition:
    """Return the files that a workbook stands for.

    Args:
        sheets: the workbook's cells, by sheet, from A1 on.

    Raises:
        WorkbookErrors: the workbook itself is at fault: a sheet is missing, a heading is not known, a row belongs to
            nothing, a condition cannot be read. All of it is told at once.
    """
    faults = Faults()
    trees = read_trees(sheets, faults)
    faults.refuse()
    definition = ordered(trees.definition)
    files = {DEFINITION_FILE: write_definition_file(definition)}
    for language, texts in trees.texts.items():
        if language != ENGLISH:
            files[f"{language}.yaml"] = write_translation_file(tree_of(texts))
    name = f"{definition['key']}/{definition['edition']}"
    return WorkbookDefinition(name, MappingProxyType(files), trees.cells)
