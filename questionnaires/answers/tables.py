"""Answers in rows and columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self

from questionnaires.answers.base import AnswerType, FieldValues, FormFields, holds_several
from questionnaires.answers.cells import Cell
from questionnaires.answers.errors import AnswerError
from questionnaires.conditions import Condition
from questionnaires.texts import Text
from questionnaires.values import Answers, Value

MOST_ROWS = 500

_ROW_NUMBER = re.compile("0|[1-9][0-9]{0,4}")
_CELLS_TO_NAME = 5
"""How many wrong cells one message names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its cells are answers of a simple type."""

    id: str
    text: Text
    type: AnswerType
    required: bool = True
    """Filled in wherever the row is not empty."""
    ask_if: Condition | None = None
    """Looks at questions before the table; None: always asked."""

    def read(self, written: Cell) -> Value:
        """Return the canonical cell of a form's field; raises AnswerError."""
        return self._there(self.type.parse({"value": written}))

    def from_cell(self, cell: Cell, language: str) -> Value:
        """Return the canonical cell of a spreadsheet's; raises AnswerError."""
        return self._there(self.type.from_cell(cell, language))

    def _there(self, cell: Value) -> Value:
        if cell is None and self.required:
            raise AnswerError("cell_missing")
        return cell


@dataclass(frozen=True, slots=True)
class Table(AnswerType):
    """Rows of cells; the canonical form is a list of {column: value}, empty cells and empty rows left out.

    Form fields are named ``<question>-<row>-<column>``; the rows' numbers need not be consecutive.
    """

    columns: tuple[Column, ...]
    minimum_rows: int = 1
    maximum_rows: int = 100
    name: ClassVar[str] = "table"
    operators: ClassVar[frozenset[str]] = frozenset({"rows"})

    def read(self, form: FormFields, name: str) -> Value:
        """Return the rows that are not empty."""
        for field in form.keys():  # noqa: SIM118 - a form promises keys(), not iteration
            if self._is_cell(*_place(field, name)) and holds_several(form, field):
                raise AnswerError("more_than_one")
        return self.parse(self.posted(form, name))

    def posted(self, form: FormFields, name: str) -> FieldValues:
        """Return the rows present in the form, in the order of their numbers, as they were written."""
        rows: dict[int, dict[str, str]] = {}
        for field in form.keys():  # noqa: SIM118 - a form promises keys(), not iteration
            row, column = _place(field, name)
            if not self._is_cell(row, column):
                continue
            rows.setdefault(row, {})[column] = next((text for text in form.getlist(field) if text.strip()), "")
        return {"rows": [self._padded(rows[row]) for row in sorted(rows)]}

    def parse(self, fields: FieldValues) -> Value:
        """Return the canonical rows; raises AnswerError ``cells`` naming each cell that does not fit."""
        return self._gather(fields["rows"], Column.read)

    def from_rows(self, rows: Sequence[Mapping[str, Cell]], language: str) -> Value:
        """Return the canonical rows of a spreadsheet's, by the columns' ids; raises AnswerError as ``parse`` does."""
        return self._gather(rows, lambda column, cell: column.from_cell(cell, language))

    def to_rows(self, value: Value, language: str) -> list[dict[str, str]]:
        """Return what a spreadsheet's rows show, every column present."""
        rows = value if isinstance(value, list) else []
        return [
            {column.id: column.type.to_cell(row.get(column.id), language) for column in self.columns} for row in rows
        ]

    def given(self, seen: Answers) -> Self:
        """Return the table with those columns that are asked after some answers."""
        if not any(column.ask_if for column in self.columns):
            return self
        asked = (column for column in self.columns if column.ask_if is None or column.ask_if.holds(seen))
        return replace(self, columns=tuple(asked))

    def kept(self, value: Value) -> Value:
        """Return the rows without the cells of columns that are not asked."""
        if not isinstance(value, list):
            return value
        asked = {column.id for column in self.columns}
        rows = ({column: cell for column, cell in row.items() if column in asked} for row in value)
        return [row for row in rows if row] or None

    def _gather(self, listed: Sequence[Mapping[str, Cell]], read: Callable[[Column, Cell], Value]) -> Value:
        written = [row for row in listed if any(_is_filled(cell) for cell in row.values())]
        if not written:
            return None
        if len(written) > self.maximum_rows:
            raise AnswerError("too_many_rows", rows=len(written), maximum=self.maximum_rows)
        problems: list[AnswerError] = []
        rows = [self._read_row(number, row, problems, read) for number, row in enumerate(written, start=1)]
        if problems:
            raise _wrong_cells(problems)
        filled = [row for row in rows if row]
        if filled:
            self._check_number(len(filled))
        return filled or None

    def check(self, value: Value) -> None:
        """Refuse what is no list of rows with canonical cells in known columns."""
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) and row for row in value):
            raise AnswerError("wrong_shape")
        self._check_number(len(value))
        problems = [
            AnswerError("cell", row=number, column=column.text, problem=problem)
            for number, row in enumerate(value, start=1)
            for column, problem in self._problems_in(row)
        ]
        if problems:
            raise _wrong_cells(problems)

    def check_on(self, value: Value, today: date) -> None:
        """Refuse cells that do not fit the day the table is filled in."""
        problems: list[AnswerError] = []
        for number, row in enumerate(value if isinstance(value, list) else [], start=1):
            for column in self.columns:
                try:
                    column.type.check_on(row.get(column.id), today)
                except AnswerError as problem:
                    problems.append(AnswerError("cell", row=number, column=column.text, problem=problem))
        if problems:
            raise _wrong_cells(problems)

    def display(self, value: Value, language: str) -> str:
        """Return one line a row: "Name: Acme; Country: Norway"."""
        rows = value if isinstance(value, list) else []
        return "\n".join(
            "; ".join(
                f"{column.text.in_language(language)}: {column.type.display(row[column.id], language)}"
                for column in self.columns
                if column.id in row
            )
            for row in rows
        )

    def field_values(self, value: Value) -> FieldValues:
        """Return the rows with every column present, empty cells as ''."""
        rows = value if isinstance(value, list) else []
        return {
            "rows": [
                {column.id: column.type.field_values(row.get(column.id))["value"] for column in self.columns}
                for row in rows
            ]
        }

    def _is_cell(self, row: int, column: str) -> bool:
        return row >= 0 and any(column == known.id for known in self.columns)

    def _padded(self, row: Mapping[str, str]) -> dict[str, str]:
        return {column.id: row.get(column.id, "") for column in self.columns}

    def _check_number(self, rows: int) -> None:
        if rows > self.maximum_rows:
            raise AnswerError("too_many_rows", rows=rows, maximum=self.maximum_rows)
        if rows < self.minimum_rows:
            raise AnswerError("too_few_rows", minimum=self.minimum_rows)

    def _read_row(
        self,
        number: int,
        row: Mapping[str, Cell],
        problems: list[AnswerError],
        read: Callable[[Column, Cell], Value],
    ) -> dict[str, Value]:
        cells: dict[str, Value] = {}
        for column in self.columns:
            try:
                cell = read(column, row.get(column.id, ""))
            except AnswerError as problem:
                problems.append(AnswerError("cell", row=number, column=column.text, problem=problem))
                continue
            if cell is not None:
                cells[column.id] = cell
        return cells

    def _problems_in(self, row: Mapping[str, Value]) -> Iterator[tuple[Column, AnswerError]]:
        if set(row) - {column.id for column in self.columns}:
            raise AnswerError("wrong_shape")
        for column in self.columns:
            try:
                if column.id in row:
                    column.type.check(row[column.id])
                elif column.required:
                    raise AnswerError("cell_missing")  # noqa: TRY301 - told together with the others
            except AnswerError as problem:
                yield column, problem


def _is_filled(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _place(field: str, name: str) -> tuple[int, str]:
    """Return the row and the column a form field stands for; (-1, '') if it is none of this table's."""
    if not field.startswith(name + "-"):
        return -1, ""
    row, _, column = field[len(name) + 1 :].partition("-")
    return (int(row), column) if _ROW_NUMBER.fullmatch(row) else (-1, "")


def _wrong_cells(problems: list[AnswerError]) -> AnswerError:
    """Return one error that names the first wrong cells and counts the others."""
    named: list[AnswerError] = problems[:_CELLS_TO_NAME]
    others = len(problems) - len(named)
    if others:
        named.append(AnswerError("one_more_cell") if others == 1 else AnswerError("more_cells", count=others))
    return AnswerError("cells", cells=tuple(named))
