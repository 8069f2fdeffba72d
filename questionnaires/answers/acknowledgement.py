"""A text to read and a box to tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.errors import AnswerError
from questionnaires.texts import Text
from questionnaires.values import Value

TICKED = "yes"
"""What the box posts."""

_CONFIRMED = Text.of("Confirmed", nb="Bekreftet")


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered piece of the text that is to be read first."""

    no: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Acknowledgement(AnswerType):
    """The reader confirms what stands beside the box: ``True``, or no answer if the box is empty."""

    label: Text
    """Stands beside the box."""
    clauses: tuple[Clause, ...] = ()
    name: ClassVar[str] = "acknowledgement"

    def parse(self, fields: FieldValues) -> Value:
        """Return True for a ticked box."""
        posted = str(fields["value"]).strip()
        if posted not in ("", TICKED):
            raise AnswerError("wrong_shape")
        return True if posted else None

    def check(self, value: Value) -> None:
        """Refuse all but True."""
        if value is not True:
            raise AnswerError("wrong_shape")

    def display(self, value: Value, language: str) -> str:
        """Return "Confirmed" in the reader's language."""
        return _CONFIRMED.in_language(language) if value else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return what the box posts when it is ticked."""
        return {"value": TICKED if value else ""}
