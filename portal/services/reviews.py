"""Reviews: from a signed declaration to an approved one, under four eyes."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.mail.message import one_line
from portal.models import Assessment, Declaration, Deed, DeviationState, Note, Review, Role, User
from portal.services import ledger
from portal.services.actors import user_actor
from portal.services.refusals import ReviewRefused

REVIEWERS = frozenset({Role.BUYER, Role.APPROVER})
LONGEST_WORDS = 4000
FOUR_EYES = {"sender_does_not_approve": "sender_approves", "reviewer_does_not_approve": "reviewer_approves"}
"""Names of the database's own refusals, and their codes."""


def hold(session: Session, declaration: Declaration, *, by: User) -> None:
    """Lock a declaration for a deed of this person, and see that it can still be decided on.

    Raises:
        ReviewRefused: the person is no reviewer, or the declaration is unsigned, superseded or approved.
    """
    if by.role not in REVIEWERS:
        raise ReviewRefused("not_a_reviewer")
    ledger.begin(session)
    session.refresh(declaration, with_for_update=True)
    if declaration.signed_at is None:
        raise ReviewRefused("not_signed")
    if declaration.superseded_by_id:
        raise ReviewRefused("superseded")
    review = find_review(session, declaration)
    if review and review.approved_at:
        raise ReviewRefused("approved")


def find_review(session: Session, declaration: Declaration) -> Review | None:
    """Return the declaration's review as it stands in the database, or None while nobody has begun."""
    query = sa.select(Review).where(Review.declaration_id == declaration.id)
    return session.scalar(query.execution_options(populate_existing=True))


def open_review(session: Session, declaration: Declaration, *, by: User, now: datetime) -> Review:
    """Return the review; the first deed on a declaration begins it. The caller holds the declaration."""
    review = find_review(session, declaration)
    if review:
        return review
    request = declaration.assessment.request
    review = Review(
        id=uuid.uuid4(),
        declaration=declaration,
        request_id=request.id,
        sent_by_id=request.sent_by_id,
        opened_at=now,
        opened_by_id=by.id,
    )
    session.add(review)
    _record(session, Deed.REVIEW_OPENED, review, by, now)
    return review


def hand_over(session: Session, declaration: Declaration, *, by: User, now: datetime) -> Review:
    """Say that every proposal is decided on and an approver may look; saying it twice leaves one trace.

    Raises:
        ReviewRefused: the declaration is closed, a proposal is undecided, or questions are with the supplier.
    """
    hold(session, declaration, by=by)
    if any(each.state is DeviationState.PROPOSED for each in declaration.deviations):
        raise ReviewRefused("undecided")
    _refuse_while_returned(declaration)
    review = open_review(session, declaration, by=by, now=now)
    if review.ready_at is None:
        review.ready_at, review.ready_by = now, by
        _record(session, Deed.REVIEW_HANDED_OVER, review, by, now)
    return review


def why_not_approve(declaration: Declaration, user: User) -> str | None:
    """Return the code of what keeps this person from approving this declaration, or None."""
    if user.role is not Role.APPROVER:
        return "not_an_approver"
    if declaration.assessment.request.sent_by_id == user.id:
        return "sender_approves"
    if declaration.review is None or declaration.review.ready_at is None:
        return "not_handed_over"
    return "reviewer_approves" if declaration.review.ready_by_id == user.id else None


def approve(session: Session, declaration: Declaration, *, by: User, now: datetime) -> Review:
    """Approve a declaration that was handed over.

    Raises:
        ReviewRefused: the person sent the request, handed the review over or is no approver, or the declaration is
            not ready.
    """
    hold(session, declaration, by=by)
    reason = why_not_approve(declaration, by)
    if reason:
        raise ReviewRefused(reason)
    _refuse_while_returned(declaration)
    review = open_review(session, declaration, by=by, now=now)
    review.approved_at, review.approved_by = now, by
    try:
        session.flush()
    except IntegrityError as error:
        code = next((code for name, code in FOUR_EYES.items() if name in str(error.orig)), None)
        if code is None:
            raise
        raise ReviewRefused(code) from error
    _record(session, Deed.REVIEW_APPROVED, review, by, now)
    return review


def write_note(
    session: Session, assessment: Assessment, question: str | None, text: str, *, by: User, now: datetime
) -> Note:
    """Keep a note beside the answers, also after approval; the supplier never sees it.

    Raises:
        ReviewRefused: the person is no reviewer, or there are no words.
    """
    if by.role not in REVIEWERS:
        raise ReviewRefused("not_a_reviewer")
    text = check_words(text)
    note = Note(id=uuid.uuid4(), assessment=assessment, question=question, text=text, written_at=now, written_by=by)
    session.add(note)
    data = {"assessment": str(assessment.id), "question": question}
    subject = ledger.subject_of("note", note.id)
    ledger.record(session, Deed.NOTE_WRITTEN, subject, by=user_actor(by), now=now, data=data, personal={"text": text})
    return note


def check_words(words: str, *, required: bool = True) -> str:
    """Return what was written, line by line, without the characters that a database or a mail cannot bear.

    Raises:
        ReviewRefused: nothing was written, or too much.
    """
    cleaned = "\n".join(one_line(line) for line in words.strip().splitlines())
    if required and not cleaned:
        raise ReviewRefused("words_missing")
    if len(cleaned) > LONGEST_WORDS:
        raise ReviewRefused("too_long")
    return cleaned


def _refuse_while_returned(declaration: Declaration) -> None:
    if any(each.settled_at is None for each in declaration.assessment.returns):
        raise ReviewRefused("with_the_supplier")


def _record(session: Session, deed: Deed, review: Review, by: User, now: datetime) -> None:
    subject = ledger.subject_of("review", review.id)
    data = {"declaration": str(review.declaration.id), "pdf_sha256": review.declaration.pdf_sha256}
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=data)
