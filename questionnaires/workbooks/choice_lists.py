"""Lists that Excel offers in cells: in a sheet of their own, as a list inside a rule is short and has no commas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from questionnaires.workbooks.places import cell_name
from questionnaires.workbooks.xlsx import Book

Range = tuple[int, int, int, int]
"""First row and column, last row and column; counted from 0."""


class ChoiceLists:
    """The lists of one workbook, each written once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._columns: dict[tuple[str, ...], int] = {}

    def offer(self, sheet: Any, choices: Sequence[str], cells: Range) -> None:
        """Offer a list in some cells; other words may be written all the same, as a code or another language's."""
        column = self._columns.setdefault(tuple(choices), len(self._columns) + 1)
        letters = cell_name(self._name, 1, column).rpartition("!")[2].rstrip("0123456789")
        source = f"='{self._name}'!${letters}$1:${letters}${len(choices)}"
        sheet.data_validation(*cells, {"validate": "list", "source": source, "error_type": "information"})

    def write(self, book: Book) -> None:
        """Write the sheet that holds the lists; where nothing is offered there is none."""
        if not self._columns:
            return
        sheet = book.workbook.add_worksheet(self._name)
        for choices, column in self._columns.items():
            for row, words in enumerate(choices):
                book.write(sheet, row, column - 1, words)
        sheet.protect()
        sheet.hide()
