"""Single questions go back to the supplier: one mail, only these questions, a link that lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.models import Deed, InvitationRole, LedgerEvent, OutgoingMail, Return
from portal.services import assessments, returns, reviews
from portal.services.links import link_expires_at
from portal.services.refusals import ReviewRefused
from tests.factories import Make
from tests.portal.review_case import QUESTIONNAIRE, Case, open_case


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make, language="nb")


def send_back(case: Case, reasons: dict[str, str], due_on: date) -> list[Return]:
    return returns.return_questions(
        case.session, case.declaration, QUESTIONNAIRE, reasons, due_on, by=case.buyer, now=case.now
    )


@pytest.fixture
def soon(now: datetime) -> date:
    return (now + timedelta(days=10)).date()


def test_the_supplier_gets_one_mail_and_may_change_these_questions_only(case: Case, soon: date) -> None:
    send_back(case, {"HR-18": "How old?", "HR-01": "Which policy?"}, soon)
    (mail,) = case.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "questions_returned"))
    assert [question["reason"] for question in mail.facts["questions"]] == ["Which policy?", "How old?"]
    assert mail.facts["questions"][1]["text"] == QUESTIONNAIRE.question("HR-18").text.in_language("nb")
    assert mail.facts["due_on"] == soon.isoformat()
    assert assessments.editable_questions(case.declaration.assessment) == frozenset({"HR-18", "HR-01"})


def test_each_question_leaves_a_trace(case: Case, soon: date) -> None:
    send_back(case, {"HR-18": "How old?", "HR-01": "Which policy?"}, soon)
    events = case.session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.QUESTION_RETURNED)).all()
    assert len(events) == 2
    assert not any(b"policy" in event.record for event in events)


def test_a_review_that_was_handed_over_opens_again(case: Case, soon: date) -> None:
    case.hand_over()
    send_back(case, {"HR-18": "How old?"}, soon)
    assert case.declaration.review is not None
    assert case.declaration.review.ready_at is None
    with pytest.raises(ReviewRefused) as refused:
        reviews.hand_over(case.session, case.declaration, by=case.buyer, now=case.now)
    assert refused.value.code == "with_the_supplier"


def test_a_link_that_lasts_goes_on_and_one_that_does_not_is_replaced(case: Case, soon: date) -> None:
    (invitation,) = case.declaration.assessment.request.invitations
    send_back(case, {"HR-18": "How old?"}, soon)
    assert invitation.generation == 1
    invitation.issued_at = case.now - timedelta(days=55)
    send_back(case, {"HR-01": "Which?"}, soon)
    assert invitation.generation == 2
    assert link_expires_at(invitation).date() > soon


def test_readers_and_revoked_links_get_no_mail(case: Case, soon: date) -> None:
    (invitation,) = case.declaration.assessment.request.invitations
    invitation.role = InvitationRole.READER
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, {"HR-18": "How old?"}, soon)
    assert refused.value.code == "nobody_to_ask"


def test_retired_contacts_get_no_mail(case: Case, soon: date) -> None:
    case.declaration.assessment.request.invitations[0].contact.retired_at = case.now
    case.session.commit()
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, {"HR-01": "Say more"}, soon)
    assert refused.value.code == "nobody_to_ask"


@pytest.mark.parametrize(
    ("reasons", "days", "code"),
    [
        ({}, 10, "nothing_returned"),
        ({"HR-18": "  "}, 10, "words_missing"),
        ({"XX-1": "Why"}, 10, "unknown_question"),
        ({"HR-38": "Why"}, 10, "unknown_question"),  # was not asked
        ({"HR-18": "Why"}, 0, "date_not_possible"),
        ({"HR-18": "Why"}, 61, "date_not_possible"),
    ],
)
def test_what_cannot_be_returned(case: Case, reasons: dict[str, str], days: int, code: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, reasons, (case.now + timedelta(days=days)).date())
    assert refused.value.code == code


def test_a_question_that_is_away_is_not_returned_again(case: Case, soon: date) -> None:
    send_back(case, {"HR-18": "How old?"}, soon)
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, {"HR-18": "How old, really?"}, soon)
    assert refused.value.code == "already_returned"
    offered = {each.id for asked in returns.returnable(case.declaration, QUESTIONNAIRE) for each in asked.questions}
    assert "HR-18" not in offered
    assert "HR-01" in offered


def test_nothing_goes_back_once_it_is_approved_or_withdrawn(case: Case, soon: date) -> None:
    case.declaration.assessment.request.withdrawn_at = case.now
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, {"HR-18": "How old?"}, soon)
    assert refused.value.code == "withdrawn"
    case.declaration.assessment.request.withdrawn_at = None
    case.approve()
    with pytest.raises(ReviewRefused) as refused:
        send_back(case, {"HR-18": "How old?"}, soon)
    assert refused.value.code == "approved"
