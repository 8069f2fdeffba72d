"""What every answer type can do, whatever it asks for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Protocol, Self, TypeAlias

from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.values import Answers, Value

FieldValues: TypeAlias = Mapping[str, Any]
"""What a form shows, by the name a template knows: ``value`` (a string), ``values`` (a list of codes),
``rows`` (a list of {column: string}), ``parts`` ({part: string}) or ``files``."""


class FormFields(Protocol):
    """A posted form: several values may arrive under one name."""

    def getlist(self, name: str, /) -> list[str]:
        """Return all values posted under the name, in order; none gives an empty list."""
        ...

    def keys(self) -> Iterable[str]:
        """Return the names that were posted."""
        ...


def holds_several(form: FormFields, name: str) -> bool:
    """Return whether different values were posted under a name that can have one only."""
    return len({value.strip() for value in form.getlist(name)} - {""}) > 1


class AnswerType(ABC):
    """One kind of answer: from a form or a spreadsheet's cell, to JSON, to display, and its errors.

    ``read`` is ``parse(posted(form, name))``, and ``parse(field_values(value))`` is ``value`` again.
    """

    name: ClassVar[str]
    """The type's name in the YAML, and of the template that shows it."""

    operators: ClassVar[frozenset[str]] = frozenset()
    """The comparisons that make sense for such an answer (names in ``conditions.OPERATORS``)."""

    carries: ClassVar[bool] = True
    """Whether last year's answer may be proposed; what a person signs by name is signed anew."""

    prefilled: ClassVar[bool] = True
    """Whether a form may show what is proposed in its fields; a box that is ticked is a deed of the reader's own."""

    read_from_form: ClassVar[bool] = True
    """False where a posted form cannot carry the answer by itself (files)."""

    @property
    def comparable(self) -> frozenset[str]:
        """The comparisons that this answer allows; fewer than its type's where they would not be clear."""
        return self.operators

    @property
    def codes(self) -> tuple[str, ...] | None:
        """The codes an answer may consist of, where it is a choice; else None."""
        return None

    def read(self, form: FormFields, name: str) -> Value:
        """Return the canonical answer posted under the name, None where nothing was written.

        Raises AnswerError where something was written that does not fit.
        """
        if holds_several(form, name):
            raise AnswerError("more_than_one")
        return self.parse(self.posted(form, name))

    def posted(self, form: FormFields, name: str) -> FieldValues:
        """Return what was posted, as it was written, to be shown again beside an error; refuses nothing."""
        return {"value": next((value for value in form.getlist(name) if value.strip()), "")}

    @abstractmethod
    def parse(self, fields: FieldValues) -> Value:
        """Return the canonical answer written in the fields, None for nothing; raises AnswerError."""

    @abstractmethod
    def check(self, value: Value) -> None:
        """Raise AnswerError unless the value is a canonical answer (used for JSON and imports)."""

    def check_on(self, value: Value, today: date) -> None:  # noqa: B027 - most answers do not mind the day
        """Raise AnswerError where a canonical answer does not fit the day it is given."""

    def still_holds(self, value: Value, today: date) -> bool:  # noqa: ARG002 - most answers do not mind the day
        """Return whether last year's answer may be proposed again: an expired certificate may not."""
        return True

    def given(self, seen: Answers) -> Self:  # noqa: ARG002 - most types ask for the same whatever was answered
        """Return the type as it is asked after some answers: a table may have columns fewer."""
        return self

    def kept(self, value: Value) -> Value:
        """Return the part of an answer that counts: without the cells of columns that are not asked."""
        return value

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - words of choices differ by language
        """Return the canonical answer in a spreadsheet's cell, None for an empty one; raises AnswerError."""
        return self.parse({"value": words_of(cell)})

    def to_cell(self, value: Value, language: str) -> str:  # noqa: ARG002 - see ``from_cell``
        """Return what a spreadsheet's cell shows, so that ``from_cell`` gives the same answer again."""
        return str(self.field_values(value)["value"])

    @abstractmethod
    def display(self, value: Value, language: str) -> str:
        """Return a canonical answer in words for people, lines separated by newlines; None gives ''."""

    @abstractmethod
    def field_values(self, value: Value) -> FieldValues:
        """Return what a form shows for a canonical answer, or for None: an empty form."""
