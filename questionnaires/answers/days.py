"""Answers that are dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.locales import date_in_words
from questionnaires.values import Value

DATE_OPERATORS = frozenset({"before", "after"})
EARLIEST_YEAR = 1900
LATEST_YEAR = 2200

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?")
"""What a spreadsheet's date has at its end once it is text."""
_NORWEGIAN = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Day(AnswerType):
    """A date; the canonical form is ISO 8601: "2026-11-21"."""

    not_after_today: bool = False
    """The date cannot lie in the future; see ``check_on``, which is told what day it is."""
    name: ClassVar[str] = "date"
    operators: ClassVar[frozenset[str]] = DATE_OPERATORS

    def parse(self, fields: FieldValues) -> Value:
        """Return the date written as 2026-11-21 or 21.11.2026."""
        written = str(fields["value"]).strip()
        if not written:
            return None
        if found := _ISO.fullmatch(written):
            return _day(found[1], found[2], found[3]).isoformat()
        if found := _NORWEGIAN.fullmatch(written):
            return _day(found[3], found[2], found[1]).isoformat()
        raise AnswerError("not_date")

    def check(self, value: Value) -> None:
        """Refuse what is no existing date in ISO form."""
        if not isinstance(value, str) or not _ISO.fullmatch(value):
            raise AnswerError("wrong_shape")
        _day(*value.split("-"))

    def check_on(self, value: Value, today: date) -> None:
        """Refuse a date that lies after today, where the question wants none."""
        if self.not_after_today and isinstance(value, str) and date.fromisoformat(value) > today:
            raise AnswerError("after_today")

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - dates are written alike
        """Return the date in a cell, whether it is a date or the text of one."""
        return self.parse({"value": _MIDNIGHT.sub("", words_of(cell))})

    def display(self, value: Value, language: str) -> str:
        """Return the date with the month's name."""
        return date_in_words(date.fromisoformat(value), language) if isinstance(value, str) else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return the date as a date field wants it."""
        return {"value": value or ""}


def _day(year: str, month: str, day: str) -> date:
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        raise AnswerError("date_range", earliest=str(EARLIEST_YEAR), latest=str(LATEST_YEAR))
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise AnswerError("not_date") from None
