"""Conditions on answers: when a question is asked, and when an answer deviates.

A condition is frozen, knows the questions it mentions, and holds or does not hold for a set of answers.
A missing answer makes every comparison false; ``Comparison.holds`` is the one place that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from questionnaires.values import Answers, Value, ticked


class Condition(Protocol):
    """Anything that holds or does not hold for a set of answers."""

    def holds(self, answers: Answers) -> bool:
        """Return whether the condition holds."""
        ...

    def mentions(self) -> Iterator[str]:
        """Yield the id of each question the condition looks at."""
        ...


def _number(value: Value) -> Decimal | None:
    """Return the number a canonical value stands for; None for anything that is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _compares(test: Callable[[Decimal, Decimal], bool]) -> Callable[[Value, Any], bool]:
    def compare(value: Value, limit: Decimal) -> bool:
        number = _number(value)
        return number is not None and test(number, limit)

    return compare


OPERATORS: Mapping[str, Callable[[Value, Any], bool]] = {
    "answer_in": lambda value, codes: any(code in codes for code in ticked(value)),
    "not_in": lambda value, codes: not any(code in codes for code in ticked(value)),
    "missing_any": lambda value, codes: any(code not in ticked(value) for code in codes),
    "at_least": _compares(lambda number, limit: number >= limit),
    "at_most": _compares(lambda number, limit: number <= limit),
    "below": _compares(lambda number, limit: number < limit),
    "above": _compares(lambda number, limit: number > limit),
}
"""What may be said about one answer, by its name in the YAML."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer compared with what the questionnaire's author wrote."""

    question: str
    operator: str
    operand: tuple[str, ...] | Decimal

    def holds(self, answers: Answers) -> bool:
        """Return whether the comparison is true; a missing answer makes it false."""
        value = answers.get(self.question)
        return value is not None and OPERATORS[self.operator](value, self.operand)

    def mentions(self) -> Iterator[str]:
        """Yield the question's id."""
        yield self.question


@dataclass(frozen=True, slots=True)
class Answered:
    """Holds when the question has an answer."""

    question: str

    def holds(self, answers: Answers) -> bool:
        """Return whether there is an answer."""
        return answers.get(self.question) is not None

    def mentions(self) -> Iterator[str]:
        """Yield the question's id."""
        yield self.question


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Return whether all parts hold."""
        return all(part.holds(answers) for part in self.parts)

    def mentions(self) -> Iterator[str]:
        """Yield the ids of all parts."""
        for part in self.parts:
            yield from part.mentions()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Return whether some part holds."""
        return any(part.holds(answers) for part in self.parts)

    def mentions(self) -> Iterator[str]:
        """Yield the ids of all parts."""
        for part in self.parts:
            yield from part.mentions()


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the other condition does not."""

    condition: Condition

    def holds(self, answers: Answers) -> bool:
        """Return whether the condition fails."""
        return not self.condition.holds(answers)

    def mentions(self) -> Iterator[str]:
        """Yield the ids of the condition turned round."""
        yield from self.condition.mentions()


@dataclass(frozen=True, slots=True)
class SomeRow:
    """Holds when some row of a table meets a condition; the condition's "questions" are the row's columns."""

    question: str
    row: Condition

    def holds(self, answers: Answers) -> bool:
        """Return whether some row meets the condition; a table without rows has none that does."""
        rows = answers.get(self.question)
        return isinstance(rows, list) and any(self.row.holds(row) for row in rows)

    def mentions(self) -> Iterator[str]:
        """Yield the table's id; columns are not questions."""
        yield self.question


@dataclass(frozen=True, slots=True)
class ColumnBelow:
    """Holds for a row whose number in one column is lower than its number in another."""

    column: str
    other: str

    def holds(self, answers: Answers) -> bool:
        """Return whether both cells hold numbers and the first is the lower."""
        number, other = _number(answers.get(self.column)), _number(answers.get(self.other))
        return number is not None and other is not None and number < other

    def mentions(self) -> Iterator[str]:
        """Yield the two columns' ids."""
        yield self.column
        yield self.other
