"""Answers that are countries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.locales import codes_by_name, countries
from questionnaires.texts import ENGLISH
from questionnaires.values import Value


@dataclass(frozen=True, slots=True)
class Country(AnswerType):
    """A country; the canonical form is its ISO 3166-1 alpha-2 code."""

    name: ClassVar[str] = "country"
    operators: ClassVar[frozenset[str]] = frozenset({"answer_in", "not_in"})

    @property
    def codes(self) -> tuple[str, ...]:
        """All countries' codes."""
        return tuple(countries(ENGLISH))

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Return (code, name) for a select, ordered by name in the language."""
        return list(countries(language).items())

    def parse(self, fields: FieldValues) -> Value:
        """Return the code; small letters are understood."""
        written = str(fields["value"]).strip()
        if not written:
            return None
        code = written.upper() if written.isascii() else written
        self.check(code)
        return code

    def check(self, value: Value) -> None:
        """Refuse what is not a country's code."""
        if not isinstance(value, str):
            raise AnswerError("wrong_shape")
        if value not in countries(ENGLISH):
            raise AnswerError("not_country")

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - names in all languages are understood
        """Return the code of the country that the cell names, by code or by name."""
        written = words_of(cell).strip()
        return self.parse({"value": codes_by_name().get(written.casefold(), written)})

    def to_cell(self, value: Value, language: str) -> str:
        """Return the country's name."""
        return self.display(value, language)

    def display(self, value: Value, language: str) -> str:
        """Return the country's name."""
        return countries(language)[value] if isinstance(value, str) else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return the code as the field's value."""
        return {"value": value or ""}
