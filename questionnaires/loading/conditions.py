"""From a condition's YAML to objects, each mention of a question or a code checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from questionnaires.answers import AnswerType, Table
from questionnaires.conditions import (
    AllOf,
    Answered,
    AnyOf,
    Comparison,
    Condition,
    DateComparison,
    Not,
    QuestionComparison,
    Relative,
    SomeRow,
)
from questionnaires.fact_types import FACT_TYPES, Groups
from questionnaires.facts import group_code, key_of
from questionnaires.loading.entry import Entry

NEVER = AnyOf(())
"""Stands in for a condition that was refused."""

_CODE_OPERATORS = ("answer_in", "not_in", "missing_any")
_NUMBER_OPERATORS = ("at_least", "at_most", "below", "above")
_DATE_OPERATORS = ("before", "after")
_QUESTION_OPERATORS = ("below_question", "above_question")
_PLAIN_OPERATORS = (*_CODE_OPERATORS, *_NUMBER_OPERATORS, *_DATE_OPERATORS)
ANSWER_WORDS = (*_PLAIN_OPERATORS, *_QUESTION_OPERATORS, "answered", "not_answered", "rows")
"""What may be said about an answer, in the order in which it is read."""
ROW_WORDS = ("answer_in", "not_in", *_NUMBER_OPERATORS, *_DATE_OPERATORS, "below_column", "empty")
"""What may be said about a cell of a table's row."""
_RELATIVE = re.compile(r"(?:today|([1-9][0-9]{0,3}) (day|month|year)s? (ago|ahead))")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a condition may look at from where it stands."""

    known: Mapping[str, AnswerType]
    """Answer types by question id: the earlier questions, or all."""
    later: Collection[str] = ()
    """Ids that exist further down."""
    names: Mapping[str, str] = field(default_factory=dict)
    """In a repeated section: the id as written to the id in this repetition."""
    judges: bool = False
    """Whether it is part of a rule, which is applied on one day; what is asked cannot change from day to day."""


def read_condition(entry: Entry, around: Surroundings) -> Condition:
    """Return the condition the entry describes: all, any, not, or a statement about one question or fact."""
    condition = _read_combination(entry, around)
    if condition is None:
        is_fact = entry.has("fact")
        condition = _read_fact(entry, around) if is_fact else read_statement(entry, entry.code("question"), around)
    entry.close()
    return condition


def _read_fact(entry: Entry, around: Surroundings) -> Condition:
    name = entry.choice("fact", tuple(FACT_TYPES))
    if name is None:
        for operator in ANSWER_WORDS:
            entry.has(operator)
        return NEVER
    known = Surroundings({key_of(name): FACT_TYPES[name]}, judges=around.judges)
    return read_statement(entry, key_of(name), known)


def read_statement(entry: Entry, question: str, around: Surroundings) -> Condition:
    """Return what the entry says about the answer to the question; several statements must all hold."""
    question = around.names.get(question, question)
    if question not in around.known:
        _refuse_question(entry, question, around)
        for name in ANSWER_WORDS:
            entry.has(name)
        return NEVER
    found = [name for name in ANSWER_WORDS if entry.has(name)]
    if not found:
        entry.refuse(f"says nothing about the answer; allowed: {', '.join(ANSWER_WORDS)}")
    parts = tuple(_read_operator(entry, name, question, around) for name in found)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _read_combination(entry: Entry, around: Surroundings) -> Condition | None:
    for key, combine in (("all", AllOf), ("any", AnyOf)):
        if entry.has(key):
            return combine(tuple(read_condition(part, around) for part in entry.in_order(key)))
    if entry.has("not"):
        turned = entry.entry("not")
        return Not(read_condition(turned, around)) if turned else NEVER
    return None


def _read_operator(entry: Entry, name: str, question: str, around: Surroundings) -> Condition:
    answer_type = around.known[question]
    if name in _QUESTION_OPERATORS:
        return _read_other_question(entry, name, question, around)
    if name in ("answered", "not_answered"):
        if not entry.flag(name, default=True):
            entry.refuse(f"{name} can only be true", name)
        return Answered(question) if name == "answered" else Not(Answered(question))
    if name not in answer_type.comparable:
        allowed = ", ".join([*sorted(answer_type.comparable), "answered", "not_answered"])
        entry.refuse(f"{name} cannot be said of {question}, a {answer_type.name}; allowed: {allowed}", name)
        return NEVER
    if name == "rows" and isinstance(answer_type, Table):
        return SomeRow(question, _read_rows(entry, answer_type, around))
    return _read_comparison(entry, name, question, answer_type, judges=around.judges)


def _read_comparison(entry: Entry, name: str, subject: str, answer_type: AnswerType, *, judges: bool) -> Condition:
    if name in _NUMBER_OPERATORS:
        return Comparison(subject, name, entry.as_number(name, entry.raw(name)))
    if name in _DATE_OPERATORS:
        return DateComparison(subject, name, _read_limit(entry, name, judges=judges))
    if isinstance(answer_type, Groups):
        return Comparison(subject, name, tuple(group_code(group) for group in entry.strings(name)))
    codes = entry.codes(name)
    allowed = answer_type.codes or ()
    unknown = [code for code in codes if code not in allowed]
    if unknown:
        entry.refuse(f"{name}: {subject} has no option {', '.join(unknown)}; allowed: {', '.join(allowed)}", name)
    return Comparison(subject, name, codes)


def _read_limit(entry: Entry, name: str, *, judges: bool) -> date | Relative:
    """Return the date that the entry names, or the day that it counts from the day of judging."""
    written = entry.raw(name)
    found = _RELATIVE.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return entry.date(name, date.min)
    if not judges:
        entry.refuse(f"{name}: {written} changes from day to day; only a deviation can look at it", name)
    count = int(found[1] or 0) * (-1 if found[3] == "ago" else 1)
    months = {"month": count, "year": 12 * count}.get(found[2], 0)
    return Relative(months, count if found[2] == "day" else 0)


def _read_other_question(entry: Entry, name: str, question: str, around: Surroundings) -> Condition:
    other = around.names.get(written := entry.code(name), written)
    if other not in around.known:
        _refuse_question(entry, other, around)
        return NEVER
    kinds = [_kind(around.known[each]) for each in (question, other)]
    if None in kinds or kinds[0] != kinds[1]:
        entry.refuse(f"{name} compares two numbers or two dates; {question} and {other} are not", name)
    return QuestionComparison(question, name, other)


def _kind(answer_type: AnswerType) -> str | None:
    """Return how an answer can be compared with another: as a number or as a date."""
    kinds = {"number": "below", "date": "before"}
    return next((kind for kind, operator in kinds.items() if operator in answer_type.comparable), None)


def _read_rows(entry: Entry, table: Table, around: Surroundings) -> Condition:
    """Return what is said of one row: a mapping, or a list of mappings that the same row must meet."""
    raw = entry.raw("rows")
    listed = raw if isinstance(raw, list) else [raw]
    tests = tuple(_read_row_test(entry.child(entry.inside("rows"), values, {}), table, around) for values in listed)
    return tests[0] if len(tests) == 1 else AllOf(tests)


def _read_row_test(entry: Entry, table: Table, around: Surroundings) -> Condition:
    columns = {column.id: column.type for column in table.columns}
    column = entry.choice("column", tuple(columns))
    found = [name for name in ROW_WORDS if entry.has(name)]
    entry.close()
    if column is None:
        return NEVER
    if len(found) != 1:
        entry.refuse(f"must say one thing about column {column}; allowed: {', '.join(ROW_WORDS)}", "column")
        return NEVER
    special: Mapping[str, Callable[[], Condition]] = {
        "empty": lambda: _read_empty(entry, column),
        "below_column": lambda: _read_below_column(entry, column, columns),
    }
    if found[0] in special:
        return special[found[0]]()
    if found[0] not in columns[column].operators:
        entry.refuse(f"{found[0]} cannot be said of column {column}, a {columns[column].name}", found[0])
        return NEVER
    return _read_comparison(entry, found[0], column, columns[column], judges=around.judges)


def _read_empty(entry: Entry, column: str) -> Condition:
    return Not(Answered(column)) if entry.flag("empty", default=True) else Answered(column)


def _read_below_column(entry: Entry, column: str, columns: Mapping[str, AnswerType]) -> Condition:
    other = entry.choice("below_column", tuple(columns))
    if other and (_kind(columns[column]) is None or _kind(columns[column]) != _kind(columns[other])):
        sentence = f"below_column compares two columns of numbers or of dates; {column} and {other} are not"
        entry.refuse(sentence, "below_column")
    return QuestionComparison(column, "below_question", other or column)


def _refuse_question(entry: Entry, question: str, around: Surroundings) -> None:
    if question in around.later:
        entry.refuse(f"question {question} comes later; a condition looks back only", "question")
    elif question:
        entry.refuse(f"question {question} is not in this edition", "question")
