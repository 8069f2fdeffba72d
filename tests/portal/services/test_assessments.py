"""Answers are saved one by one, and closed by a signature."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Answer, Assessment, InvitationRole, Return
from portal.services import assessments
from portal.services.assessments import NotEditable
from tests.factories import Make


@pytest.fixture
def assessment(make: Make) -> Assessment:
    return make.request(make.campaign(keys=("human-rights",))).assessments[0]


def send_back(make: Make, assessment: Assessment, question: str, now: datetime) -> Return:
    returned = Return(
        assessment=assessment, question=question, reason="Which agency?", due_on=date(2027, 1, 31), returned_at=now,
        returned_by=make.user(),
    )  # fmt: skip
    make.session.add(returned)
    make.session.commit()
    return returned


def test_an_answer_is_saved_changed_and_taken_away(session: Session, assessment: Assessment, now: datetime) -> None:
    for value, left in (("worker", {"HR-12": "worker"}), ("us", {"HR-12": "us"}), (None, {})):
        assert assessments.save(session, assessment, {"HR-12": value}, None, now) == {"HR-12"}
        assert assessments.answers_of(assessment) == left
    assert assessment.version == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0


def test_saving_what_is_there_already_changes_nothing(session: Session, assessment: Assessment, now: datetime) -> None:
    rows = [{"name": "Plant 1", "country": "CN"}]
    assert assessments.save(session, assessment, {"HR-06": rows, "HR-18": 18}, None, now)
    later = now + timedelta(hours=1)
    assert not assessments.save(session, assessment, {"HR-06": list(rows), "HR-18": 18, "HR-02": None}, None, later)
    assert (assessment.version, assessment.changed_at) == (1, now)


def test_several_answers_saved_together_raise_the_version_once(
    session: Session, assessment: Assessment, now: datetime
) -> None:
    assessments.save(session, assessment, {"HR-01": "no", "HR-01#comment": "Next year.", "HR-18": 18}, None, now)
    assert assessment.version == 1
    assert assessments.answers_of(assessment) == {"HR-01": "no", "HR-01#comment": "Next year.", "HR-18": 18}


def test_a_reader_saves_nothing(session: Session, make: Make, assessment: Assessment, now: datetime) -> None:
    invitation = make.invitation(assessment.request)
    invitation.role = InvitationRole.READER
    with pytest.raises(NotEditable):
        assessments.save(session, assessment, {"HR-18": 18}, invitation, now)


def test_a_signature_closes_the_answers(session: Session, make: Make, assessment: Assessment, now: datetime) -> None:
    make.answers(assessment, {"HR-18": 18})
    make.declaration(assessment, signed=False)
    session.refresh(assessment)
    assert not assessments.editable(assessment)
    assert assessments.editable_questions(assessment) == frozenset()
    with pytest.raises(NotEditable, match="HR-18"):
        assessments.save(session, assessment, {"HR-18": 15}, None, now)
    assert assessments.save(session, assessment, {"HR-18": 18}, None, now) == frozenset()


def test_a_returned_question_stays_closed_while_the_new_declaration_is_sealed(
    session: Session, make: Make, assessment: Assessment, now: datetime
) -> None:
    make.answers(assessment, {"HR-12": "us"})
    make.declaration(assessment)
    send_back(make, assessment, "HR-12", now)
    make.declaration(assessment, b"%PDF-1.7 mended", signed=False).accepted_at += timedelta(days=1)
    session.commit()
    session.refresh(assessment)
    assert not assessments.editable(assessment)
    assert assessments.editable_questions(assessment) == frozenset()
    with pytest.raises(NotEditable):
        assessments.save(session, assessment, {"HR-12": "worker"}, None, now)


def test_a_returned_question_opens_with_its_comment_and_nothing_else(
    session: Session, make: Make, assessment: Assessment, now: datetime
) -> None:
    make.answers(assessment, {"HR-12": "us", "HR-18": 18})
    make.declaration(assessment)
    returned = send_back(make, assessment, "HR-12", now)
    session.refresh(assessment)
    assert assessments.editable_questions(assessment) == frozenset({"HR-12"})
    assessments.save(session, assessment, {"HR-12": "worker", "HR-12#comment": "Mended."}, None, now)
    with pytest.raises(NotEditable):
        assessments.save(session, assessment, {"HR-18": 15}, None, now)
    returned.settled_at = now
    session.flush()
    assert not assessments.editable(assessment)


def test_what_a_changed_answer_asks_for_anew_is_open_too(
    session: Session, make: Make, installation: Installation, assessment: Assessment, now: datetime
) -> None:
    questionnaire = installation.catalogue.newest("human-rights").asked_of({})
    make.answers(assessment, {"HR-38-any": "no"})
    make.declaration(assessment)
    send_back(make, assessment, "HR-38-any", now)
    session.refresh(assessment)
    opened = assessments.open_questions(assessment, questionnaire, {"HR-38-any": "yes"})
    assert opened == frozenset({"HR-38-any", "HR-38"})
    unchanged = assessments.open_questions(assessment, questionnaire, {"HR-38-any": "no"})
    assert unchanged == frozenset({"HR-38-any"})


def test_everything_is_signed_when_nothing_can_be_changed(make: Make, session: Session) -> None:
    request = make.request(make.campaign(keys=("human-rights", "code-of-conduct")))
    assert not assessments.is_all_signed(request.assessments)
    for assessment in request.assessments:
        make.declaration(assessment)
        session.refresh(assessment)
    assert assessments.is_all_signed(assessments.of_request(session, request.id))
    assert not assessments.is_all_signed([])


def test_an_assessment_is_found_within_its_request_only(make: Make, session: Session) -> None:
    mine, other = (
        make.request(make.campaign(keys=("human-rights",))),
        make.request(make.campaign(keys=("code-of-conduct",))),
    )
    assert assessments.find(session, mine.id, "human-rights", to_write=True) is mine.assessments[0]
    assert assessments.find(session, other.id, "human-rights") is None
