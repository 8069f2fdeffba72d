"""Where a request stands: worked out from facts, here and nowhere else."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from portal.models import Assessment, Declaration, MailState, OutgoingMail, Request
from portal.services import ledger

SUBJECTS_A_QUERY = 500
"""How many ids one query names; databases bound the number of parameters."""


class RequestState(enum.StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    """Not sent."""
    NOT_OPENED = "not_opened"
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    AWAITING_SIGNATURES = "awaiting_signatures"
    """Some of those who must sign have."""
    SIGNING = "signing"
    """Everything is accepted, something is still being sealed."""
    SIGNED = "signed"
    RETURNED = "returned"
    """A buyer sent questions back."""
    APPROVED = "approved"
    OVERDUE = "overdue"
    """The supplier should have answered by now."""
    WITHDRAWN = "withdrawn"


WAITING = frozenset(
    {
        RequestState.NOT_OPENED,
        RequestState.OPENED,
        RequestState.IN_PROGRESS,
        RequestState.AWAITING_SIGNATURES,
        RequestState.RETURNED,
    }
)
"""States in which it is the supplier's turn."""
DONE = frozenset({RequestState.SIGNED, RequestState.APPROVED})


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a request has come, and whether it is late."""

    stage: RequestState
    """The state as it is without regard to the date; never OVERDUE."""
    due_on: date
    """When the supplier is to be done with what is asked now."""
    days_late: int
    """Above 0 when it is the supplier's turn and the date has passed."""
    last_activity: datetime | None
    """When the supplier last did something."""

    @property
    def state(self) -> RequestState:
        """Return the state as people see it: late comes before all else."""
        return RequestState.OVERDUE if self.days_late > 0 else self.stage


def state_of(request: Request, now: datetime) -> RequestState:
    """Return where a request stands; late comes before how far it has come."""
    return standing(request, now).state


def standing(request: Request, now: datetime) -> Standing:
    """Return how far a request has come, and whether it is late."""
    stage, due_on = _stage(request), _due_on(request)
    late = (now.date() - due_on).days if stage in WAITING else 0
    return Standing(stage, due_on, max(late, 0), _last_activity(request))


def facts_of_requests() -> tuple[ORMOption, ...]:
    """Return query options that load what a state is worked out from, in a fixed number of queries."""
    assessments = selectinload(Request.assessments)
    return (
        selectinload(Request.supplier),
        selectinload(Request.invitations),
        assessments.selectinload(Assessment.declarations).selectinload(Declaration.review),
        assessments.selectinload(Assessment.returns),
    )


def counts(standings: Iterable[Standing]) -> dict[RequestState, int]:
    """Return how many requests stand where, each state named, in the order of the road."""
    found = dict.fromkeys(RequestState, 0)
    for each in standings:
        found[each.state] += 1
    return found


def mail_states(session: Session, requests: Iterable[Request]) -> dict[Request, MailState]:
    """Return the state of each request's mail; of several the one that needs most attention.

    Of each invitation only the newest mail counts: an older one that failed has been replaced.
    """
    owners = {
        ledger.subject_of("invitation", invitation.id): request
        for request in requests
        for invitation in request.invitations
    }
    newest: dict[str, OutgoingMail] = {}
    for mail in _mails_about(session, list(owners)):
        newest[mail.subject] = mail
    worst = [MailState.FAILED, MailState.WAITING, MailState.SENT]
    states: dict[Request, MailState] = {}
    for subject, mail in newest.items():
        request = owners[subject]
        states[request] = min(mail.state, states.get(request, mail.state), key=worst.index)
    return states


def _mails_about(session: Session, subjects: list[str]) -> Iterable[OutgoingMail]:
    """Yield the mails, oldest first."""
    for start in range(0, len(subjects), SUBJECTS_A_QUERY):
        named = OutgoingMail.subject.in_(subjects[start : start + SUBJECTS_A_QUERY])
        yield from session.scalars(sa.select(OutgoingMail).where(named).order_by(OutgoingMail.queued_at))


def _stage(request: Request) -> RequestState:
    if request.withdrawn_at:
        return RequestState.WITHDRAWN
    if request.sent_at is None:
        return RequestState.DRAFT
    if any(assessment.awaiting_id for assessment in request.assessments):
        return RequestState.AWAITING_SIGNATURES
    present = [_present_declaration(assessment) for assessment in request.assessments]
    declared = [declaration for declaration in present if declaration]
    if declared and len(declared) == len(present):
        return _stage_when_declared(request, declared)
    return _stage_while_answered(request, declared)


def _stage_while_answered(request: Request, declared: list[Declaration]) -> RequestState:
    if declared or any(assessment.changed_at for assessment in request.assessments):
        return RequestState.IN_PROGRESS
    if any(invitation.opened_at for invitation in request.invitations):
        return RequestState.OPENED
    return RequestState.NOT_OPENED


def _stage_when_declared(request: Request, declared: list[Declaration]) -> RequestState:
    if any(declaration.signed_at is None for declaration in declared):
        return RequestState.SIGNING
    if _open_returns(request):
        return RequestState.RETURNED
    if all(declaration.review and declaration.review.approved_at for declaration in declared):
        return RequestState.APPROVED
    return RequestState.SIGNED


def _present_declaration(assessment: Assessment) -> Declaration | None:
    """The newest one; declarations are ordered by when they were accepted."""
    return assessment.declarations[-1] if assessment.declarations else None


def _open_returns(request: Request) -> list[date]:
    return [
        returned.due_on
        for assessment in request.assessments
        for returned in assessment.returns
        if returned.settled_at is None
    ]


def _due_on(request: Request) -> date:
    """The date that counts now: the first of the returned questions', or the request's own."""
    return min(_open_returns(request), default=request.due_on)


def _last_activity(request: Request) -> datetime | None:
    moments = [invitation.opened_at for invitation in request.invitations]
    for assessment in request.assessments:
        moments.append(assessment.changed_at)
        moments.extend(declaration.accepted_at for declaration in assessment.declarations)
    return max((moment for moment in moments if moment), default=None)
