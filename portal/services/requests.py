"""What a buyer does with one supplier's request after it was sent: new links, another date, taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Campaign, Contact, Deed, Invitation, Request, Supplier, User, VoidReason
from portal.services import campaigns, cosigning, invitations, ledger, progress
from portal.services.actors import user_actor
from portal.services.campaigns import CampaignError
from portal.services.suppliers import active_contacts
from questionnaires.catalogue import Catalogue


def of_campaign(session: Session, campaign: Campaign) -> list[Request]:
    """Return a campaign's requests with all that their states are worked out from, by the supplier's name."""
    query = (
        sa.select(Request)
        .join(Request.supplier)
        .where(Request.campaign_id == campaign.id)
        .options(*progress.facts_of_requests())
        .order_by(sa.func.lower(Supplier.name), Supplier.id)
    )
    return list(session.scalars(query))


def of_supplier(session: Session, supplier: Supplier) -> list[Request]:
    """Return what a supplier was asked, newest first."""
    query = (
        sa.select(Request)
        .where(Request.supplier_id == supplier.id, Request.sent_at.is_not(None))
        .options(*progress.facts_of_requests())
        .order_by(Request.sent_at.desc(), Request.id)
    )
    return list(session.scalars(query))


def live_invitations(request: Request) -> list[Invitation]:
    """Return the invitations that nobody took back."""
    return [invitation for invitation in request.invitations if invitation.revoked_at is None]


def _still_asked(request: Request) -> list[Invitation]:
    """Those of the live ones whose contact is still the supplier's."""
    return [invitation for invitation in live_invitations(request) if invitation.contact.retired_at is None]


def uninvited(request: Request) -> list[Contact]:
    """Return the supplier's contacts who hold no link to the request."""
    reached = {invitation.email for invitation in live_invitations(request)}
    return [contact for contact in active_contacts(request.supplier) if contact.email not in reached]


def resend(session: Session, requests: Iterable[Request], *, now: datetime, by: User) -> int:
    """Mail new links to all who hold one to these requests; the old ones die. Return how many mails that makes.

    Requests that the supplier has nothing left to do in are passed over, and so are contacts that are retired.
    """
    ledger.begin(session)
    count = 0
    for request in requests:
        if progress.standing(request, now).stage not in progress.WAITING:
            continue
        for invitation in _still_asked(request):
            invitations.reissue(session, invitation, now, user_actor(by))
            count += 1
    return count


def resend_one(session: Session, invitation: Invitation, *, now: datetime, by: User) -> None:
    """Mail a new link to one address, also where it had been revoked.

    Raises:
        CampaignError: withdrawn, or contact_retired.
    """
    _refuse_closed(invitation.request)
    if invitation.contact.retired_at:
        raise CampaignError("contact_retired")
    invitations.reissue(session, invitation, now, user_actor(by))


def invite(
    session: Session, request: Request, contact: Contact, catalogue: Catalogue, *, now: datetime, by: User
) -> None:
    """Invite one more of the supplier's contacts.

    Raises:
        CampaignError: not_sent, withdrawn, or contact_retired.
    """
    _refuse_closed(request)
    if contact.retired_at:
        raise CampaignError("contact_retired")
    invitations.issue(session, request, contact, now, user_actor(by), catalogue)


def move_due_date(session: Session, request: Request, due_on: date, *, now: datetime, by: User) -> None:
    """Give a supplier another date; the same date leaves no trace.

    Raises:
        CampaignError: not_sent, withdrawn, or due_date_past.
    """
    _refuse_closed(request)
    if due_on <= now.date():
        raise CampaignError("due_date_past")
    if due_on == request.due_on:
        return
    data = {"from": request.due_on.isoformat(), "to": due_on.isoformat()}
    request.due_on = due_on
    subject = ledger.subject_of("request", request.id)
    ledger.record(session, Deed.DUE_DATE_MOVED, subject, by=user_actor(by), now=now, data=data)


def move_all_due_dates(session: Session, campaign: Campaign, due_on: date, *, now: datetime, by: User) -> int:
    """Give another date to all whose turn it is, and to those who are asked later; return how many there are.

    Raises:
        CampaignError: due_date_past.
    """
    if due_on <= now.date():
        raise CampaignError("due_date_past")
    ledger.begin(session)
    if campaign.due_on != due_on:
        before, campaign.due_on = campaign.due_on, due_on
        campaigns.note_change(session, campaign, {"from": before.isoformat()}, now=now, by=by)
    moved = 0
    for request in of_campaign(session, campaign):
        stage = progress.standing(request, now).stage
        if stage in progress.WAITING and request.due_on != due_on:
            move_due_date(session, request, due_on, now=now, by=by)
            moved += 1
        elif stage is progress.RequestState.DRAFT:
            request.due_on = due_on
    return moved


def withdraw(session: Session, request: Request, *, now: datetime, by: User) -> None:
    """Take a request back: its links die. A second time changes nothing.

    Raises:
        CampaignError: not_sent, or signed where a declaration was already given.
    """
    ledger.begin(session)
    session.refresh(request, with_for_update=True)
    if request.withdrawn_at:
        return
    if request.sent_at is None:
        raise CampaignError("not_sent")
    if any(assessment.declarations for assessment in request.assessments):
        raise CampaignError("signed")
    for assessment in request.assessments:
        cosigning.end_waiting(session, assessment, VoidReason.WITHDRAWN, now=now, by=user_actor(by))
    request.withdrawn_at = now
    for invitation in request.invitations:
        invitations.revoke(session, invitation, now, user_actor(by))
    subject = ledger.subject_of("request", request.id)
    ledger.record(session, Deed.REQUEST_WITHDRAWN, subject, by=user_actor(by), now=now)


def _refuse_closed(request: Request) -> None:
    if request.sent_at is None:
        raise CampaignError("not_sent")
    if request.withdrawn_at:
        raise CampaignError("withdrawn")
