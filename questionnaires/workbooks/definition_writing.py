"""A definition's rows as a workbook: sheets with lists to choose from, and one that says how it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from questionnaires.translating import Source
from questionnaires.workbooks import first_sheet
from questionnaires.workbooks.definition_rows import DefinitionRow, rows_of
from questionnaires.workbooks.kinds import KINDS
from questionnaires.workbooks.layout import LAYOUTS, REFERENCES, Heading, Layout, for_language
from questionnaires.workbooks.places import cell_name
from questionnaires.workbooks.xlsx import MOST_ROWS, Book, new_book

_READ_ME: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("read_me.yaml").read_text("utf-8"))


def write_source(source: Source, languages: Sequence[str]) -> bytes:
    """Return the workbook of a definition, with columns for some languages, English first."""
    texts = {language: source.texts(language) for language in languages}
    rows = list(rows_of(source))
    with new_book() as (book, file):
        _write_read_me(book)
        _write_first(book, rows[0], texts)
        for layout in LAYOUTS.values():
            if layout is not first_sheet.LAYOUT:
                _write_sheet(book, layout, [row for row in rows if row.layout is layout], texts)
    return file.getvalue()


def _write_read_me(book: Book) -> None:
    sheet = book.add_sheet("Read me", ["How to fill it in", "Slik fyller dere ut"], [72, 72], 0)
    row = 1
    for line in _READ_ME["lines"]:
        row = _write_line(book, sheet, row, (line["en"], line["nb"]))
    sheet.set_column(2, 2, 48, book.cell)
    row = _write_line(book, sheet, row + 1, ("Conditions", "Betingelser", "As written"), book.heading)
    for each in _READ_ME["conditions"]:
        row = _write_line(book, sheet, row, (each["en"], each["nb"], each["text"]))
    for layout in LAYOUTS.values():
        title = f"{layout.name}: {layout.about.english}", f"{layout.norwegian}: {layout.about.in_language('nb')}"
        row = _write_line(book, sheet, row + 1, (*title, "Column, kolonne"), book.heading)
        for heading in layout.headings:
            words = (heading.about.english, heading.about.in_language("nb"), f"{heading.name} · {heading.norwegian}")
            row = _write_line(book, sheet, row, words)


def _write_line(book: Book, sheet: Any, row: int, words: Sequence[str], cell: Any = None) -> int:
    for column, text in enumerate(words):
        book.write(sheet, row, column, text, cell)
    return row + 1


def _write_first(book: Book, row: DefinitionRow, texts: Mapping[str, Mapping[Any, str]]) -> None:
    titles = first_sheet.titles_of(texts)
    sheet = book.add_sheet(first_sheet.LAYOUT.name, titles, [20, 24, *[60] * len(texts)], 1)
    for number, heading in enumerate(first_sheet.LAYOUT.headings, start=1):
        book.write(sheet, number, 0, heading.name)
        if heading.is_text:
            _write_line_from(book, sheet, number, 2, [row.text(heading, known) for known in texts.values()])
        else:
            book.write(sheet, number, 1, row.cell(heading))


def _write_line_from(book: Book, sheet: Any, row: int, column: int, words: Sequence[str]) -> None:
    for offset, text in enumerate(words):
        book.write(sheet, row, column + offset, text)


def _write_sheet(
    book: Book, layout: Layout, rows: Sequence[DefinitionRow], texts: Mapping[str, Mapping[Any, str]]
) -> None:
    columns = [(heading, code) for heading in layout.headings for code in (texts if heading.is_text else ("",))]
    titles = [for_language(heading.name, code) if code else heading.name for heading, code in columns]
    identifying = sum(heading.kind in (*REFERENCES, "own") for heading in layout.headings)
    widths = [KINDS[heading.kind].width for heading, _ in columns]
    sheet = book.add_sheet(layout.name, titles, widths, identifying)
    for column, (heading, _) in enumerate(columns):
        _offer(sheet, heading, column)
    for number, row in enumerate(rows, start=1):
        words = [row.text(heading, texts[code]) if code else row.cell(heading) for heading, code in columns]
        _write_line_from(book, sheet, number, 0, words)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)


def _offer(sheet: Any, heading: Heading, column: int) -> None:
    """Let Excel offer a list: of what is allowed, or of what stands in another sheet."""
    choices = KINDS[heading.kind].choices
    if choices:
        source: Any = list(choices)
    elif heading.kind in REFERENCES:
        source = _ids_in(LAYOUTS[f"{heading.kind.title()}s"])
    else:
        return
    sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": source, "error_type": "warning"})


def _ids_in(layout: Layout) -> str:
    """Return the cells in which a sheet's own ids stand; they come before any text's languages."""
    column = next(number for number, heading in enumerate(layout.headings, start=1) if heading.kind == "own")
    name, first = cell_name(layout.name, 2, column).split("!")
    letters = first.rstrip("0123456789")
    return f"={name}!${letters}$2:${letters}${MOST_ROWS}"
