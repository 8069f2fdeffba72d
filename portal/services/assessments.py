"""Answers: read, saved one by one, and closed by a signature until a buyer returns a question."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from portal.models import Answer, Assessment, Declaration, Invitation, InvitationRole, Return
from questionnaires import journey
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from questionnaires.values import Value


class NotEditable(Exception):
    """The answers are signed, or only read by this person; the question is not among those that may be changed."""


def edition_of(assessment: Assessment, catalogue: Catalogue) -> Questionnaire:
    """Return the edition that an assessment asks, as it is asked of this supplier."""
    return catalogue.find(assessment.questionnaire, assessment.edition).asked_of(assessment.facts)


def edition_signed(declaration: Declaration, catalogue: Catalogue) -> Questionnaire:
    """Return the edition that a declaration answers, as it was asked when that was signed."""
    assessment = declaration.assessment
    return catalogue.find(assessment.questionnaire, assessment.edition).asked_of(declaration.facts)


def of_request(session: Session, request_id: uuid.UUID) -> list[Assessment]:
    """Return a request's assessments in order, with their declarations and returns."""
    query = (
        sa.select(Assessment)
        .where(Assessment.request_id == request_id)
        .order_by(Assessment.position)
        .options(selectinload(Assessment.declarations), selectinload(Assessment.returns))
    )
    return list(session.scalars(query))


def find(session: Session, request_id: uuid.UUID, questionnaire: str, *, to_write: bool = False) -> Assessment | None:
    """Return one assessment with its declarations; `to_write` keeps others from writing until this transaction ends."""
    query = (
        sa.select(Assessment)
        .where(Assessment.request_id == request_id, Assessment.questionnaire == questionnaire)
        .options(joinedload(Assessment.declarations))
    )
    if to_write:
        query = query.with_for_update(of=Assessment)
    return session.scalars(query).unique().one_or_none()


def answers_of(assessment: Assessment) -> dict[str, Value]:
    """Return the answers and comments by question, whether or not they count."""
    session = object_session(assessment)
    if session is None or "answers" in assessment.__dict__:
        return {answer.question: answer.value for answer in assessment.answers}
    return answers_of_all(session, [assessment])[assessment.id]


def answers_of_all(session: Session, assessments: Sequence[Assessment]) -> dict[uuid.UUID, dict[str, Value]]:
    """Return the answers of several assessments by their ids, in one query."""
    found: dict[uuid.UUID, dict[str, Value]] = {assessment.id: {} for assessment in assessments}
    columns = sa.select(Answer.assessment_id, Answer.question, Answer.value)
    for assessment_id, question, value in session.execute(columns.where(Answer.assessment_id.in_(found))):
        found[assessment_id][question] = value
    return found


def latest_declaration(assessment: Assessment) -> Declaration | None:
    """Return what was signed last, sealed or about to be."""
    return assessment.declarations[-1] if assessment.declarations else None


def returned(assessment: Assessment) -> dict[str, Return]:
    """Return the returns that wait for a newer declaration, by question; the newest where one came back twice."""
    return {one.question: one for one in assessment.returns if one.settled_at is None}


def editable(assessment: Assessment) -> bool:
    """Return whether anything can be changed: nothing is signed yet, or questions came back since."""
    if assessment.awaiting_id:
        return False
    return not assessment.declarations or bool(editable_questions(assessment))


def editable_questions(assessment: Assessment) -> frozenset[str] | None:
    """Return the questions that may be changed; None for all, before the first signature.

    While a declaration is being sealed, or waits for more signatures, there are none: the answers are those accepted.
    """
    if assessment.awaiting_id:
        return frozenset()
    newest = latest_declaration(assessment)
    if newest is None:
        return None
    return frozenset(returned(assessment)) if newest.signed_at else frozenset()


def open_questions(
    assessment: Assessment, questionnaire: Questionnaire, answers: Mapping[str, Value]
) -> frozenset[str] | None:
    """Return the questions that may be changed: those returned, and those that a changed answer has opened since.

    None for all, before the first signature.
    """
    declaration = latest_declaration(assessment)
    came_back = editable_questions(assessment)
    if declaration is None or not came_back:
        return came_back
    return came_back | (_asked(questionnaire, answers) - _asked(questionnaire, declaration.answers))


