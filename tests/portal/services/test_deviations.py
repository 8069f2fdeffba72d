"""Deviations: proposed once by the rules, decided on by people, with a trace and a reason."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.models import Deed, Deviation, DeviationState, LedgerEvent, Role
from portal.services import deviations
from portal.services.refusals import ReviewRefused
from questionnaires.model import Severity
from tests.factories import Make
from tests.portal.review_case import QUESTIONNAIRE, Case, open_case


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make)


def traces(session: Session, deed: Deed) -> list[dict[str, object]]:
    events = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == deed).order_by(LedgerEvent.seq))
    return [json.loads(event.record)["data"] for event in events]


def test_the_rules_propose_with_a_sentence_in_each_language(case: Case) -> None:
    child = case.proposal("HR-11")
    assert (child.state, child.severity, child.rule) == (
        DeviationState.PROPOSED,
        Severity.ZERO_TOLERANCE,
        "human-rights/2026-1:HR-11",
    )
    assert set(child.sentence) == {"en", "nb"}


def test_proposing_twice_proposes_once(case: Case, now: datetime) -> None:
    before = len(case.declaration.deviations)
    assert deviations.propose(case.session, case.declaration, QUESTIONNAIRE, now) == []
    case.session.expire_all()
    assert len(case.declaration.deviations) == before
    assert len(traces(case.session, Deed.DEVIATIONS_PROPOSED)) == 1


def test_flagging_twice_leaves_one_trace(case: Case, now: datetime) -> None:
    for _ in range(2):
        deviations.flag(case.session, case.proposal("HR-11"), Severity.ZERO_TOLERANCE, "", by=case.buyer, now=now)
    assert case.proposal("HR-11").state is DeviationState.FLAGGED
    assert [each["severity"] for each in traces(case.session, Deed.DEVIATION_FLAGGED)] == ["zero_tolerance"]


def test_a_lower_severity_needs_a_reason(case: Case, now: datetime) -> None:
    deviation = case.proposal("HR-11")
    with pytest.raises(ReviewRefused) as refused:
        deviations.flag(case.session, deviation, Severity.MAJOR, "  ", by=case.buyer, now=now)
    assert refused.value.code == "reason_to_lower"
    deviations.flag(case.session, deviation, Severity.MAJOR, "Mended since", by=case.buyer, now=now)
    assert (deviation.severity, deviation.proposed_severity) == (Severity.MAJOR, Severity.ZERO_TOLERANCE)


def test_a_higher_severity_needs_none(case: Case, now: datetime) -> None:
    deviations.flag(case.session, case.proposal("HR-01"), Severity.ZERO_TOLERANCE, "", by=case.buyer, now=now)
    assert case.proposal("HR-01").severity is Severity.ZERO_TOLERANCE


def test_dismissing_needs_a_reason(case: Case, now: datetime) -> None:
    deviation = case.proposal("HR-11")
    with pytest.raises(ReviewRefused) as refused:
        deviations.dismiss(case.session, deviation, "", by=case.buyer, now=now)
    assert refused.value.code == "reason_to_dismiss"
    deviations.dismiss(case.session, deviation, "A slip of the pen", by=case.buyer, now=now)
    assert deviation.state is DeviationState.DISMISSED


def test_a_decision_can_be_changed_and_both_stay_in_the_ledger(case: Case, now: datetime) -> None:
    deviation = case.proposal("HR-11")
    deviations.dismiss(case.session, deviation, "A slip of the pen", by=case.buyer, now=now)
    deviations.flag(case.session, deviation, Severity.ZERO_TOLERANCE, "", by=case.approver, now=now)
    assert deviation.state is DeviationState.FLAGGED
    assert deviation.decided_by == case.approver
    assert len(traces(case.session, Deed.DEVIATION_DISMISSED) + traces(case.session, Deed.DEVIATION_FLAGGED)) == 2


def test_free_words_are_committed_to_but_not_in_the_record(case: Case, now: datetime) -> None:
    deviations.dismiss(case.session, case.proposal("HR-11"), "Kari misread it", by=case.buyer, now=now)
    event = case.session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.DEVIATION_DISMISSED)).one()
    assert b"Kari" not in event.record
    assert json.loads(event.record)["pii"]


@pytest.mark.parametrize("question", ["HR-05", None])
def test_a_deviation_by_hand_is_flagged_at_once(case: Case, now: datetime, question: str | None) -> None:
    added = deviations.add(
        case.session, case.declaration, QUESTIONNAIRE, question=question, severity=Severity.MODERATE,
        sentence="The chain is not open.", by=case.buyer, now=now,
    )  # fmt: skip
    assert (added.state, added.rule, added.decided_by) == (DeviationState.FLAGGED, None, case.buyer)


@pytest.mark.parametrize(
    ("question", "sentence", "code"), [("XX-1", "So", "unknown_question"), (None, " ", "words_missing")]
)
def test_what_cannot_be_added(case: Case, now: datetime, question: str | None, sentence: str, code: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        deviations.add(
            case.session, case.declaration, QUESTIONNAIRE, question=question, severity=Severity.MINOR,
            sentence=sentence, by=case.buyer, now=now,
        )  # fmt: skip
    assert refused.value.code == code


def test_nothing_is_decided_about_a_superseded_declaration(case: Case, now: datetime) -> None:
    case.replace()
    with pytest.raises(ReviewRefused) as refused:
        deviations.flag(case.session, case.proposal("HR-11"), Severity.ZERO_TOLERANCE, "", by=case.buyer, now=now)
    assert refused.value.code == "superseded"


def test_nothing_is_decided_about_an_approved_declaration(case: Case, now: datetime) -> None:
    case.approve()
    with pytest.raises(ReviewRefused) as refused:
        deviations.dismiss(case.session, case.proposal("HR-11"), "So", by=case.buyer, now=now)
    assert refused.value.code == "approved"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_do_not_decide(case: Case, make: Make, now: datetime, role: Role) -> None:
    with pytest.raises(ReviewRefused) as refused:
        deviations.dismiss(case.session, case.proposal("HR-11"), "So", by=make.user(role), now=now)
    assert refused.value.code == "not_a_reviewer"


def test_the_database_refuses_two_decisions_at_once(case: Case, now: datetime) -> None:
    deviation = case.proposal("HR-11")
    deviation.flagged_at = deviation.dismissed_at = now
    deviation.decided_by = case.buyer
    with pytest.raises(IntegrityError, match="ck_deviations_one_decision"):
        case.session.flush()


def test_the_worst_leaves_out_what_was_dismissed(case: Case, now: datetime) -> None:
    assert deviations.worst(case.declaration.deviations) is Severity.ZERO_TOLERANCE
    for each in case.declaration.deviations:
        if each.severity is Severity.ZERO_TOLERANCE:
            deviations.dismiss(case.session, each, "So", by=case.buyer, now=now)
    assert deviations.worst(case.declaration.deviations) is not Severity.ZERO_TOLERANCE
    assert deviations.worst([]) is None


def test_undecided_and_serious_ones_come_first(case: Case, now: datetime) -> None:
    deviations.flag(case.session, case.proposal("HR-11"), Severity.ZERO_TOLERANCE, "", by=case.buyer, now=now)
    ordered: list[Deviation] = deviations.in_order(case.declaration.deviations)
    assert ordered[-1].question == "HR-11"
    ranks = [each.severity.rank for each in ordered[:-1]]
    assert ranks == sorted(ranks)
