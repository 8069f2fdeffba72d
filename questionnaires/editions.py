"""From one edition to the next: a question keeps its identity, and what is changed about it is said.

An id stands for one question for ever. Where a later edition asks it in other words, or means something else by it, its
author marks it ``changed: wording`` or ``changed: meaning``; an unmarked difference is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from questionnaires.answers import Acknowledgement, AnswerType, Table
from questionnaires.errors import Problem
from questionnaires.model import Change, Question, Questionnaire


class Difference(StrEnum):
    """How a question differs from the one of the same id in an earlier edition."""

    WORDING = "wording"
    """Texts or limits differ; answers mean the same."""
    ANSWERS = "answers"
    """Answers mean something else, so that it is another question in the same place."""


def difference(before: Question, after: Question) -> Difference | None:
    """Return how the later question differs, as far as a program can see; None: not at all."""
    if _shape(before.type) != _shape(after.type):
        return Difference.ANSWERS
    texts = (before.text, before.help, before.type), (after.text, after.help, after.type)
    return Difference.WORDING if texts[0] != texts[1] else None


def changes_since(question_id: str, editions: Sequence[Questionnaire]) -> Change | None:
    """Return the gravest change to a question over some editions after the one that was answered, oldest first."""
    marks = [one.question(question_id).changed for one in editions if one.has(question_id)]
    if Change.MEANING in marks:
        return Change.MEANING
    return Change.WORDING if Change.WORDING in marks else None


def faults(editions: Sequence[Questionnaire]) -> list[Problem]:
    """Return the unmarked and the wrongly marked changes in the editions of one questionnaire, oldest first."""
    found = []
    for number, edition in enumerate(editions):
        for question in edition.questions:
            before = _earlier(question.id, editions[:number])
            if sentence := _fault(before, question):
                found.append(Problem(edition.name, question.id, sentence, "changed"))
    return found


def _earlier(question_id: str, editions: Sequence[Questionnaire]) -> Question | None:
    """Return the question as it was asked last."""
    return next((one.question(question_id) for one in reversed(editions) if one.has(question_id)), None)


def _fault(before: Question | None, question: Question) -> str | None:
    if before is None:
        return "changed: no earlier edition asks this question" if question.changed else None
    found = difference(before, question)
    if found is Difference.ANSWERS and question.changed is not Change.MEANING:
        return "answers mean something else than in the edition before: write changed: meaning, or give it a new id"
    if found is Difference.WORDING and question.changed is None:
        return "the words differ from the edition before: write changed: wording, or changed: meaning"
    return None


def _shape(kind: AnswerType) -> object:
    """Return what answers mean: codes, columns, the unit; and of a text that is accepted every word."""
    if isinstance(kind, Table):
        return kind.name, tuple((column.id, _shape(column.type)) for column in kind.columns)
    if isinstance(kind, Acknowledgement):
        return kind.name, kind.label.english, tuple((clause.no, clause.text.english) for clause in kind.clauses)
    unit = getattr(kind, "unit", None)
    return kind.name, kind.codes, unit.english if unit else None
