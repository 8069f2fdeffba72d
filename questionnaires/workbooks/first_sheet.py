"""The sheet Questionnaire: what is said once, one thing to a row, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from questionnaires.texts import ENGLISH
from questionnaires.workbooks.kinds import words
from questionnaires.workbooks.layout import LAYOUTS, Heading, Layout, for_language
from questionnaires.workbooks.places import Path, Spot, cell_name
from questionnaires.workbooks.tree_building import Builder, Row

LAYOUT = LAYOUTS["Questionnaire"]
"""Its headings are the rows of the sheet."""

WHAT = Heading("what", "hva", "word", ("what",), (), LAYOUT.about)
VALUE = Heading("value", "verdi", "word", ("value",), (), LAYOUT.about)
WORDS = Heading("text", "tekst", "text", ("text",), (), LAYOUT.about)
FIRST_SHEET = Layout(LAYOUT.name, LAYOUT.norwegian, (WHAT, VALUE, WORDS), LAYOUT.about)
"""Its columns."""

_NEEDED = ("key", "edition")


def titles_of(languages: Iterable[str]) -> list[str]:
    """Return the headings of the columns."""
    return [WHAT.name, VALUE.name, *(for_language(WORDS.name, language) for language in languages)]


def read_first_sheet(rows: Sequence[Row], builder: Builder) -> None:
    """Take the sheet's rows into the definition, and remember the cells of each key."""
    cells: dict[tuple[Path, str], str] = {}
    definition = builder.trees.definition
    for row in rows:
        heading = LAYOUT.heading(words(row.cells.get((WHAT, ENGLISH))))
        if heading is None or (heading.path, ENGLISH) in cells:
            _refuse(row, heading, builder)
        elif heading.is_text:
            columns = {language: (each, language) for each, language in row.columns if each is WORDS}
            cells |= {(heading.path, code): row.cell_name(column) for code, column in columns.items()}
            written = {code: row.cells[column] for code, column in columns.items() if column in row.cells}
            builder.take_texts(heading, written, definition, (), "")
        else:
            cells[heading.path, ENGLISH] = row.cell_name((VALUE, ENGLISH))
            builder.take_value(row, heading, (VALUE, ENGLISH), definition, "")
    if rows:
        builder.trees.cells.add("", Spot(cell_name(rows[0].sheet, 1, 1), cells))
        _refuse_missing(rows[0], builder)


def _refuse(row: Row, heading: Heading | None, builder: Builder) -> None:
    what, known = words(row.cells.get((WHAT, ENGLISH))), ", ".join(each.name for each in LAYOUT.headings)
    sentence = f"“{what}” stands there twice" if heading else f"unknown “{what}”; known: {known}"
    builder.refuse(row, WHAT, sentence)


def _refuse_missing(row: Row, builder: Builder) -> None:
    """Refuse a workbook without the name of its edition, by which all else is told."""
    for key in _NEEDED:
        if not builder.trees.definition.get(key):
            cell = builder.trees.cells[""].cell((key,), ENGLISH)
            builder.faults.add(row.sheet, f"{key} is missing", key, cell)
