"""Checks of single answers: a reviewer says how an answer was looked into, and what was looked at."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from portal.models import AnswerCheck, CheckLevel, Declaration, Deed, User
from portal.services import ledger
from portal.services.actors import user_actor
from portal.services.refusals import ReviewRefused
from portal.services.reviews import REVIEWERS, check_words
from questionnaires.journey import asked_sections
from questionnaires.model import Questionnaire


def check(
    session: Session,
    declaration: Declaration,
    questionnaire: Questionnaire,
    question: str,
    level: CheckLevel,
    note: str,
    *,
    by: User,
    now: datetime,
) -> None:
    """Say that an answer was looked into, also after approval. Saying the same again leaves no second trace.

    Raises:
        ReviewRefused: the person is no reviewer, the declaration is unsigned or superseded, the question was not
            answered, or it is not said what was looked at.
    """
    _hold(session, declaration, by)
    note = check_words(note, required=False)
    if not note:
        raise ReviewRefused("what_was_looked_at")
    asked = {each.id for section in asked_sections(questionnaire, declaration.answers) for each in section.questions}
    if question not in asked or question not in declaration.answers:
        raise ReviewRefused("unknown_question")
    known = _find(session, declaration, question)
    if known and (known.level, known.note) == (level, note):
        return
    if known is None:
        known = AnswerCheck(id=uuid.uuid4(), declaration=declaration, question=question)
        session.add(known)
    known.level, known.note, known.checked_at, known.checked_by = level, note, now, by
    _record(session, Deed.ANSWER_CHECKED, known, by, now, note=note)


def take_back(session: Session, declaration: Declaration, question: str, *, by: User, now: datetime) -> None:
    """Say that an answer was not checked after all; where it was not, nothing happens.

    Raises:
        ReviewRefused: the person is no reviewer, or the declaration is unsigned or superseded.
    """
    _hold(session, declaration, by)
    known = _find(session, declaration, question)
    if known is None:
        return
    _record(session, Deed.CHECK_TAKEN_BACK, known, by, now)
    session.delete(known)
    session.flush()
    session.expire(declaration, ["checks"])


def _hold(session: Session, declaration: Declaration, by: User) -> None:
    """Lock the declaration; an approved one can be checked all the same, one that was replaced cannot."""
    if by.role not in REVIEWERS:
        raise ReviewRefused("not_a_reviewer")
    ledger.begin(session)
    session.refresh(declaration, with_for_update=True)
    if declaration.signed_at is None:
        raise ReviewRefused("not_signed")
    if declaration.superseded_by_id:
        raise ReviewRefused("superseded")


def _find(session: Session, declaration: Declaration, question: str) -> AnswerCheck | None:
    """Return the check as it stands in the database."""
    session.expire(declaration, ["checks"])
    return next((each for each in declaration.checks if each.question == question), None)


def _record(session: Session, deed: Deed, known: AnswerCheck, by: User, now: datetime, **words: str) -> None:
    subject = ledger.subject_of("declaration", known.declaration.id)
    data = {"question": known.question, "check": known.level.value}
    personal = dict(words) or None  # free words may name people
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=data, personal=personal)
