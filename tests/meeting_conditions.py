"""Example answers of every type, and the answers and facts under which a condition holds.

Sets of answers hold facts too, under the keys where conditions find them. None as an answer stands for none given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatch
from itertools import product

from questionnaires.answers import AnswerType, Files, Money, Record, SeveralOf, Table, WholeNumber
from questionnaires.conditions import (
    OPERATORS,
    AllOf,
    Answered,
    AnyOf,
    Comparison,
    Condition,
    DateComparison,
    Not,
    QuestionComparison,
    SomeRow,
)
from questionnaires.fact_types import FACT_TYPES
from questionnaires.facts import ADDENDUM, DAY, key_of
from questionnaires.values import Value

Given = dict[str, Value]
Types = dict[str, AnswerType]

TODAY = date(2026, 11, 26)
_FILE = {"sha256": "0" * 64, "name": "paper.pdf", "size": 1}
_BESIDE = {"at_least": 0, "at_most": 0, "below": -1, "above": 1, "before": -1, "after": 1}
"""How far from the limit a number or a day must lie, for each comparison."""
_PLAIN: Given = {
    "acknowledgement": True,
    "percentage": "40",
    "decimal": "40",
    "date": "2026-11-21",
    "country": "NO",
    "email": "kari@supplier.example",
    "web_address": "https://supplier.example/",
}


def types_of_facts() -> Types:
    """Return the types of all facts, by the keys where conditions find them."""
    return {key_of(name): kind for name, kind in FACT_TYPES.items()}


def example(kind: AnswerType, number: int = 40) -> Value:
    """Return some canonical answer of the type; numbers as near to the one given as the type allows."""
    if kind.codes:
        return [kind.codes[0]] if isinstance(kind, SeveralOf) else kind.codes[0]
    if isinstance(kind, Table):
        return [{column.id: example(column.type, number) for column in kind.columns}]
    if isinstance(kind, Record):
        return {part.name: example(part.type, number) for part in kind.parts}
    if isinstance(kind, Files):
        return [{**_FILE, "media_type": min(kind.media_types)}]
    if isinstance(kind, WholeNumber):
        return max(kind.at_least, min(kind.at_most, number))
    return str(number) if kind.name in {"decimal", "percentage"} else _PLAIN.get(kind.name, "Words")


@singledispatch
def ways(condition: object, types: Types) -> Iterator[Given]:
    """Yield sets of answers that may meet the condition; parts of a larger one may spoil each other."""
    raise NotImplementedError(f"no way known to meet {condition}")


@ways.register
def _(condition: Comparison, types: Types) -> Iterator[Given]:
    kind = types[condition.question]
    for value in _candidates(condition, kind):
        if OPERATORS[condition.operator](value, condition.operand):
            yield {condition.question: value}


def _candidates(comparison: Comparison, kind: AnswerType) -> list[Value]:
    if isinstance(comparison.operand, Decimal):
        return [_as_answer(int(comparison.operand) + _BESIDE[comparison.operator], kind)]
    if not isinstance(kind, SeveralOf):
        return list(kind.codes or ())
    together = [option.code for option in kind.options if not option.exclusive]
    all_but_one: list[Value] = [[code for code in together if code != left_out] for left_out in together]
    return [*([code] for code in kind.codes), *all_but_one]


def _as_answer(number: int, kind: AnswerType) -> Value:
    if isinstance(kind, Money):
        return {"amount": str(number), "currency": kind.currencies[0]}
    return number if isinstance(kind, WholeNumber) else str(number)


@ways.register
def _(condition: DateComparison, types: Types) -> Iterator[Given]:
    limit = condition.limit
    if not isinstance(limit, date):
        limit = limit.counted_from({key_of(DAY): TODAY.isoformat()})
    day = (limit + timedelta(days=_BESIDE[condition.operator])).isoformat()
    kind = types[condition.question]
    whole = example(kind)
    yield {condition.question: {**whole, "valid_until": day} if isinstance(whole, dict) else day}


@ways.register
def _(condition: QuestionComparison, types: Types) -> Iterator[Given]:
    kind = types[condition.question]
    low, high = ("2026-01-01", "2026-01-02") if kind.name == "date" else (_as_answer(1, kind), _as_answer(2, kind))
    if condition.operator == "above_question":
        low, high = high, low
    yield {condition.question: low, condition.other: high}


@ways.register
def _(condition: Answered, types: Types) -> Iterator[Given]:
    is_addendum = condition.question == key_of(ADDENDUM)
    yield {condition.question: ["1", "9"] if is_addendum else example(types[condition.question])}


@ways.register
def _(condition: AllOf, types: Types) -> Iterator[Given]:
    for parts in product(*(list(ways(part, types)) for part in condition.parts)):
        yield {question: value for part in parts for question, value in part.items()}


@ways.register
def _(condition: AnyOf, types: Types) -> Iterator[Given]:
    for part in condition.parts:
        yield from ways(part, types)


@ways.register
def _(condition: Not, types: Types) -> Iterator[Given]:
    """Leave everything as it is, or take answers away."""
    del types
    yield {}
    yield dict.fromkeys(condition.mentions())


@ways.register
def _(condition: SomeRow, types: Types) -> Iterator[Given]:
    """Fill the other cells in with high and low numbers, and with the first and the last of their options."""
    table = types[condition.question]
    assert isinstance(table, Table)
    cells = {column.id: column.type for column in table.columns}
    for number, option, way in product((40, 0), (-1, 0), ways(condition.row, cells)):
        row = {column: kind.codes[option] if kind.codes else example(kind, number) for column, kind in cells.items()}
        row |= way
        yield {condition.question: [{column: value for column, value in row.items() if value is not None}]}


def meeting(condition: Condition, types: Types) -> Iterator[Given]:
    """Yield sets of answers that meet the condition."""
    for way in ways(condition, types):
        if condition.holds({key_of(DAY): TODAY.isoformat(), **way}):
            yield way
