"""What stands in a spreadsheet's cell, as the words that somebody would have typed into a form."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from questionnaires.answers.numerals import MOST_DECIMALS, canonical, in_field

Cell: TypeAlias = str | int | float | bool | date | None
"""A cell's value; a moment is a date."""

_LARGEST = 1e15


def words_of(cell: Cell) -> str:
    """Return the cell as text that reads in one way only: a number has a point, a date is in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _digits(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _digits(number: float) -> str:
    """Binary fractions lose their tail: a cell that shows 0.3 may hold 0.30000000000000004."""
    if not -_LARGEST < number < _LARGEST:  # false for NaN too
        return str(number)
    return in_field(canonical(round(Decimal(repr(number)), MOST_DECIMALS)))
