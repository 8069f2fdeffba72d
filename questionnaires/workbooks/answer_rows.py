"""Where things stand in a workbook of answers that came back: the rows of its sheets, wherever they were moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from questionnaires.answers import AnswerError, Table
from questionnaires.answers.cells import Cell, words_of
from questionnaires.workbooks.answer_sheets import (
    FIRST_TABLE_ROW,
    IDS_ROW,
    Head,
    form_key,
    head_of,
    names_of,
    table_sheet,
)
from questionnaires.workbooks.places import cell_name
from questionnaires.workbooks.sheets import Sheets, find_sheet, is_blank

_MOST_FORM_ROWS = 20
_MOST_HEADING_ROWS = 10
"""Where the headings of a sheet are looked for, in case somebody has written above them."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of the sheet of answers."""

    number: int
    """Counted from 1."""
    key: str
    cells: Mapping[Head, Cell]


@dataclass
class Rows:
    """The sheet of answers."""

    sheet: str
    """Its name as it is in the file."""
    columns: Mapping[Head, int]
    """Counted from 1."""
    by_key: dict[str, AnswerRow] = field(default_factory=dict)
    repeated: list[AnswerRow] = field(default_factory=list)
    nameless: list[AnswerRow] = field(default_factory=list)
    """Without a key: headings of sections, and what somebody has added."""

    def cell(self, row: AnswerRow, head: Head) -> str:
        """Return the name of a row's cell."""
        return cell_name(self.sheet, row.number, self.columns.get(head, 1))


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table."""

    number: int
    cells: Mapping[str, Cell]
    """By the column's id."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The sheet of a table, its rows that hold anything."""

    sheet: str
    columns: Mapping[str, int]
    """Counted from 1, by the column's id."""
    kind: Table
    rows: Sequence[TableRow]
    untitled: str = ""
    """A cell that holds something outside of all columns."""

    @property
    def first_cell(self) -> str:
        """Where the table begins."""
        return cell_name(self.sheet, self.rows[0].number, 1)

    def with_columns(self, kind: Table) -> TableRows:
        """Return the rows with those columns only that a type of the table has."""
        asked = {column.id for column in kind.columns}
        kept = (
            (row.number, {column: cell for column, cell in row.cells.items() if column in asked}) for row in self.rows
        )
        rows = [TableRow(number, cells) for number, cells in kept if cells]
        return replace(self, kind=kind, rows=rows)

    def cell(self, row: TableRow, column: str) -> str:
        """Return the name of a row's cell."""
        return cell_name(self.sheet, row.number, self.columns.get(column, 1))

    def place_of(self, error: AnswerError) -> str | None:
        """Return the cell that an error speaks of by row and column; None where it does not."""
        row, text = error.parameters.get("row"), error.parameters.get("column")
        column = next((each.id for each in self.kind.columns if each.text == text), None)
        if column is None or not isinstance(row, int) or not 0 < row <= len(self.rows):
            return None
        return self.cell(self.rows[row - 1], column)


def find_form(sheets: Sheets) -> dict[str, str]:
    """Return what a workbook says about whose form it is, by key; empty where it says nothing."""
    name = find_sheet(sheets, *names_of("form"))
    said: dict[str, str] = {}
    for row in sheets[name][:_MOST_FORM_ROWS] if name else ():
        key = form_key(words_of(row[0])) if row else None
        if key and len(row) > 1:
            said.setdefault(key, words_of(row[1]).strip())
    return said


def find_rows(sheets: Sheets) -> Rows | None:
    """Return the sheet of answers; None where it or one of its columns is missing."""
    name = find_sheet(sheets, *names_of("answers"))
    if name is None:
        return None
    cells = sheets[name]
    for at, row in enumerate(cells[:_MOST_HEADING_ROWS]):
        columns = _columns(row)
        if {Head.KEY, Head.ANSWER, Head.COMMENT} <= columns.keys():
            return _rows_below(name, columns, cells, at + 1)
    return None


def find_table(sheets: Sheets, question: str, kind: Table) -> TableRows | None:
    """Return the sheet of a table's rows; None where it, or the row of its columns' ids, is missing."""
    name = find_sheet(sheets, table_sheet(question))
    cells = sheets[name] if name else []
    ids = {column.id for column in kind.columns}
    for at, row in enumerate(cells[:_MOST_HEADING_ROWS]):
        found = {words_of(cell).strip(): number for number, cell in enumerate(row, start=1) if not is_blank(cell)}
        if name and ids <= found.keys():
            return _table_below(name, found, kind, cells, at + 1 + FIRST_TABLE_ROW - IDS_ROW)
    return None


def _columns(row: Sequence[Cell]) -> dict[Head, int]:
    columns: dict[Head, int] = {}
    for number, cell in enumerate(row, start=1):
        head = None if is_blank(cell) else head_of(words_of(cell))
        if head:
            columns.setdefault(head, number)
    return columns


def _rows_below(name: str, columns: Mapping[Head, int], cells: Sequence[Sequence[Cell]], headings: int) -> Rows:
    """Return the rows below the headings; ``headings`` is their row's number, counted from 1."""
    rows = Rows(name, columns)
    for number, row in enumerate(cells[headings:], start=headings + 1):
        found = {head: row[at - 1] for head, at in columns.items() if at <= len(row)}
        key = words_of(found.get(Head.KEY)).strip()
        one = AnswerRow(number, key, found)
        if not key:
            rows.nameless.append(one)
        elif key in rows.by_key:
            rows.repeated.append(one)
        else:
            rows.by_key[key] = one
    return rows


def _table_below(
    name: str, found: Mapping[str, int], kind: Table, cells: Sequence[Sequence[Cell]], first: int
) -> TableRows:
    """Return the filled rows from one on, counted from 1."""
    columns = {column.id: found[column.id] for column in kind.columns}
    rows, untitled = [], ""
    for number, row in enumerate(cells[first - 1 :], start=first):
        values = {column: row[at - 1] for column, at in columns.items() if at <= len(row)}
        filled = {column: cell for column, cell in values.items() if not is_blank(cell)}
        if filled:
            rows.append(TableRow(number, filled))
        outside = (at for at, cell in enumerate(row, start=1) if at not in columns.values() and not is_blank(cell))
        stray = next(outside, None)
        if stray and not untitled:
            untitled = cell_name(name, number, stray)
    return TableRows(name, columns, kind, rows, untitled)
