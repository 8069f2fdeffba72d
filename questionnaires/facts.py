"""What the buyer knows of a supplier when a request is sent, for conditions to look at.

A fact is an answer to a question that nobody is asked: conditions find it among the answers under ``@name``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from questionnaires.values import Answers, Value

Facts: TypeAlias = Mapping[str, Value]
"""Fact name to canonical value; one that is missing is not known."""

ADDENDUM = "addendum"
"""Numbers of the clauses that the buyer found missing in the supplier's own code of conduct."""
DAY = "day"
"""The day that answers are judged on, in ISO form; for rules that compare dates with it."""

_MARK = "@"


def key_of(fact: str) -> str:
    """Return where conditions find a fact among the answers."""
    return _MARK + fact


def is_fact(key: str) -> bool:
    """Return whether a key stands for a fact, not for a question."""
    return key.startswith(_MARK)


def name_of(key: str) -> str:
    """Return the fact that a key stands for."""
    return key.removeprefix(_MARK)


def as_answers(facts: Facts) -> Answers:
    """Return the facts under the keys where conditions find them."""
    return {key_of(name): value for name, value in facts.items() if value is not None}


def group_code(words: str) -> str:
    """Return a product group as conditions compare it: one line, small letters."""
    return " ".join(words.split()).casefold()
