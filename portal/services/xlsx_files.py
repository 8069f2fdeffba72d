"""Tables as XLSX whose cells are text, whatever they begin with."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

_WIDEST = 60
"""Characters."""


def as_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """Return a table as a workbook, its first row the headings."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet, heading = workbook.add_worksheet(title[:31]), workbook.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell[:32_767], None if number else heading)
        for column, cells in enumerate(zip(*rows, strict=True)):
            sheet.set_column(column, column, min(_WIDEST, max(map(len, cells)) + 2))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(rows[0]) - 1)
    return file.getvalue()
