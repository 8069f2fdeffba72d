"""Where a request stands, from facts alone: no database is needed to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.models import Assessment, Declaration, Invitation, Request, Return, Review
from portal.services.progress import RequestState, Standing, counts, standing, state_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOMORROW, YESTERDAY = date(2026, 11, 22), date(2026, 11, 20)


def sent(due_on: date = TOMORROW, questionnaires: int = 2) -> Request:
    """Return a request that nobody has opened."""
    assessments = [Assessment(position=position) for position in range(questionnaires)]
    return Request(due_on=due_on, sent_at=NOW, assessments=assessments, invitations=[Invitation()])


def nothing(request: Request) -> None:
    pass


def opened(request: Request) -> None:
    request.invitations[0].opened_at = NOW


def answered(request: Request) -> None:
    opened(request)
    request.assessments[0].changed_at = NOW


def one_signed(request: Request) -> None:
    request.assessments[0].declarations.append(Declaration(accepted_at=NOW, signed_at=NOW))


def all_accepted(request: Request) -> None:
    for assessment in request.assessments:
        assessment.declarations.append(Declaration(accepted_at=NOW))


def all_signed(request: Request) -> None:
    for assessment in request.assessments:
        assessment.declarations.append(Declaration(accepted_at=NOW, signed_at=NOW))


def half_sealed(request: Request) -> None:
    all_signed(request)
    request.assessments[1].declarations[-1].signed_at = None


def one_approved(request: Request) -> None:
    all_signed(request)
    request.assessments[0].declarations[0].review = Review(approved_at=NOW)


def all_approved(request: Request) -> None:
    one_approved(request)
    request.assessments[1].declarations[0].review = Review(approved_at=NOW)


def returned(request: Request, due_on: date = TOMORROW, **columns: Any) -> None:
    all_signed(request)
    request.assessments[0].returns.append(Return(due_on=due_on, **columns))


def settled(request: Request) -> None:
    returned(request, settled_at=NOW)


def signed_anew(request: Request) -> None:
    all_approved(request)
    request.assessments[0].declarations.append(Declaration(accepted_at=NOW, signed_at=NOW))


def withdrawn(request: Request) -> None:
    answered(request)
    request.withdrawn_at = NOW


def not_sent(request: Request) -> None:
    request.sent_at = None


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        (nothing, RequestState.NOT_OPENED),
        (not_sent, RequestState.DRAFT),
        (opened, RequestState.OPENED),
        (answered, RequestState.IN_PROGRESS),
        (one_signed, RequestState.IN_PROGRESS),
        (all_accepted, RequestState.SIGNING),
        (half_sealed, RequestState.SIGNING),
        (all_signed, RequestState.SIGNED),
        (one_approved, RequestState.SIGNED),
        (all_approved, RequestState.APPROVED),
        (returned, RequestState.RETURNED),
        (settled, RequestState.SIGNED),
        (signed_anew, RequestState.SIGNED),
        (withdrawn, RequestState.WITHDRAWN),
    ],
)
def test_the_state_follows_from_what_happened(happened: Callable[[Request], None], state: RequestState) -> None:
    request = sent()
    happened(request)

    assert state_of(request, NOW) is state


@pytest.mark.parametrize("happened", [nothing, opened, answered, one_signed])
def test_whoever_still_has_to_act_after_the_date_is_overdue(happened: Callable[[Request], None]) -> None:
    request = sent(due_on=YESTERDAY)
    happened(request)

    found = standing(request, NOW)

    assert (found.state, found.days_late) == (RequestState.OVERDUE, 1)
    assert found.stage is not RequestState.OVERDUE


@pytest.mark.parametrize("happened", [all_accepted, all_signed, all_approved, withdrawn, not_sent])
def test_whoever_is_done_is_never_overdue(happened: Callable[[Request], None]) -> None:
    request = sent(due_on=YESTERDAY)
    happened(request)

    assert standing(request, NOW).days_late == 0


def test_the_due_day_itself_is_in_time() -> None:
    assert state_of(sent(due_on=NOW.date()), NOW) is RequestState.NOT_OPENED


def test_returned_questions_have_a_date_of_their_own() -> None:
    request = sent(due_on=YESTERDAY)
    returned(request, due_on=TOMORROW)

    assert standing(request, NOW).due_on == TOMORROW
    assert state_of(request, NOW) is RequestState.RETURNED
    assert state_of(request, NOW + timedelta(days=2)) is RequestState.OVERDUE


def test_the_last_activity_is_the_suppliers_own() -> None:
    request = sent()
    assert standing(request, NOW).last_activity is None

    answered(request)
    request.assessments[1].changed_at = NOW + timedelta(hours=1)

    assert standing(request, NOW).last_activity == NOW + timedelta(hours=1)


def test_every_state_is_counted_also_where_nobody_stands() -> None:
    found = counts([Standing(RequestState.OPENED, TOMORROW, 0, None), Standing(RequestState.OPENED, TOMORROW, 3, None)])

    assert set(found) == set(RequestState)
    assert (found[RequestState.OPENED], found[RequestState.OVERDUE], found[RequestState.SIGNED]) == (1, 1, 0)
