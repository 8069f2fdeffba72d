"""Last year's answer at a question: proposed, confirmed, changed, emptied, or only shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from questionnaires.answers import Acknowledgement
from questionnaires.carry_over import Earlier, Mark, Offer, proposal, waits
from questionnaires.clause_changes import ClauseChange, clause_changes, has_changed
from questionnaires.model import Question
from questionnaires.values import Answers, Value


class State(StrEnum):
    """How it stands with last year's answer."""

    WAITS = "waits"
    """It is proposed; nothing is answered before somebody confirms or changes it."""
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    EMPTIED = "emptied"
    """Somebody took the proposed answer away and gave no other."""
    BESIDE = "beside"
    """It is only shown; the question is asked anew."""


@dataclass(frozen=True, slots=True)
class LastFile:
    """A file of last year's answer that this year's does not have."""

    slot: str
    """The key of the answer that names it."""
    record: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Carried:
    """Last year's answer to a question, as its page needs it."""

    question: Question
    """As it is asked now."""
    earlier: Earlier
    signed_on: date
    state: State
    proposed: Mapping[str, Value]
    """What confirming saves, by key."""
    files: tuple[LastFile, ...]
    """Files that may be taken along."""

    @property
    def waits(self) -> bool:
        """Whether it is proposed and nobody has said anything to it."""
        return self.state is State.WAITS

    @property
    def prefill(self) -> Mapping[str, Value]:
        """What the fields show, by key, though nothing of it is saved."""
        question = self.question
        if not self.waits or not question.type.prefilled:
            return {}
        keys = (question.comment_key, *([question.id] if question.type.read_from_form else []))
        return {key: self.proposed[key] for key in keys if key in self.proposed}

    @property
    def opens_comment(self) -> bool:
        """Whether the proposed answer opens the field for a comment."""
        comment = self.question.comment
        return self.waits and comment is not None and comment.is_asked(self.prefill.get(self.question.id))

    def text(self, language: str) -> str:
        """Return last year's answer in words."""
        return self.earlier.question.type.display(self.earlier.value, language)

    def question_then(self, language: str) -> str:
        """Return how the question was put, where that differs; else nothing."""
        then = self.earlier.question.text.in_language(language)
        return "" if then == self.question.text.in_language(language) else then

    def clause_changes(self, language: str) -> tuple[ClauseChange, ...]:
        """Return what has changed in a text that is to be accepted once more; nothing where it is the same."""
        then, now = self.earlier.question.type, self.question.type
        if not isinstance(then, Acknowledgement) or not isinstance(now, Acknowledgement) or now.addendum_to:
            return ()
        changes = clause_changes(then.clauses, now.clauses, language)
        return changes if has_changed(changes) else ()


def carried_at(
    questions: Iterable[Question],
    earlier: Mapping[str, Earlier],
    answers: Answers,
    marks: Mapping[str, Mark],
    signed_on: date,
) -> dict[str, Carried]:
    """Return last year's answers to some questions, as they are asked now."""
    found = {}
    for question in questions:
        if one := earlier.get(question.id):
            proposed = proposal(question, one)
            state = _state(question, one, answers, marks.get(question.id))
            files = _files(question, one, proposed, answers)
            found[question.id] = Carried(question, one, signed_on, state, proposed, files)
    return found


def _state(question: Question, earlier: Earlier, answers: Answers, mark: Mark | None) -> State:
    if earlier.offer is Offer.BESIDE:
        return State.BESIDE
    if waits(question, earlier, answers):
        return State.WAITS
    if answers.get(question.id) is None:
        return State.EMPTIED
    return State.CONFIRMED if mark is Mark.CONFIRMED else State.CHANGED


def _files(
    question: Question, earlier: Earlier, proposed: Mapping[str, Value], answers: Answers
) -> tuple[LastFile, ...]:
    if earlier.offer is Offer.BESIDE:
        return ()
    return tuple(
        LastFile(slot.key, record)
        for slot in question.file_slots
        for record in _records(proposed.get(slot.key))
        if record["sha256"] not in {each["sha256"] for each in _records(answers.get(slot.key))}
    )


def _records(value: Value) -> list[Mapping[str, Value]]:
    return list(value) if isinstance(value, list) else []
