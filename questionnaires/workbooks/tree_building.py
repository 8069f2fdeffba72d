"""What a workbook says, put together cell by cell: the definition's YAML, its texts by language, where each stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from questionnaires.answers.cells import Cell
from questionnaires.texts import ENGLISH
from questionnaires.translating import TextPath
from questionnaires.workbooks.definition_rows import text_path
from questionnaires.workbooks.kinds import KINDS, prose
from questionnaires.workbooks.layout import Heading, Layout, language_of
from questionnaires.workbooks.places import Cells, cell_name
from questionnaires.workbooks.sheets import Faults, HeadedRow
from questionnaires.workbooks.tokens import ConditionError

Column: TypeAlias = tuple[Heading, str]
"""A heading, and the language of a text."""
Row: TypeAlias = HeadedRow[Column]

_ORDER = (  # noqa: SIM905 - a list of them would be 50 lines
    "key edition id code no title introduction text help type required ask_if repeat_for minutes statement short_form "
    "unit at_least at_most label document addendum_to own_code clauses options exclusive minimum not_known "
    "not_applicable currencies not_after_today columns minimum_rows maximum_rows kinds maximum_files comment basis "
    "evidence documents when and if about severity raised sentence deviations changed prefill questions sections rules"
).split()
"""The keys as the manual and the shipped definitions write them."""


@dataclass
class Trees:
    """What a workbook says."""

    definition: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, dict[TextPath, str]] = field(default_factory=lambda: defaultdict(dict))
    """By language, English among them."""
    cells: Cells = field(default_factory=Cells)
    """By the loader's names of places."""


class Builder:
    """Takes single cells into the trees; one that cannot be read is a fault."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.trees = Trees()

    def take_value(self, row: Row, heading: Heading, column: Column, entry: dict[str, Any], question: str) -> None:
        """Put what stands in a column of the row where the heading says; ``question`` is what the row is about."""
        if column not in row.cells:
            return
        try:
            value = KINDS[heading.kind].read(row.cells[column], question)
        except ConditionError as error:
            self.faults.add(row.place, str(error), row.titles[column], row.cell_name(column))
            return
        _put(entry, heading.path, value)

    def take_texts(
        self, heading: Heading, written: Mapping[str, Cell], entry: dict[str, Any], base: TextPath, own: str | int
    ) -> None:
        """Keep a text in each language that it is written in; the English one belongs to the definition."""
        for language, cell in written.items():
            self.trees.texts[language][text_path(base, own, heading)] = prose(cell)
            if language == ENGLISH:
                _put(entry, heading.path, prose(cell))

    def refuse(self, row: Row, heading: Heading | None, sentence: str) -> None:
        """Note a fault of a row, under one of its headings."""
        column = next((each for each in row.columns if each[0] is heading), None)
        key = row.titles[column] if column else heading.name if heading else ""
        self.faults.add(row.place, sentence, key, row.cell_name(column) if column else _first_cell(row))


def understanding(layout: Layout, title: str) -> Column | None:
    """Return the heading of a sheet that some words stand for, and their language."""
    name, language = language_of(title)
    heading = layout.heading(name)
    return (heading, language) if heading and (heading.is_text or language == ENGLISH) else None


def ordered(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition, and all in it that stands in rows, with its keys in the order of the manual."""
    known = sorted(entry, key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER))
    listed = ("sections", "questions", "columns", "options", "clauses", "deviations", "rules")
    return {key: [ordered(part) for part in entry[key]] if key in listed else entry[key] for key in known}


def _first_cell(row: Row) -> str:
    return cell_name(row.sheet, row.number, 1)


def _put(entry: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        entry = entry.setdefault(key, {})
    entry[path[-1]] = value
