"""Last year's answers in this year's form: which may be confirmed, which are only shown, and what became of them.

Nothing is answered by carrying over: an answer counts when the supplier confirms it or writes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from questionnaires import journey
from questionnaires.answers import AnswerError
from questionnaires.editions import changes_since
from questionnaires.model import Change, Question, Questionnaire
from questionnaires.values import Answers, Value


class Offer(StrEnum):
    """What is done with last year's answer to a question."""

    CONFIRM = "confirm"
    """It is proposed, to be confirmed or changed."""
    BESIDE = "beside"
    """It is shown beside the empty field: the question is not what it was, or the answer no longer holds."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Last year's answer to one question."""

    question: Question
    """As it was asked then."""
    value: Value
    comment: str
    documents: tuple[Mapping[str, Value], ...]
    """Records of the files that were added to the answer; see ``answers.Files``."""
    offer: Offer


class Mark(StrEnum):
    """What became of a question since last year; stands in the signed declaration."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NEW = "new"
    """Not asked last year, not answered then, or asked about something else now."""


def carried(editions: Sequence[Questionnaire], answers: Answers, on: date) -> dict[str, Earlier]:
    """Return last year's answers by question, as far as this year's edition asks the same questions.

    Args:
        editions: from the one that was answered to the one that is asked now, oldest first, both included.
        answers: those that counted then.
        on: today; what has expired by then is not proposed.
    """
    then, now = editions[0], editions[-1]
    return {
        question.id: _earlier(then.question(question.id), question, editions[1:], answers, on)
        for question in now.questions
        if then.has(question.id) and answers.get(question.id) is not None
    }


def marks(questionnaire: Questionnaire, earlier: Mapping[str, Earlier], answers: Answers) -> dict[str, Mark]:
    """Return what became of each question that is asked and answered."""
    way = journey.walk(questionnaire, answers)
    return {
        question.id: _mark(question, earlier.get(question.id), way.seen)
        for question in way.questions
        if question.id in way.seen
    }


def _earlier(then: Question, now: Question, later: Sequence[Questionnaire], answers: Answers, on: date) -> Earlier:
    value = answers[then.id]
    files = answers.get(then.documents_key)
    same = changes_since(now.id, later) is not Change.MEANING
    holds = same and now.prefill and _still_fits(now, value, on)
    return Earlier(
        question=then,
        value=value,
        comment=str(answers.get(then.comment_key) or ""),
        documents=tuple(files) if isinstance(files, list) else (),
        offer=Offer.CONFIRM if holds else Offer.BESIDE,
    )


def _still_fits(question: Question, value: Value, on: date) -> bool:
    try:
        question.type.check(value)
    except AnswerError:
        return False
    return question.type.still_holds(value, on)


def _mark(question: Question, earlier: Earlier | None, seen: Answers) -> Mark:
    if earlier is None or earlier.offer is Offer.BESIDE:
        return Mark.NEW
    files = seen.get(question.documents_key)
    documents = tuple(files) if isinstance(files, list) else ()
    now = seen[question.id], str(seen.get(question.comment_key) or ""), documents
    then = earlier.value, earlier.comment, earlier.documents
    return Mark.CONFIRMED if now == then else Mark.CHANGED
