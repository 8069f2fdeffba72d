"""A text to read and a box to tick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self

from questionnaires.answers.base import AnswerType, FieldValues
from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.locales import date_in_words
from questionnaires.facts import ADDENDUM, key_of
from questionnaires.texts import Text
from questionnaires.values import Answers, Value

TICKED = "yes"
"""What the box posts."""

_PAPER = Text.of(
    "{number}, version {version}. In force from {day}. Adopted by: {adopted_by}.",
    nb="{number}, versjon {version}. Gjelder fra {day}. Vedtatt av: {adopted_by}.",
)
_CONFIRMED = Text.of("Confirmed", nb="Bekreftet")
_TICKS = frozenset({"yes", "ja", "x", "true", "1", "✓", "✔", "confirmed", "bekreftet"})
_NO_TICKS = frozenset({"", "no", "nei", "false", "0"})


def is_tick(cell: Cell) -> bool:
    """Return whether a cell holds a yes or a cross, in any language; raises AnswerError where it is unclear."""
    written = words_of(cell).strip().casefold()
    if written not in _TICKS | _NO_TICKS:
        raise AnswerError("not_a_tick")
    return written in _TICKS


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered piece of the text that is to be read first."""

    no: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """The company's own paper that the clauses come from, such as its Code of Conduct."""

    number: str
    """As the company files it: ``POL039``."""
    version: str
    effective_from: date
    adopted_by: Text

    def in_words(self, language: str) -> str:
        """Return which paper it is, in which version, from when on, and who adopted it."""
        return _PAPER.in_language(language).format(
            number=self.number,
            version=self.version,
            day=date_in_words(self.effective_from, language),
            adopted_by=self.adopted_by.in_language(language),
        )


@dataclass(frozen=True, slots=True)
class Acknowledgement(AnswerType):
    """The reader confirms what stands beside the box: ``True``, or no answer if the box is empty."""

    label: Text
    """Stands beside the box."""
    clauses: tuple[Clause, ...] = ()
    document: PolicyDocument | None = None
    addendum_to: str = ""
    """The question whose clauses the buyer chooses from, when a supplier's own code does not cover them."""
    own_code: str = ""
    """In an addendum: the question where the supplier uploads its own code, to be held against the clauses."""
    name: ClassVar[str] = "acknowledgement"
    prefilled: ClassVar[bool] = False

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

    def given(self, seen: Answers) -> Self:
        """Return an addendum with the clauses that the buyer has chosen."""
        if not self.addendum_to:
            return self
        chosen = seen.get(key_of(ADDENDUM))
        numbers = chosen if isinstance(chosen, list) else []
        return replace(self, clauses=tuple(clause for clause in self.clauses if clause.no in numbers))

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - ticks of all languages are understood
        """Return True for a yes or a cross."""
        return is_tick(cell) or None

    def to_cell(self, value: Value, language: str) -> str:
        """Return "Confirmed" in the reader's language."""
        return self.display(value, language)

    def display(self, value: Value, language: str) -> str:
        """Return "Confirmed" in the reader's language."""
        return _CONFIRMED.in_language(language) if value else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return what the box posts when it is ticked."""
        return {"value": TICKED if value else ""}
