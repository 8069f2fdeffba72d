"""What a filled workbook would do to answers, and what becomes of those that last year proposed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Assessment, Deed, Invitation, InvitationRole, LedgerEvent, Return
from portal.services import answer_import, assessments, carrying, ledger
from portal.services.answer_import import Fate, Outcome, Plan, WorkbookNotTaken
from portal.services.assessments import NotEditable
from portal.services.whole_forms import Copy, workbook_of
from questionnaires.model import Questionnaire
from tests.factories import Make
from tests.portal.carried_case import CARRYING, TINY, last_year, this_year
from tests.portal.filled_workbooks import fill


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: saving and the ledger are tested on both."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


class Bench:
    """One assessment, and workbooks that come back for it."""

    def __init__(self, session: Session, installation: Installation, invitation: Invitation, now: datetime) -> None:
        self.session, self.invitation, self.now = session, invitation, now
        self.assessment: Assessment = invitation.request.assessments[0]
        self.questionnaire: Questionnaire = assessments.edition_of(self.assessment, installation.catalogue)
        self.content = b""

    @property
    def answers(self) -> dict[str, Any]:
        return assessments.answers_of(self.assessment)

    def plan(self, cells: Mapping[str, Any]) -> Plan:
        """Return what a workbook with these cells would do."""
        blank = workbook_of(self.assessment, self.questionnaire, Copy("en", "Testfirma AS", self.answers))
        self.content = fill(blank, cells)
        day = date(2027, 5, 5)
        filled = answer_import.read_filled(self.content, self.assessment, self.questionnaire, self.answers, day)
        return answer_import.make_plan(self.assessment, self.questionnaire, self.answers, filled)

    def take(self, plan: Plan, *chosen: str) -> Outcome:
        """Take over some questions, or all."""
        ledger.begin(self.session)
        lines = [line for line in plan.takeable if not chosen or line.question.id in chosen]
        outcome = answer_import.take_over(
            self.session, self.assessment, self.questionnaire, self.answers, lines, self.content, self.invitation,
            self.now,
        )  # fmt: skip
        self.session.commit()
        return outcome

    def send_back(self, make: Make, question: str) -> None:
        """Return a signed question."""
        self.session.add(
            Return(
                assessment=self.assessment, question=question, reason="Why?", due_on=date(2027, 1, 31),
                returned_at=self.now, returned_by=make.user(),
            )
        )  # fmt: skip
        self.session.commit()
        self.session.refresh(self.assessment)


def _fates(plan: Plan) -> dict[str, Fate]:
    return {key: line.fate for line in plan.lines for key in line.said}


@pytest.fixture
def carried(session: Session, installation: Installation, make: Make, now: datetime) -> Bench:
    return Bench(session, installation, this_year(make, last_year(make, "carrying", CARRYING)), now)


def test_last_years_answers_count_as_given_once_taken_over(
    carried: Bench, installation: Installation, now: datetime
) -> None:
    outcome = carried.take(carried.plan({"K-same": "No", "K-same#comment": "Next year", "K-worded": 13}))
    assert outcome == Outcome(taken=2, left_out=0)
    lineage = carrying.lineage_of(carried.assessment, carried.answers, installation.catalogue, now)
    assert lineage is not None
    assert lineage.marks == {"K-same": "confirmed", "K-worded": "changed"}


def test_an_answer_that_was_emptied_is_given_again(carried: Bench) -> None:
    assessments.save(carried.session, carried.assessment, {"K-worded#declined": True}, carried.invitation, carried.now)
    carried.session.commit()
    plan = carried.plan({"K-worded": 12})
    assert _fates(plan) == {"K-worded": Fate.NEW}
    carried.take(plan)
    assert carried.answers["K-worded"] == 12


def test_one_event_tells_of_it_with_counts_and_the_files_hash(carried: Bench) -> None:
    carried.take(carried.plan({"K-worded": 12}))
    carried.take(carried.plan({"K-worded": 13, "K-meant": "Partly"}))
    carried.take(carried.plan({}))
    events = carried.session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.ANSWERS_IMPORTED)).all()
    records = [json.loads(event.record) for event in events]
    assert [(each["data"]["answers_new"], each["data"]["answers_changed"]) for each in records] == [(1, 0), (1, 1)]
    assert {each["obj"]["id"] for each in records} == {str(carried.assessment.id)}
    assert records[0]["data"]["file_sha256"] != records[1]["data"]["file_sha256"]


def test_what_is_there_already_is_unchanged(carried: Bench) -> None:
    carried.take(carried.plan({"K-same": "No", "K-same#comment": "Next year", "K-worded": 12}))
    plan = carried.plan({"K-worded": 13, "K-same#comment": "This year"})
    assert _fates(plan) == {"K-worded": Fate.CHANGED, "K-same#comment": Fate.CHANGED}
    assert carried.plan({}).unchanged == 2


def test_a_returned_answer_opens_the_question_that_it_leads_to(
    session: Session, installation: Installation, make: Make, now: datetime
) -> None:
    bench = Bench(session, installation, make.invitation(make.request(make.campaign(keys=("asking",)))), now)
    make.answers(bench.assessment, {"A-agency": "no"})
    make.declaration(bench.assessment)
    bench.send_back(make, "A-agency")
    assert _fates(bench.plan({"A-contract": "No", "A-why": "Later."})) == {
        "A-contract": Fate.CLOSED,
        "A-why": Fate.CLOSED,
    }
    plan = bench.plan({"A-agency": "Yes", "A-contract": "No", "A-why": "Later."})
    assert _fates(plan) == {"A-agency": Fate.CHANGED, "A-contract": Fate.NEW, "A-why": Fate.NEW}
    assert bench.take(plan, "A-contract", "A-why") == Outcome(taken=0, left_out=2)
    assert bench.take(plan) == Outcome(taken=3, left_out=0)
    assert bench.answers == {"A-agency": "yes", "A-contract": "no", "A-why": "Later."}


def test_a_reader_takes_nothing_over(carried: Bench) -> None:
    plan = carried.plan({"K-worded": 12})
    carried.invitation.role = InvitationRole.READER
    carried.session.commit()
    with pytest.raises(NotEditable):
        carried.take(plan)


@pytest.mark.parametrize(("content", "code"), [(b"", "empty"), (bytes(answer_import.MOST_BYTES + 1), "too_large")])
def test_no_file_and_a_huge_one_are_refused_before_they_are_read(carried: Bench, content: bytes, code: str) -> None:
    with pytest.raises(WorkbookNotTaken) as refused:
        answer_import.read_filled(content, carried.assessment, carried.questionnaire, {}, date(2027, 5, 5))
    assert refused.value.code == code
