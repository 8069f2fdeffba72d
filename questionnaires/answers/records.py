"""Answers made of several named parts: a sum of money, a certificate, a person's signature."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.answers.base import AnswerType, FieldValues, FormFields, holds_several
from questionnaires.answers.cells import Cell
from questionnaires.answers.errors import AnswerError
from questionnaires.texts import Text
from questionnaires.values import Value


@dataclass(frozen=True, slots=True)
class Part:
    """One part; an answer of a simple type."""

    name: str
    label: Text
    type: AnswerType
    required: bool = True
    """Filled in wherever the record is."""
    stands_alone: bool = True
    """False where it says nothing by itself: a currency without an amount is no answer."""


class Record(AnswerType):
    """Several parts that make one answer; the canonical form is {part: value}, empty parts left out.

    Form fields are named ``<question>-<part>``.
    """

    @property
    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """The parts, in the order in which they are asked."""

    def read(self, form: FormFields, name: str) -> Value:
        """Return the parts that are not empty."""
        if any(holds_several(form, f"{name}-{part.name}") for part in self.parts):
            raise AnswerError("more_than_one")
        return self.parse(self.posted(form, name))

    def posted(self, form: FormFields, name: str) -> FieldValues:
        """Return what was posted for each part, as it was written."""
        written = {part.name: form.getlist(f"{name}-{part.name}") for part in self.parts}
        return {"parts": {part: next((one for one in values if one.strip()), "") for part, values in written.items()}}

    def parse(self, fields: FieldValues) -> Value:
        """Return the canonical parts; raises AnswerError ``parts`` that names each part that does not fit."""
        written: Mapping[str, str] = fields["parts"]
        return self._gather(written, lambda part, text: part.type.parse({"value": text}))

    def from_cells(self, cells: Mapping[str, Cell], language: str) -> Value:
        """Return the canonical parts written in one cell each; raises AnswerError as ``parse`` does."""
        return self._gather(cells, lambda part, cell: part.type.from_cell(cell, language))

    def to_cells(self, value: Value, language: str) -> dict[str, str]:
        """Return what each part's cell shows."""
        parts = value if isinstance(value, dict) else {}
        return {part.name: part.type.to_cell(parts.get(part.name), language) for part in self.parts}

    def check(self, value: Value) -> None:
        """Refuse what does not hold canonical parts under known names."""
        known = {part.name for part in self.parts}
        if not isinstance(value, dict) or not value or set(value) - known:
            raise AnswerError("wrong_shape")
        self._each(lambda part: self._check_part(part, value.get(part.name)))

    def check_on(self, value: Value, today: date) -> None:
        """Refuse parts that do not fit the day they are filled in."""
        if isinstance(value, dict):
            self._each(lambda part: part.type.check_on(value.get(part.name), today))

    def display(self, value: Value, language: str) -> str:
        """Return one line a part: "Number: 123"."""
        parts = value if isinstance(value, dict) else {}
        return "\n".join(
            f"{part.label.in_language(language)}: {part.type.display(parts[part.name], language)}"
            for part in self.parts
            if part.name in parts
        )

    def field_values(self, value: Value) -> FieldValues:
        """Return every part as a form shows it, empty ones as ''."""
        parts = value if isinstance(value, dict) else {}
        return {"parts": {part.name: part.type.field_values(parts.get(part.name))["value"] for part in self.parts}}

    def _gather(self, written: Mapping[str, Cell], read: Callable[[Part, Cell], Value]) -> Value:
        """Return the parts read; None where nothing that stands alone is written."""
        if not any(str(_or_blank(written.get(part.name))).strip() for part in self.parts if part.stands_alone):
            return None
        found: dict[str, Value] = {}

        def take(part: Part) -> None:
            value = read(part, _or_blank(written.get(part.name)))
            if value is not None:
                found[part.name] = value
            elif part.required:
                raise AnswerError("part_missing")

        self._each(take)
        return found or None

    def _check_part(self, part: Part, value: Value) -> None:
        if value is not None:
            part.type.check(value)
        elif part.required:
            raise AnswerError("part_missing")

    def _each(self, look: Callable[[Part], None]) -> None:
        """Look at every part; raise one AnswerError that names each that does not fit."""
        problems = []
        for part in self.parts:
            try:
                look(part)
            except AnswerError as problem:
                problems.append(AnswerError("part", part=part.label, problem=problem))
        if problems:
            raise AnswerError("cells", cells=tuple(problems))


def _or_blank(cell: Cell) -> Cell:
    return "" if cell is None else cell
