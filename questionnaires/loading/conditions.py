"""From a condition's YAML to objects, each mention of a question or a code checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from questionnaires.answers import AnswerType, Table
from questionnaires.conditions import (
    AllOf,
    Answered,
    AnyOf,
    ColumnBelow,
    Comparison,
    Condition,
    Not,
    SomeRow,
)
from questionnaires.loading.entry import Entry

NEVER = AnyOf(())
"""Stands in for a condition that was refused."""

_CODE_OPERATORS = ("answer_in", "not_in", "missing_any")
_NUMBER_OPERATORS = ("at_least", "at_most", "below", "above")
_OPERATORS = (*_CODE_OPERATORS, *_NUMBER_OPERATORS, "answered", "not_answered", "rows")
_ROW_OPERATORS = ("answer_in", "not_in", *_NUMBER_OPERATORS, "below_column", "empty")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a condition may look at from where it stands."""

    known: Mapping[str, AnswerType]
    """Answer types by question id: the earlier questions, or all."""
    later: Collection[str] = ()
    """Ids that exist further down."""
    names: Mapping[str, str] = field(default_factory=dict)
    """In a repeated section: the id as written to the id in this repetition."""


def read_condition(entry: Entry, around: Surroundings) -> Condition:
    """Return the condition the entry describes: all, any, not, or a statement about one question."""
    condition = _read_combination(entry, around)
    if condition is None:
        condition = read_statement(entry, entry.code("question"), around)
    entry.close()
    return condition


def read_statement(entry: Entry, question: str, around: Surroundings) -> Condition:
    """Return what the entry says about the answer to the question; several statements must all hold."""
    question = around.names.get(question, question)
    if question not in around.known:
        _refuse_question(entry, question, around)
        for name in _OPERATORS:
            entry.has(name)
        return NEVER
    found = [name for name in _OPERATORS if entry.has(name)]
    if not found:
        entry.refuse(f"says nothing about the answer; allowed: {', '.join(_OPERATORS)}")
    parts = tuple(_read_operator(entry, name, question, around.known[question]) for name in found)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _read_combination(entry: Entry, around: Surroundings) -> Condition | None:
    for key, combine in (("all", AllOf), ("any", AnyOf)):
        if entry.has(key):
            return combine(tuple(read_condition(part, around) for part in entry.in_order(key)))
    if entry.has("not"):
        turned = entry.entry("not")
        return Not(read_condition(turned, around)) if turned else NEVER
    return None


def _read_operator(entry: Entry, name: str, question: str, answer_type: AnswerType) -> Condition:
    if name in ("answered", "not_answered"):
        if not entry.flag(name, default=True):
            entry.refuse(f"{name} can only be true")
        return Answered(question) if name == "answered" else Not(Answered(question))
    if name not in answer_type.operators:
        allowed = ", ".join([*sorted(answer_type.operators), "answered", "not_answered"])
        entry.refuse(f"{name} cannot be said of {question}, a {answer_type.name}; allowed: {allowed}")
        return NEVER
    if name == "rows" and isinstance(answer_type, Table):
        return SomeRow(question, _read_rows(entry, answer_type))
    return _read_comparison(entry, name, question, answer_type)


def _read_comparison(entry: Entry, name: str, subject: str, answer_type: AnswerType) -> Condition:
    if name in _NUMBER_OPERATORS:
        return Comparison(subject, name, entry.as_number(name, entry.raw(name)))
    codes = entry.codes(name)
    allowed = answer_type.codes or ()
    unknown = [code for code in codes if code not in allowed]
    if unknown:
        entry.refuse(f"{name}: {subject} has no option {', '.join(unknown)}; allowed: {', '.join(allowed)}")
    return Comparison(subject, name, codes)


def _read_rows(entry: Entry, table: Table) -> Condition:
    """Return what is said of one row: a mapping, or a list of mappings that the same row must meet."""
    raw = entry.raw("rows")
    listed = raw if isinstance(raw, list) else [raw]
    tests = tuple(_read_row_test(entry.child(entry.inside("rows"), values, {}), table) for values in listed)
    return tests[0] if len(tests) == 1 else AllOf(tests)


def _read_row_test(entry: Entry, table: Table) -> Condition:
    columns = {column.id: column.type for column in table.columns}
    column = entry.choice("column", tuple(columns))
    found = [name for name in _ROW_OPERATORS if entry.has(name)]
    entry.close()
    if column is None:
        return NEVER
    if len(found) != 1:
        entry.refuse(f"must say one thing about column {column}; allowed: {', '.join(_ROW_OPERATORS)}")
        return NEVER
    special: Mapping[str, Callable[[], Condition]] = {
        "empty": lambda: _read_empty(entry, column),
        "below_column": lambda: _read_below_column(entry, column, columns),
    }
    if found[0] in special:
        return special[found[0]]()
    if found[0] not in columns[column].operators:
        entry.refuse(f"{found[0]} cannot be said of column {column}, a {columns[column].name}")
        return NEVER
    return _read_comparison(entry, found[0], column, columns[column])


def _read_empty(entry: Entry, column: str) -> Condition:
    return Not(Answered(column)) if entry.flag("empty", default=True) else Answered(column)


def _read_below_column(entry: Entry, column: str, columns: Mapping[str, AnswerType]) -> Condition:
    other = entry.choice("below_column", tuple(columns))
    numbers = [name for name in (column, other) if name and "below" in columns[name].operators]
    if other and len(numbers) < 2:
        entry.refuse(f"below_column compares columns of numbers; {column} and {other} are not both")
    return ColumnBelow(column, other or column)


def _refuse_question(entry: Entry, question: str, around: Surroundings) -> None:
    if question in around.later:
        entry.refuse(f"question {question} comes later; a condition looks back only")
    elif question:
        entry.refuse(f"question {question} is not in this edition")
