"""Answers in the supplier's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.cleaning import clean_line, clean_text
from questionnaires.answers.errors import AnswerError
from questionnaires.values import Value


class Words(AnswerType):
    """What answers in words share; the canonical form is the cleaned text."""

    def check(self, value: Value) -> None:
        """Refuse what is no text, and text that cleaning would change."""
        if not isinstance(value, str) or self.parse({"value": value}) != value:
            raise AnswerError("wrong_shape")

    def display(self, value: Value, language: str) -> str:  # noqa: ARG002 - words are not translated
        """Return the text itself."""
        return "" if value is None else str(value)

    def field_values(self, value: Value) -> FieldValues:
        """Return the text as the field's value."""
        return {"value": "" if value is None else str(value)}


@dataclass(frozen=True, slots=True)
class ShortText(Words):
    """One line of text."""

    at_most: int = 200
    name: ClassVar[str] = "short_text"

    def parse(self, fields: FieldValues) -> Value:
        """Return the line, cleaned."""
        return clean_line(fields["value"], self.at_most)


@dataclass(frozen=True, slots=True)
class LongText(Words):
    """Several lines of text."""

    at_most: int = 5000
    name: ClassVar[str] = "long_text"

    def parse(self, fields: FieldValues) -> Value:
        """Return the lines, cleaned."""
        return clean_text(fields["value"], self.at_most)
