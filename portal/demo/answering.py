"""Answers for any questionnaire: all accepted, but for the questions where a deviation is wanted.

It reads the definitions as a supplier would and names no question.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from random import Random

from questionnaires import deviations, journey
from questionnaires.answers import (
    AnswerError,
    AnswerType,
    Column,
    OneOf,
    Record,
    SeveralOf,
    Table,
    WholeNumber,
)
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Value

LONG_WORDS = "Demo answer: we follow a written routine, and the manager of each site looks after it every month."
SHORT_WORDS = "Demo answer"
AMOUNTS = (40, 0, 18, 3200)
FIRST_AND_LAST = (0, -1)
VALID_UNTIL = ("2029-12-31", "2025-12-31")
DAY = date(2026, 3, 2)
"""When the demo's answers are given, as far as rules about dates ask."""


def answer_all(
    questionnaire: Questionnaire,
    random: Random,
    *,
    deviating: float = 0.0,
    until: int | None = None,
) -> dict[str, Value]:
    """Return canonical answers to the questions that are asked; those that ask for files are left open.

    Args:
        questionnaire: any edition, with the supplier's facts, if it looks at any.
        random: decides which questions deviate; the same seed gives the same answers.
        deviating: share of the questions, from 0 to 1, that get an answer which deviates, where one exists.
        until: stop after so many questions, for a form half filled in.
    """
    answers: dict[str, Value] = {}
    while question := _next_open(questionnaire, answers):
        if until is not None and len(answers) >= until:
            break
        is_file = question.type.name == "file"
        value = None if is_file else _pick(questionnaire, question, answers, wanted=random.random() < deviating)
        answers[question.id] = value
        if question.comment and question.comment.is_asked(value):
            answers[question.comment_key] = LONG_WORDS
    return {key: value for key, value in answers.items() if value is not None}


def _next_open(questionnaire: Questionnaire, answers: dict[str, Value]) -> Question | None:
    asked = journey.asked_sections(questionnaire, answers)
    return next((question for section in asked for question in section.questions if question.id not in answers), None)


def _pick(questionnaire: Questionnaire, question: Question, answers: dict[str, Value], *, wanted: bool) -> Value:
    """Return the first candidate that deviates, or does not, as wanted; else the first of all."""
    candidates = [value for value in _candidates(question.type) if _fits(question.type, value)]
    for value in candidates:
        found = deviations.find(questionnaire, {**answers, question.id: value}, DAY)
        if any(finding.question.id == question.id for finding in found) == wanted:
            return value
    return _pick(questionnaire, question, answers, wanted=False) if wanted else candidates[0]


def _fits(kind: AnswerType, value: Value) -> bool:
    try:
        kind.check(value)
    except AnswerError:
        return False
    return True


def _candidates(kind: AnswerType) -> Iterator[Value]:
    if isinstance(kind, OneOf):
        yield from kind.codes
    elif isinstance(kind, SeveralOf):
        yield [option.code for option in kind.options if not option.exclusive]
        yield from ([option.code] for option in kind.options)
    elif isinstance(kind, Table):
        for place, amount in product(FIRST_AND_LAST, AMOUNTS):
            yield [{column.id: _cell(column, amount, place) for column in kind.columns}]
    elif isinstance(kind, Record):
        yield from ({part.name: _part(part.name, part.type, place) for part in kind.parts} for place in FIRST_AND_LAST)
    else:
        yield from _SIMPLE[kind.name]


def _cell(column: Column, amount: int, place: int) -> Value:
    if isinstance(column.type, WholeNumber):
        return max(column.type.at_least, min(column.type.at_most, amount))
    return column.type.codes[place] if column.type.codes else next(_candidates(column.type))


def _part(name: str, kind: AnswerType, place: int) -> Value:
    return VALID_UNTIL[place] if name == "valid_until" else list(_candidates(kind))[place]


_SIMPLE: dict[str, tuple[Value, ...]] = {
    "acknowledgement": (True,),
    "whole_number": (18, 40, 0, 12, 80),
    "percentage": ("85", "10", "0"),
    "decimal": ("40", "0"),
    "date": ("2026-03-02",),
    "country": ("NO",),
    "email": ("demo@supplier.example",),
    "web_address": ("https://supplier.example/policy",),
    "short_text": (SHORT_WORDS,),
    "long_text": (LONG_WORDS,),
}
