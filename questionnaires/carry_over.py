"""Last year's answers in this year's form: which may be confirmed, which are only shown, and what became of them.

Nothing is answered by carrying over: an answer counts when the supplier confirms it or writes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from questionnaires import journey
from questionnaires.answers import AnswerError, Files
from questionnaires.editions import changes_since
from questionnaires.model import Change, Question, Questionnaire
from questionnaires.values import Answers, Value


class Offer(StrEnum):
    """What is done with last year's answer to a question."""

    CONFIRM = "confirm"
    """It is proposed, to be confirmed or changed."""
    BESIDE = "beside"
    """It is shown beside the empty field: the question is not what it was, or the answer no longer holds."""


class Reason(StrEnum):
    """Why last year's answer is only shown."""

    MEANING = "meaning"
    """The question asks something else now."""
    ANEW = "anew"
    """It must be found out anew each time."""
    LIMITS = "limits"
    """The answer lies outside of what the question takes now."""
    EXPIRED = "expired"
    """It held until a day that has passed."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Last year's answer to one question."""

    question: Question
    """As it was asked then."""
    value: Value
    comment: str
    documents: tuple[Mapping[str, Value], ...]
    """Records of the files that were added to the answer; see ``answers.Files``."""
    reason: Reason | None = None
    """Why it is only shown; None where it is proposed."""

    @property
    def offer(self) -> Offer:
        """What is done with it."""
        return Offer.BESIDE if self.reason else Offer.CONFIRM


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


def proposal(question: Question, earlier: Earlier) -> dict[str, Value]:
    """Return what confirming saves, by key: the answer, and comment and files as far as the question still takes them.

    Args:
        question: as it is asked now, after the answers so far.
        earlier: last year's answer to it.
    """
    value = question.type.kept(earlier.value)
    found: dict[str, Value] = {question.id: value}
    if earlier.comment and question.comment and question.comment.is_asked(value):
        found[question.comment_key] = earlier.comment
    if question.documents and (files := _taken(question.documents, earlier)):
        found[question.documents_key] = files
    return found


def waits(question: Question, earlier: Earlier | None, answers: Answers) -> bool:
    """Return whether an answer is proposed that nobody has confirmed, changed or emptied yet."""
    if earlier is None or earlier.offer is Offer.BESIDE:
        return False
    return answers.get(question.id) is None and not answers.get(question.declined_key)


def unconfirmed(questionnaire: Questionnaire, earlier: Mapping[str, Earlier], answers: Answers) -> tuple[Question, ...]:
    """Return the questions whose proposed answers wait, in order.

    Those are among them that will be asked once the others are confirmed: the number falls with each that is.
    """
    known = (questionnaire.question(question_id) for question_id in earlier)
    waiting = {question.id: question for question in known if waits(question, earlier[question.id], answers)}
    proposed: dict[str, Value] = {}
    for question in waiting.values():
        proposed |= proposal(question, earlier[question.id])
    way = journey.walk(questionnaire, {**proposed, **answers})
    return tuple(question for question in way.questions if question.id in waiting)


def _earlier(then: Question, now: Question, later: Sequence[Questionnaire], answers: Answers, on: date) -> Earlier:
    value = answers[then.id]
    files = answers.get(then.documents_key)
    return Earlier(
        question=then,
        value=value,
        comment=str(answers.get(then.comment_key) or ""),
        documents=tuple(files) if isinstance(files, list) else (),
        reason=_reason(now, later, value, on),
    )


def _reason(question: Question, later: Sequence[Questionnaire], value: Value, on: date) -> Reason | None:
    if changes_since(question.id, later) is Change.MEANING:
        return Reason.MEANING
    if not question.prefill or not question.type.carries:
        return Reason.ANEW
    try:
        question.type.check(value)
    except AnswerError:
        return Reason.LIMITS
    return None if question.type.still_holds(value, on) else Reason.EXPIRED


def _taken(kind: Files, earlier: Earlier) -> list[Any]:
    """Return those of last year's files that the question takes now."""
    fitting = [dict(file) for file in earlier.documents if file["media_type"] in kind.media_types]
    return fitting[: kind.maximum_files]


def _mark(question: Question, earlier: Earlier | None, seen: Answers) -> Mark:
    if earlier is None or earlier.offer is Offer.BESIDE:
        return Mark.NEW
    proposed = proposal(question, earlier)
    keys = question.id, question.comment_key, question.documents_key
    return Mark.CONFIRMED if all(seen.get(key) == proposed.get(key) for key in keys) else Mark.CHANGED
