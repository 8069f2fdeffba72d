"""Answers from a filled workbook: what it would change first, then the same in earnest, as far as somebody agrees."""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.models import Assessment, Deed, Invitation
from portal.services import assessments, ledger
from portal.services.actors import link_actor
from portal.services.workbook_child import WorkbookError, read_sheets
from questionnaires.journey import counted
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers, Value
from questionnaires.workbooks.answer_reading import CellProblem, Filled, OtherWorkbook, check_form, read_answers


class Fate(enum.StrEnum):
    """What becomes of what a workbook says about a question."""

    NEW = "new"
    CHANGED = "changed"
    """Another answer is there, and would be replaced."""
    NOT_ASKED = "not_asked"
    """The question, or its comment, is not asked after these answers."""
    CLOSED = "closed"
    """The question is signed and has not been sent back."""


TAKEN = (Fate.NEW, Fate.CHANGED)

MOST_BYTES = 5_000_000
"""Of a workbook; a form with all its tables full has a tenth of that."""


class WorkbookNotTaken(Exception):
    """The whole file is refused; a code for the reader's language.

    Codes: empty, unreadable, too_large, macros, unsafe, no_form, other_questionnaire, other_edition, other_request.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """What a workbook says about one question that differs from what is there."""

    question: Question
    fate: Fate
    said: Mapping[str, Value]
    """By question or comment key; only what differs."""
    cell: str
    """Where it stands, as Excel names it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workbook would do."""

    lines: tuple[Line, ...]
    unchanged: int
    """Questions of which it says what is there already."""
    problems: tuple[CellProblem, ...]

    @property
    def takeable(self) -> tuple[Line, ...]:
        """The lines that can be taken over."""
        return tuple(line for line in self.lines if line.fate in TAKEN)

    def of(self, fate: Fate) -> tuple[Line, ...]:
        """Return the lines of one fate."""
        return tuple(line for line in self.lines if line.fate is fate)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was taken over."""

    taken: int
    """Questions."""
    left_out: int
    """Questions that were chosen, and are not asked after what was chosen."""


def read_filled(
    content: bytes, assessment: Assessment, questionnaire: Questionnaire, answers: Answers, on: date
) -> Filled:
    """Return what a filled workbook says; it is read in a process of its own.

    Raises:
        WorkbookNotTaken: it cannot be read, or is another form's.
    """
    if not content:
        raise WorkbookNotTaken("empty")
    if len(content) > MOST_BYTES:
        raise WorkbookNotTaken("too_large")
    try:
        sheets = read_sheets(content)
        check_form(sheets, questionnaire, reference_of(assessment))
        return read_answers(questionnaire, sheets, on, answers)
    except (WorkbookError, OtherWorkbook) as error:
        raise WorkbookNotTaken(error.code) from error


def reference_of(assessment: Assessment) -> str:
    """Return how a workbook names the request and the questionnaire in it."""
    return str(assessment.id)


def make_plan(assessment: Assessment, questionnaire: Questionnaire, answers: Answers, filled: Filled) -> Plan:
    """Return what a workbook would do to the answers as they are now; nothing is changed."""
    differing = {key: value for key, value in filled.answers.items() if value != answers.get(key)}
    open_keys = _open(assessment, questionnaire, answers, differing)
    asked = counted(questionnaire, {**answers, **{key: differing[key] for key in open_keys}}).keys()
    lines = []
    for question in questionnaire.questions:
        fates: dict[Fate, dict[str, Value]] = {}
        for key in (question.id, question.comment_key):
            if key in differing:
                fate = _fate(key, question, answers, differing, open_keys, asked)
                fates.setdefault(fate, {})[key] = differing[key]
        lines += [Line(question, fate, said, filled.cells[next(iter(said))]) for fate, said in fates.items()]
    said = {assessments.question_of(key) for key in filled.answers}
    unchanged = len(said - {line.question.id for line in lines})
    return Plan(tuple(lines), unchanged, tuple(filled.problems))


def take_over(
    session: Session,
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Answers,
    chosen: Sequence[Line],
    content: bytes,
    invitation: Invitation,
    now: datetime,
) -> Outcome:
    """Save what was chosen of a plan; what is not asked after it is left out. Nothing chosen leaves no trace.

    The caller has begun the ledger, locked the assessment, and made the plan in this transaction.

    Raises:
        NotEditable: the link is a reader's, or a question is closed.
    """
    said = {key: value for line in chosen for key, value in line.said.items()}
    open_keys = _open(assessment, questionnaire, answers, said)
    merged = {**answers, **{key: said[key] for key in open_keys}}
    asked = counted(questionnaire, merged).keys()
    changes = {key: said[key] for key in open_keys if key in asked}
    allowed = assessments.open_questions(assessment, questionnaire, merged)
    saved = assessments.save(session, assessment, changes, invitation, now, allowed, answers)
    fates = Counter(line.fate for line in chosen if not saved.isdisjoint(line.said))
    if saved:
        sha256 = hashlib.sha256(content).hexdigest()
        data = {"file_sha256": sha256, **{f"answers_{fate.value}": fates[fate] for fate in TAKEN}}
        subject = ledger.subject_of("assessment", assessment.id)
        ledger.record(session, Deed.ANSWERS_IMPORTED, subject, by=link_actor(invitation), now=now, data=data)
    return Outcome(fates.total(), len(chosen) - fates.total())


def _open(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, said: Mapping[str, Value]
) -> frozenset[str]:
    """Return the keys that may be saved together: an answer that is returned can open questions that it leads to."""
    kept = frozenset(said)
    while True:
        merged = {**answers, **{key: said[key] for key in kept}}
        allowed = assessments.open_questions(assessment, questionnaire, merged)
        left = kept if allowed is None else frozenset(key for key in kept if assessments.question_of(key) in allowed)
        if left == kept:
            return kept
        kept = left


def _fate(
    key: str,
    question: Question,
    answers: Answers,
    differing: Mapping[str, Value],
    open_keys: Collection[str],
    asked: Collection[str],
) -> Fate:
    if key not in open_keys:
        return Fate.CLOSED
    if key not in asked:
        return Fate.NOT_ASKED
    replaced = any(answers.get(each) is not None for each in (question.id, question.comment_key) if each in differing)
    return Fate.CHANGED if replaced else Fate.NEW