def save(
    session: Session,
    assessment: Assessment,
    changes: Mapping[str, Value],
    invitation: Invitation | None,
    now: datetime,
    allowed: frozenset[str] | None = None,
    before: Mapping[str, Value] | None = None,
) -> frozenset[str]:
    """Save answers (None takes one away); return the keys that differ from what was there.

    Args:
        session: the transaction of the deed.
        assessment: whose answers.
        changes: canonical values by question or comment key.
        invitation: by whose link; None for the portal itself.
        now: when.
        allowed: the questions that may be changed, where the caller has worked them out (`open_questions`).
        before: the answers so far, where the caller has read them in this transaction.

    Raises:
        NotEditable: a change concerns a question that is closed, or the link is a reader's.
    """
    before = answers_of(assessment) if before is None else before
    changed = {key: value for key, value in changes.items() if value != before.get(key)}
    if not changed:
        return frozenset()
    refuse_closed(assessment, changed, invitation, allowed)
    _write(session, assessment.id, changed, invitation.id if invitation else None, now)
    touch(session, assessment, now)
    return frozenset(changed)


def ask_anew(
    session: Session, assessment: Assessment, facts: Mapping[str, Value], answers: Mapping[str, Value], now: datetime
) -> None:
    """Ask after other facts, and put the answers that hang on them right (None takes one away).

    The caller has locked the assessment. Its version rises, so that no preview from before can be signed.
    """
    _write(session, assessment.id, answers, None, now)
    assessment.facts = {name: value for name, value in facts.items() if value is not None}
    assessment.version += 1
    session.flush()
    session.expire(assessment, ["answers"])


def _write(
    session: Session, assessment_id: uuid.UUID, changed: Mapping[str, Value], by: uuid.UUID | None, now: datetime
) -> None:
    gone = [key for key, value in changed.items() if value is None]
    if gone:
        session.execute(sa.delete(Answer).where(Answer.assessment_id == assessment_id, Answer.question.in_(gone)))
    rows = [
        {"assessment_id": assessment_id, "question": key, "value": value, "answered_at": now, "invitation_id": by}
        for key, value in changed.items()
        if value is not None
    ]
    if rows:
        session.execute(_upsert(session), rows)


def question_of(key: str) -> str:
    """Return the question that the key of an answer, a comment or added files belongs to."""
    return key.partition("#")[0]


def is_all_signed(assessments: Sequence[Assessment]) -> bool:
    """Return whether every questionnaire is signed and none has come back."""
    return bool(assessments) and not any(each.awaiting_id or editable(each) for each in assessments)


def _asked(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> frozenset[str]:
    sections = journey.asked_sections(questionnaire, answers)
    return frozenset(question.id for section in sections for question in section.questions)


def refuse_closed(
    assessment: Assessment,
    changed: Iterable[str],
    invitation: Invitation | None,
    allowed: frozenset[str] | None = None,
) -> None:
    """Raise NotEditable where one of the keys is closed to this person; see `save`."""
    if invitation is not None and invitation.role is InvitationRole.READER:
        raise NotEditable("the link is for reading")
    open_to_change = allowed if allowed is not None else editable_questions(assessment)
    if open_to_change is None:
        return
    closed = {question_of(key) for key in changed} - open_to_change
    if closed:
        raise NotEditable(", ".join(sorted(closed)))


def _upsert(session: Session) -> sa.Executable:
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = kind.insert(Answer)
    new = {name: insert.excluded[name] for name in ("value", "answered_at", "invitation_id")}
    upsert: sa.Executable = insert.on_conflict_do_update(index_elements=["assessment_id", "question"], set_=new)
    return upsert


def touch(session: Session, assessment: Assessment, now: datetime) -> None:
    """Note a change; the version is raised in the database itself, so that no two savings can share one."""
    session.execute(
        sa.update(Assessment)
        .where(Assessment.id == assessment.id)
        .values(version=Assessment.version + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire(assessment, ["version", "changed_at", "answers"])
