"""From a condition's YAML to the notation of a cell; see ``condition_reading`` for the grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from questionnaires.loading.conditions import ANSWER_WORDS, ROW_WORDS
from questionnaires.workbooks.tokens import FACT_PREFIX, quoted

_SIGNS = {
    "answer_in": "=",
    "not_in": "!=",
    "missing_any": "lacks",
    "at_least": ">=",
    "at_most": "<=",
    "below": "<",
    "above": ">",
    "before": "before",
    "after": "after",
    "below_question": "<",
    "above_question": ">",
    "below_column": "<",
}
_JOINTS = {"all": " and ", "any": " or "}
_EMPTY = {"all": "always", "any": "never"}


def write_condition(values: Mapping[str, Any]) -> str:
    """Return a condition that loads, as YAML has it, in the notation of a cell."""
    for word, joint in _JOINTS.items():
        if values.get(word) is not None:
            parts = values[word]
            if len(parts) == 1:
                return write_condition(parts[0])
            return joint.join(_bracketed(part) for part in parts) or _EMPTY[word]
    if values.get("not") is not None:
        return f"not {_bracketed(values['not'])}"
    fact = values.get("fact")
    subject = FACT_PREFIX + fact if fact is not None else quoted(values["question"])
    return " and ".join(f"{subject} {predicate}" for predicate in _predicates(values))


def write_when(values: Mapping[str, Any]) -> str:
    """Return what a deviation says about its own question, which is left out: ``>= 15 and < 18``."""
    return " and ".join(_predicates(values))


def write_raised(raised: Sequence[Mapping[str, Any]]) -> str:
    """Return what makes a deviation more serious, one to a line: ``major if supplier.tier = high``."""
    return "\n".join(f"{each['to']} if {write_condition(each['if'])}" for each in raised)


def _bracketed(values: Mapping[str, Any]) -> str:
    return f"({write_condition(values)})" if _is_compound(values) else write_condition(values)


def _is_compound(values: Mapping[str, Any]) -> bool:
    """Return whether the condition has several parts, joined by "and" or "or"."""
    for word in _JOINTS:
        if values.get(word) is not None:
            parts = values[word]
            return len(parts) > 1 or (len(parts) == 1 and _is_compound(parts[0]))
    return values.get("not") is None and len(_predicates(values)) > 1


def _predicates(values: Mapping[str, Any]) -> list[str]:
    """Return what is said of one answer, in the order in which the loader reads it."""
    return [_predicate(word, values[word]) for word in ANSWER_WORDS if values.get(word) is not None]


def _predicate(word: str, operand: Any) -> str:
    if word in ("answered", "not_answered"):
        return word.replace("_", " ")
    if word == "rows":
        tests = operand if isinstance(operand, list) else [operand]
        return "has " + (", ".join(_row_test(test) for test in tests) or "any row")
    return f"{_SIGNS[word]} {_operand(word, operand)}"


def _row_test(test: Mapping[str, Any]) -> str:
    column = quoted(test["column"])
    word = next(word for word in ROW_WORDS if test.get(word) is not None)
    if word == "empty":
        return f"{column} empty" if test[word] else f"{column} not empty"
    return f"{column} {_SIGNS[word]} {_operand(word, test[word])}"


def _operand(word: str, operand: Any) -> str:
    if isinstance(operand, list):
        return ", ".join(quoted(code) for code in operand)
    if word.endswith(("_question", "_column")):
        return quoted(operand, as_operand=True)
    if word in ("before", "after"):
        return _day(operand)
    return format(Decimal(str(operand)), "f")


def _day(operand: Any) -> str:
    """Return a date as 2026-12-31, however it was written, or the words that count from today."""
    try:
        return date.fromisoformat(str(operand)).isoformat()
    except ValueError:
        return str(operand)
