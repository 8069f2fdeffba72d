"""Workbooks of a form as somebody fills them in with a spreadsheet program."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import openpyxl


def fill(content: bytes, cells: Mapping[str, Any], rows: Mapping[str, list[list[Any]]] | None = None) -> bytes:
    """Return a workbook with answers (and comments, under `ID#comment`) written in, and rows of tables by sheet."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook["Answers" if "Answers" in workbook.sheetnames else "Svar"]
    numbers = {cell.value: cell.row for cell in sheet["A"]}
    for key, value in cells.items():
        cell = sheet.cell(numbers[key.partition("#")[0]], 9 if "#" in key else 6)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # typed into a cell that is set to text, "=1+1" stays one
    for name, table in (rows or {}).items():
        for number, row in enumerate(table, start=5):
            for column, value in enumerate(row, start=1):
                workbook[name].cell(number, column).value = value
    return saved(workbook)


def saved(workbook: Any) -> bytes:
    """Return a workbook's bytes."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
