"""Conditions on answers: when a question is asked, and when an answer deviates.

A condition is frozen, knows the questions it mentions, and holds or does not hold for a set of answers. Facts of the
supplier are found among the answers (see ``facts``). A missing answer makes every comparison false; ``_given`` is the
one place that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from dateutil.relativedelta import relativedelta

from questionnaires.facts import DAY, is_fact, key_of
from questionnaires.values import Answers, Value, ticked


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can come of a condition while the facts are known and nothing is answered yet."""

    can_hold: bool
    can_fail: bool


_OPEN = Outlook(can_hold=True, can_fail=True)


class Condition(Protocol):
    """Anything that holds or does not hold for a set of answers."""

    def holds(self, answers: Answers) -> bool:
        """Return whether the condition holds."""
        ...

    def outlook(self, facts: Answers) -> Outlook:
        """Return what can come of the condition, given the facts under their keys and any answers."""
        ...

    def mentions(self) -> Iterator[str]:
        """Yield the id of each question the condition looks at."""
        ...


def _settled(condition: Condition, facts: Answers) -> Outlook:
    """Return the outlook of a condition that looks at nothing but facts."""
    holds = condition.holds(facts)
    return Outlook(can_hold=holds, can_fail=not holds)


def _given(condition: _AboutOne, answers: Answers, test: Callable[[Value], bool]) -> bool:
    value = answers.get(condition.question)
    return value is not None and test(value)


def _number(value: Value) -> Decimal | None:
    """Return the number a canonical value stands for (of a sum its amount); None for anything that is none."""
    if isinstance(value, dict):
        value = value.get("amount")
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


DATE_OPERATORS: Mapping[str, Callable[[date, date], bool]] = {
    "before": lambda day, limit: day < limit,
    "after": lambda day, limit: day > limit,
}
"""What may be said about a date, by its name in the YAML."""

SAME_KIND: Mapping[str, Callable[[Any, Any], bool]] = {
    "below_question": lambda one, other: one < other,
    "above_question": lambda one, other: one > other,
}
"""How two answers of the same kind may be compared, by the name in the YAML."""


def _day(value: Value) -> date | None:
    """Return the date a canonical value stands for (of a certificate its last day); None for anything that is none."""
    if isinstance(value, dict):
        value = value.get("valid_until")
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _AboutOne:
    """A statement about one question, or about one fact under its key."""

    question: str

    def mentions(self) -> Iterator[str]:
        """Yield the question's id, or the fact's key."""
        yield self.question

    def holds(self, answers: Answers) -> bool:
        """Return whether the statement is true."""
        raise NotImplementedError

    def outlook(self, facts: Answers) -> Outlook:
        """Return that a fact settles it, and that an answer leaves it open."""
        return _settled(self, facts) if is_fact(self.question) else _OPEN


@dataclass(frozen=True, slots=True)
class Comparison(_AboutOne):
    """One answer compared with what the questionnaire's author wrote."""

    operator: str
    operand: tuple[str, ...] | Decimal

    def holds(self, answers: Answers) -> bool:
        """Return whether the comparison is true; a missing answer makes it false."""
        return _given(self, answers, lambda value: OPERATORS[self.operator](value, self.operand))


@dataclass(frozen=True, slots=True)
class DateComparison(_AboutOne):
    """A date compared with one that the author wrote, or with one counted from the day of judging."""

    operator: str
    limit: date | Relative

    def holds(self, answers: Answers) -> bool:
        """Return whether the comparison is true; a missing answer makes it false."""
        return _given(self, answers, lambda value: self._compares(value, answers))

    def _compares(self, value: Value, answers: Answers) -> bool:
        day = _day(value)
        limit = self.limit if isinstance(self.limit, date) else self.limit.counted_from(answers)
        return day is not None and DATE_OPERATORS[self.operator](day, limit)


@dataclass(frozen=True, slots=True)
class Relative:
    """A day counted from the one on which answers are judged."""

    months: int
    days: int

    def counted_from(self, answers: Answers) -> date:
        """Return the day; the day of judging is among the answers as a fact."""
        start = date.fromisoformat(str(answers[key_of(DAY)]))
        return start + relativedelta(months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class QuestionComparison(_AboutOne):
    """One answer compared with another of the same kind: two numbers or two dates."""

    operator: str
    other: str

    def holds(self, answers: Answers) -> bool:
        """Return whether the comparison is true; a missing answer makes it false."""
        return _given(self, answers, lambda value: self._compares(value, answers.get(self.other)))

    def mentions(self) -> Iterator[str]:
        """Yield the two questions' ids."""
        yield self.question
        yield self.other

    def _compares(self, value: Value, other: Value) -> bool:
        for read in (_number, _day):
            one, two = read(value), read(other)
            if one is not None and two is not None:
                return SAME_KIND[self.operator](one, two)
        return False


@dataclass(frozen=True, slots=True)
class Answered(_AboutOne):
    """Holds when the question has an answer, or the fact is known."""

    def holds(self, answers: Answers) -> bool:
        """Return whether there is an answer."""
        return answers.get(self.question) is not None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Return whether all parts hold."""
        return all(part.holds(answers) for part in self.parts)

    def outlook(self, facts: Answers) -> Outlook:
        """Return that it can hold if each part can, and fail if some part can."""
        parts = [part.outlook(facts) for part in self.parts]
        return Outlook(all(part.can_hold for part in parts), any(part.can_fail for part in parts))

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

    def outlook(self, facts: Answers) -> Outlook:
        """Return that it can hold if some part can, and fail if each part can."""
        parts = [part.outlook(facts) for part in self.parts]
        return Outlook(any(part.can_hold for part in parts), all(part.can_fail for part in parts))

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

    def outlook(self, facts: Answers) -> Outlook:
        """Return the other's outlook turned round."""
        turned = self.condition.outlook(facts)
        return Outlook(can_hold=turned.can_fail, can_fail=turned.can_hold)

    def mentions(self) -> Iterator[str]:
        """Yield the ids of the condition turned round."""
        yield from self.condition.mentions()


@dataclass(frozen=True, slots=True)
class SomeRow(_AboutOne):
    """Holds when some row of a table meets a condition; the condition's "questions" are the row's columns."""

    row: Condition

    def holds(self, answers: Answers) -> bool:
        """Return whether some row meets the condition; a table without rows has none that does."""
        rows = answers.get(self.question)
        day = {key_of(DAY): answers.get(key_of(DAY))}  # a row's dates are judged on the same day
        return isinstance(rows, list) and any(self.row.holds({**day, **row}) for row in rows)


def facts_in(conditions: Iterable[Condition | None]) -> frozenset[str]:
    """Return the keys of the facts that some conditions look at."""
    found = (key for condition in conditions if condition for key in condition.mentions())
    return frozenset(key for key in found if is_fact(key))
