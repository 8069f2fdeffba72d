"""Answers that are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.locales import number_in_words
from questionnaires.answers.numerals import canonical, in_field, is_canonical, read_decimal, read_whole
from questionnaires.texts import Text
from questionnaires.values import LARGEST_WHOLE_NUMBER, Value

NUMBER_OPERATORS = frozenset({"at_least", "at_most", "below", "above"})

LARGEST_DECIMAL = Decimal(10) ** 15 - 1


@dataclass(frozen=True, slots=True)
class WholeNumber(AnswerType):
    """A whole number; the canonical form is an int."""

    unit: Text | None = None
    at_least: int = 0
    at_most: int = LARGEST_WHOLE_NUMBER
    name: ClassVar[str] = "whole_number"
    operators: ClassVar[frozenset[str]] = NUMBER_OPERATORS

    def parse(self, fields: FieldValues) -> Value:
        """Return the number, thousand separators taken out."""
        number = read_whole(fields["value"])
        if number is not None:
            self.check(number)
        return number

    def check(self, value: Value) -> None:
        """Refuse what is no int, and numbers outside the limits."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise AnswerError("wrong_shape")
        _check_limits(value, self.at_least, self.at_most)

    def display(self, value: Value, language: str) -> str:
        """Return the number with the language's separators, and the unit."""
        return _with_unit(number_in_words(value, language), self.unit, language) if isinstance(value, int) else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return the digits."""
        return {"value": "" if value is None else str(value)}


@dataclass(frozen=True, slots=True)
class DecimalNumber(AnswerType):
    """A number that may have up to six decimals; the canonical form is a string such as "12.5"."""

    unit: Text | None = None
    at_least: Decimal = Decimal(0)
    at_most: Decimal = LARGEST_DECIMAL
    name: ClassVar[str] = "decimal"
    operators: ClassVar[frozenset[str]] = NUMBER_OPERATORS

    def parse(self, fields: FieldValues) -> Value:
        """Return the number in its canonical form."""
        number = read_decimal(fields["value"])
        if number is None:
            return None
        _check_limits(number, self.at_least, self.at_most)
        return canonical(number)

    def check(self, value: Value) -> None:
        """Refuse what is no canonical decimal, and numbers outside the limits."""
        if not isinstance(value, str) or not is_canonical(value):
            raise AnswerError("wrong_shape")
        _check_limits(Decimal(value), self.at_least, self.at_most)

    def display(self, value: Value, language: str) -> str:
        """Return the number with the language's separators, and the unit."""
        if not isinstance(value, str):
            return ""
        return _with_unit(number_in_words(Decimal(value), language), self.unit, language)

    def field_values(self, value: Value) -> FieldValues:
        """Return the digits, with a zero to spare where they could be read in two ways."""
        return {"value": in_field(value) if isinstance(value, str) else ""}


@dataclass(frozen=True, slots=True)
class Percentage(AnswerType):
    """A share between 0 and 100; the canonical form is a decimal string such as "40" or "12.5"."""

    name: ClassVar[str] = "percentage"
    operators: ClassVar[frozenset[str]] = NUMBER_OPERATORS
    unit: ClassVar[Text] = Text.of("%", nb="%")

    def parse(self, fields: FieldValues) -> Value:
        """Return the share; a per cent sign after it is understood."""
        written = str(fields["value"]).strip().removesuffix("%").removesuffix("％")
        number = read_decimal(written, thousands=False)
        if number is None:
            return None
        self.check(canonical(number))
        return canonical(number)

    def check(self, value: Value) -> None:
        """Refuse what is no canonical decimal between 0 and 100."""
        if not isinstance(value, str) or not is_canonical(value):
            raise AnswerError("wrong_shape")
        if not 0 <= Decimal(value) <= 100:
            raise AnswerError("not_percentage")

    def from_cell(self, cell: Cell, language: str) -> Value:
        """Return the share; a fraction below 1 may mean either 0.4 % or 40 %, so it is refused."""
        if isinstance(cell, float) and 0 < cell < 1:
            raise AnswerError("share_or_percent", written=words_of(cell), percent=words_of(cell * 100))
        return AnswerType.from_cell(self, cell, language)  # super() does not work in a class with slots

    def display(self, value: Value, language: str) -> str:
        """Return the share with the language's decimal sign and a per cent sign."""
        return f"{number_in_words(Decimal(value), language)}\u00a0%" if isinstance(value, str) else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return the digits without the per cent sign."""
        return {"value": value if isinstance(value, str) else ""}


def _check_limits(number: Decimal | int, at_least: Decimal | int, at_most: Decimal | int) -> None:
    if number < at_least:
        raise AnswerError("too_low", at_least=at_least)
    if number > at_most:
        raise AnswerError("too_high", at_most=at_most)


def _with_unit(words: str, unit: Text | None, language: str) -> str:
    return f"{words}\u00a0{unit.in_language(language)}" if unit else words
