"""Reviews: four eyes, held by the service and by the database."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, Deviation, LedgerEvent, Review, Role, User
from portal.services import deviations, reviews
from portal.services.refusals import ReviewRefused
from questionnaires.model import Severity
from tests.factories import Make
from tests.portal.review_case import Case, open_case


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make)


def count(session: Session, deed: Deed) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent).where(LedgerEvent.deed == deed)) or 0


def refusal(session: Session, case: Case, by: User, now: datetime) -> str:
    with pytest.raises(ReviewRefused) as refused:
        reviews.approve(session, case.declaration, by=by, now=now)
    return refused.value.code


def test_the_first_deed_opens_the_review_once(case: Case, now: datetime) -> None:
    case.decide_all()
    assert case.declaration.review is not None
    assert case.declaration.review.opened_by_id == case.buyer.id
    assert count(case.session, Deed.REVIEW_OPENED) == 1


def test_handing_over_is_refused_while_a_proposal_is_undecided(case: Case, now: datetime) -> None:
    with pytest.raises(ReviewRefused) as refused:
        reviews.hand_over(case.session, case.declaration, by=case.buyer, now=now)
    assert refused.value.code == "undecided"
    assert case.declaration.review is None


def test_handing_over_twice_leaves_one_trace(case: Case, now: datetime) -> None:
    case.hand_over()
    reviews.hand_over(case.session, case.declaration, by=case.buyer, now=now)
    assert count(case.session, Deed.REVIEW_HANDED_OVER) == 1


def test_an_approver_approves_what_was_handed_over(case: Case) -> None:
    case.approve()
    review = case.declaration.review
    assert review is not None
    assert review.approved_by == case.approver
    assert count(case.session, Deed.REVIEW_APPROVED) == 1


def test_nobody_approves_before_the_hand_over(case: Case, now: datetime) -> None:
    assert refusal(case.session, case, case.approver, now) == "not_handed_over"


def test_nobody_approves_twice(case: Case, now: datetime) -> None:
    case.approve()
    assert refusal(case.session, case, case.approver, now) == "approved"


def test_who_sent_the_request_does_not_approve(case: Case, now: datetime) -> None:
    case.hand_over()
    case.buyer.role = Role.APPROVER
    assert refusal(case.session, case, case.buyer, now) == "sender_approves"


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.BUYER, "not_an_approver"),
        (Role.ADMINISTRATOR, "not_a_reviewer"),
        (Role.AUDITOR, "not_a_reviewer"),
    ],
)
def test_only_an_approver_approves(case: Case, make: Make, now: datetime, role: Role, code: str) -> None:
    case.hand_over()
    assert refusal(case.session, case, make.user(role), now) == code


def test_the_database_refuses_the_sender_too(case: Case, make: Make, now: datetime) -> None:
    """Around the service, straight into the table."""
    case.hand_over(by=make.user())
    around = sa.update(Review).values(approved_at=now, approved_by_id=case.buyer.id)
    with pytest.raises(IntegrityError, match="ck_reviews_sender_does_not_approve"):
        case.session.execute(around)


def test_who_handed_over_does_not_approve(case: Case, make: Make, now: datetime) -> None:
    """An approver may review, but then it takes another one to approve."""
    case.hand_over(by=case.approver)
    assert reviews.why_not_approve(case.declaration, case.approver) == "reviewer_approves"
    assert refusal(case.session, case, case.approver, now) == "reviewer_approves"
    other = make.user(Role.APPROVER)
    assert reviews.approve(case.session, case.declaration, by=other, now=now).approved_by == other


def test_the_database_refuses_the_reviewer_too(case: Case, now: datetime) -> None:
    """Around the service, straight into the table."""
    case.hand_over(by=case.approver)
    around = sa.update(Review).values(approved_at=now, approved_by_id=case.approver.id)
    with pytest.raises(IntegrityError, match="ck_reviews_reviewer_does_not_approve"):
        case.session.execute(around)


def test_the_database_s_refusal_of_the_reviewer_becomes_a_sentence(
    case: Case, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.hand_over(by=case.approver)
    monkeypatch.setattr(reviews, "why_not_approve", lambda *_: None)
    assert refusal(case.session, case, case.approver, now) == "reviewer_approves"


def test_the_database_refuses_a_lie_about_the_sender(case: Case, make: Make, now: datetime) -> None:
    other = make.user(Role.BUYER)
    review = Review(
        id=uuid.uuid4(), declaration=case.declaration, request_id=case.declaration.assessment.request_id,
        sent_by_id=other.id, opened_at=now, opened_by_id=case.buyer.id,
        approved_at=now, approved_by_id=case.buyer.id,
    )  # fmt: skip
    case.session.add(review)
    with pytest.raises(IntegrityError):
        case.session.commit()


def test_the_refusal_of_the_database_becomes_a_sentence(
    case: Case, make: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.hand_over(by=make.user())
    case.buyer.role = Role.APPROVER
    monkeypatch.setattr(reviews, "why_not_approve", lambda *_: None)
    assert refusal(case.session, case, case.buyer, now) == "sender_approves"


def test_a_note_can_be_written_after_approval_and_stays_out_of_the_record(case: Case, now: datetime) -> None:
    case.approve()
    reviews.write_note(case.session, case.declaration.assessment, "HR-18", "Ask Kari in May", by=case.buyer, now=now)
    event = case.session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.NOTE_WRITTEN)).one()
    assert b"Kari" not in event.record
    assert [note.text for note in case.declaration.assessment.notes] == ["Ask Kari in May"]


@pytest.mark.parametrize(("text", "code"), [("", "words_missing"), ("x" * 4001, "too_long")])
def test_notes_that_are_refused(case: Case, now: datetime, text: str, code: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        reviews.write_note(case.session, case.declaration.assessment, None, text, by=case.buyer, now=now)
    assert refused.value.code == code


def test_an_unsigned_declaration_is_not_reviewed(make: Make, now: datetime) -> None:
    request = make.request(make.campaign(keys=("human-rights",)))
    unsigned = make.declaration(request.assessments[0], signed=False)
    with pytest.raises(ReviewRefused) as refused:
        reviews.hand_over(make.session, unsigned, by=make.user(), now=now)
    assert refused.value.code == "not_signed"


def test_two_who_approve_at_once_leave_one_approval(
    case: Case, make: Make, installation: Installation, now: datetime
) -> None:
    case.hand_over()
    approvers = [case.approver.id, make.user(Role.APPROVER).id]
    declaration_id, outcomes = case.declaration.id, list[str]()
    case.session.rollback()
    start = threading.Barrier(2)

    def approve(user_id: uuid.UUID) -> None:
        with installation.new_session() as session:
            start.wait()
            try:
                by = session.get_one(User, user_id)
                reviews.approve(session, session.get_one(Declaration, declaration_id), by=by, now=now)
                session.commit()
                outcomes.append("done")
            except ReviewRefused as refused:
                outcomes.append(refused.code)

    threads = [threading.Thread(target=approve, args=(each,)) for each in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "done"]
    assert count(case.session, Deed.REVIEW_APPROVED) == 1


def test_a_decision_and_an_approval_at_once_keep_their_order(
    case: Case, installation: Installation, now: datetime
) -> None:
    """Whichever comes first, no deviation changes after the approval."""
    case.hand_over()
    deviation_id, declaration_id = case.proposal("HR-11").id, case.declaration.id
    buyer_id, approver_id = case.buyer.id, case.approver.id
    case.session.rollback()
    start = threading.Barrier(2)

    def decide() -> None:
        with installation.new_session() as session:
            start.wait()
            deviation = session.get_one(Deviation, deviation_id)
            try:
                deviations.flag(session, deviation, Severity.MAJOR, "So", by=session.get_one(User, buyer_id), now=now)
                session.commit()
            except ReviewRefused:
                session.rollback()

    def approve() -> None:
        with installation.new_session() as session:
            start.wait()
            declaration = session.get_one(Declaration, declaration_id)
            reviews.approve(session, declaration, by=session.get_one(User, approver_id), now=now)
            session.commit()

    threads = [threading.Thread(target=each) for each in (decide, approve)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deeds = list(case.session.scalars(sa.select(LedgerEvent.deed).order_by(LedgerEvent.seq)))
    assert deeds[-1] == Deed.REVIEW_APPROVED
