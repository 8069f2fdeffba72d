"""What all our workbooks look like: cells set to text, wrapped, headings frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

import xlsxwriter

from questionnaires.errors import QuestionnaireError

MOST_ROWS = 2000
"""Rows below the headings that are prepared for filling in."""
_LONGEST = 32_767
"""Characters that a cell holds; Excel's own limit."""


@dataclass(frozen=True)
class Book:
    """A workbook that is being written."""

    workbook: Any

    @cached_property
    def heading(self) -> Any:
        """The format of headings."""
        return self.workbook.add_format(
            {"bold": True, "bg_color": "#E3EAF2", "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"}
        )

    @cached_property
    def cell(self) -> Any:
        """The format of cells: text, so that Excel leaves "= no" and "2026-1" as they are."""
        return self.workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    @cached_property
    def open_cell(self) -> Any:
        """The same in a protected sheet, for cells that may be written in."""
        return self.workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "locked": False})

    @cached_property
    def field(self) -> Any:
        """The same with a frame, for cells that are to be filled in."""
        return self.workbook.add_format(
            {
                "text_wrap": True,
                "valign": "top",
                "num_format": "@",
                "locked": False,
                "border": 1,
                "border_color": "#8FA3B0",
            }
        )

    @cached_property
    def closed(self) -> Any:
        """The format of cells in such a column that are not to be filled in."""
        return self.workbook.add_format(
            {"text_wrap": True, "valign": "top", "num_format": "@", "bg_color": "#EEF1F3", "italic": True}
        )

    @cached_property
    def quiet(self) -> Any:
        """The format of what explains, and of what only the portal reads."""
        return self.workbook.add_format(
            {"text_wrap": True, "valign": "top", "num_format": "@", "font_color": "#56636E"}
        )

    @cached_property
    def gap(self) -> Any:
        """The format of a text that is missing."""
        return self.workbook.add_format({"bg_color": "#FFF2CC"})

    def add_sheet(self, name: str, titles: Sequence[str], widths: Sequence[int], frozen: int) -> Any:
        """Return a new sheet with its headings; ``frozen`` columns stay where they are."""
        sheet = self.workbook.add_worksheet(name)
        for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
            sheet.set_column(column, column, width, self.cell)
            sheet.write_string(0, column, title, self.heading)
        sheet.freeze_panes(1, frozen)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return sheet

    def write(self, sheet: Any, row: int, column: int, text: str, cell: Any = None) -> None:
        """Write a text into a cell, counted from 0; raises QuestionnaireError where it is longer than a cell holds."""
        if len(text) > _LONGEST:
            raise QuestionnaireError(f"a text of {len(text)} characters is longer than a cell of a workbook holds")
        if text:
            sheet.write_string(row, column, text, cell or self.cell)


@contextmanager
def new_book() -> Iterator[tuple[Book, BytesIO]]:
    """Give a workbook to write in, and the file that holds it afterwards."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        yield Book(workbook), file
