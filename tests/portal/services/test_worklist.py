"""The work list: who sees what, in which order; and the counts of the register."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.models import Declaration, DeviationState, Role, User
from portal.services import deviation_register, deviations, returns, worklist
from portal.services.csv_files import as_csv, safe_cell
from portal.services.deviation_register import Wanted as WantedDeviations
from portal.services.worklist import Stage, Wanted
from questionnaires.model import Severity
from tests.factories import Make
from tests.portal.review_case import QUESTIONNAIRE, Case, open_case


def seen(case: Case, reader: User, wanted: Wanted | None = None) -> list[Declaration]:
    case.session.expire_all()
    found = worklist.find_waiting(case.session, reader, wanted or Wanted(), case.now)
    return [row.declaration for row in found]


def test_new_ones_come_first_then_the_oldest(make: Make, now: datetime) -> None:
    begun, young, old = (open_case(make, name=name) for name in ("Begun", "Young", "Old"))
    deviations.flag(make.session, begun.proposal("HR-11"), Severity.ZERO_TOLERANCE, "", by=begun.buyer, now=now)
    begun.declaration.signed_at = now - timedelta(days=9)
    old.declaration.signed_at = now - timedelta(days=5)
    make.session.commit()
    assert seen(old, old.buyer) == [old.declaration, young.declaration, begun.declaration]
    rows = worklist.find_waiting(make.session, old.buyer, Wanted(), now)
    assert [row.days for row in rows] == [5, 0, 9]
    assert rows[0].worst is Severity.ZERO_TOLERANCE


def test_an_approver_sees_what_was_handed_over_and_may_be_approved_by_them(make: Make) -> None:
    case, untouched = open_case(make), open_case(make)
    case.hand_over()
    assert seen(case, case.approver) == [case.declaration]
    assert seen(case, case.buyer) == [untouched.declaration]
    case.declaration.assessment.request.campaign.created_by.role = Role.APPROVER
    make.session.commit()
    assert seen(case, case.buyer) == []


@pytest.mark.parametrize("ending", ["approve", "replace", "withdraw"])
def test_what_is_settled_waits_for_nobody(make: Make, ending: str) -> None:
    case = open_case(make)
    if ending == "withdraw":
        case.declaration.assessment.request.withdrawn_at = case.now
        make.session.commit()
    else:
        getattr(case, ending)()
    for reader in (case.buyer, case.approver):
        assert case.declaration not in seen(case, reader)


def test_what_is_with_the_supplier_has_a_stage_of_its_own(make: Make, now: datetime) -> None:
    case = open_case(make)
    due_on = (now + timedelta(days=5)).date()
    returns.return_questions(
        make.session, case.declaration, QUESTIONNAIRE, {"HR-18": "Why"}, due_on, by=case.buyer, now=now
    )
    make.session.commit()
    assert seen(case, case.buyer) == []
    assert seen(case, case.buyer, Wanted(stage=Stage.RETURNED)) == [case.declaration]
    assert worklist.count_stages(make.session)[Stage.RETURNED] == 1


def test_filters(make: Make) -> None:
    mild = open_case(make, {"HR-11": "yes"})
    grave = open_case(make, owner=mild.buyer)
    campaign_id = mild.declaration.assessment.request.campaign_id
    reader = mild.buyer
    assert seen(mild, reader, Wanted(severity=Severity.ZERO_TOLERANCE)) == [grave.declaration]
    assert seen(mild, reader, Wanted(owner_id=reader.id)) == [grave.declaration]
    assert seen(mild, reader, Wanted(campaign_id=campaign_id)) == [mild.declaration]
    assert seen(mild, reader, Wanted(questionnaire="code-of-conduct")) == []
    titles = {campaign.id for campaign in worklist.campaigns_with_declarations(make.session)}
    assert campaign_id in titles


def test_zero_is_a_result_to_show(make: Make) -> None:
    open_case(make)
    (counts,) = deviation_register.count_by_year(make.session)
    assert (counts.year, counts.declarations, counts.total) == (2026, 1, 0)
    assert set(counts.flagged) == set(Severity)


def test_what_was_flagged_twice_of_one_supplier_counts_once(make: Make, now: datetime) -> None:
    case = open_case(make)
    case.decide_all()
    (before,) = deviation_register.count_by_year(make.session)
    newer = case.replace()
    deviations.propose(make.session, newer, QUESTIONNAIRE, now)
    for each in newer.deviations:
        deviations.flag(make.session, each, each.severity, "", by=case.buyer, now=now)
    make.session.commit()
    (after,) = deviation_register.count_by_year(make.session)
    assert before.flagged[Severity.ZERO_TOLERANCE] > 0
    assert (after.flagged, after.declarations) == (before.flagged, 1)


def test_the_register_shows_what_is_wanted(make: Make, now: datetime) -> None:
    case = open_case(make)
    deviations.flag(make.session, case.proposal("HR-11"), Severity.ZERO_TOLERANCE, "", by=case.buyer, now=now)

    def found(wanted: WantedDeviations) -> set[str | None]:
        return {each.question for each in make.session.scalars(deviation_register.query(wanted))}

    assert found(WantedDeviations()) == {"HR-11"}
    assert "HR-01" in found(WantedDeviations(DeviationState.PROPOSED))
    assert found(WantedDeviations(None, severity=Severity.ZERO_TOLERANCE)) >= {"HR-11"}
    assert found(WantedDeviations(year=1999)) == found(WantedDeviations(questionnaire="code-of-conduct")) == set()
    case.replace()
    assert found(WantedDeviations(DeviationState.PROPOSED)) == set()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "|cmd"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Å = B", "2026-7F3K", "名前"])
def test_plain_cells_stay_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_a_table_as_csv_can_be_read_again() -> None:
    text = as_csv([["a", 'b "c"; d'], ["=1", "line\nbreak"]], separator=";")
    assert text == '\ufeffa;"b ""c""; d"\r\n\'=1;"line\nbreak"\r\n'
