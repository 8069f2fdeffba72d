"""The archive: every signed declaration can be found, with what was done about it."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.models import DeclarationState, Deed
from portal.services import archive, ledger
from portal.services.actors import PORTAL
from portal.services.archive import Wanted
from tests.factories import Make
from tests.portal.review_case import Case, open_case


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make, name="Ødegård Verk AS", national_id="999 888 777")


def found(case: Case, wanted: Wanted) -> bool:
    case.session.expire_all()
    return case.declaration in case.session.scalars(archive.query(wanted)).all()


@pytest.mark.parametrize("words", ["ødegård", "ØDEGÅRD", "Ødegård verk", "verk", "888 777", " Verk "])
def test_suppliers_are_found_by_words(case: Case, words: str) -> None:
    assert found(case, Wanted(words))


def test_declarations_are_found_by_reference(case: Case) -> None:
    assert found(case, Wanted(case.declaration.reference.lower()))
    assert not found(case, Wanted("2026-XXXX-XXXX"))


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --"])
def test_signs_of_the_database_are_plain_signs(case: Case, words: str) -> None:
    assert not found(case, Wanted(words))


def test_year_and_questionnaire(case: Case) -> None:
    assert found(case, Wanted(year=2026, questionnaire="human-rights"))
    assert not found(case, Wanted(year=2025))
    assert not found(case, Wanted(questionnaire="code-of-conduct"))
    assert archive.years(case.session) == [2026]


@pytest.mark.parametrize(
    ("steps", "state"),
    [("", DeclarationState.SIGNED), ("approve", DeclarationState.APPROVED), ("replace", DeclarationState.SUPERSEDED)],
)
def test_states(case: Case, steps: str, state: DeclarationState) -> None:
    if steps:
        getattr(case, steps)()
    for each in DeclarationState:
        assert found(case, Wanted(state=each)) is (each is state)
    assert archive.state_of(case.declaration) is state


def test_what_is_not_sealed_is_not_in_the_archive(make: Make) -> None:
    request = make.request(make.campaign(keys=("human-rights",)))
    unsigned = make.declaration(request.assessments[0], signed=False)
    assert archive.state_of(unsigned) is DeclarationState.SIGNING
    assert archive.find_signed(make.session, unsigned.id) is None
    assert list(make.session.scalars(archive.query(Wanted()))) == []


def test_the_history_has_all_that_belongs_to_it_and_nothing_else(case: Case, make: Make, now: datetime) -> None:
    case.approve()
    open_case(make).approve()
    invitation = case.declaration.assessment.request.invitations[0]
    opened = ledger.subject_of("invitation", invitation.id)
    ledger.record(case.session, Deed.INVITATION_OPENED, opened, by=PORTAL, now=now)
    history = archive.history(case.session, case.declaration)
    deeds = [event.deed for event in history]
    assert deeds[0] == Deed.DEVIATIONS_PROPOSED
    assert deeds[-2:] == [Deed.REVIEW_APPROVED, Deed.INVITATION_OPENED]
    assert deeds.count(Deed.REVIEW_APPROVED) == 1
    assert [event.seq for event in history] == sorted(event.seq for event in history)
