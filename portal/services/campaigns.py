"""Campaigns: what is asked, of whom, by when; and the sending."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.models import (
    Assessment,
    Campaign,
    CampaignQuestionnaire,
    Deed,
    Request,
    Supplier,
    User,
)
from portal.services import carrying, invitations, ledger
from portal.services.actors import user_actor
from portal.services.asked_forms import AskedForm, Form, forms_of
from portal.services.suppliers import active_contacts
from questionnaires.catalogue import Catalogue


class CampaignError(Exception):
    """A deed is not possible; the code says why.

    Codes: questionnaires_missing, questionnaires_fixed, questionnaires_retired, due_date_past, nobody_to_ask, not_sent,
    withdrawn, signed, contact_retired, reason_missing, reason_too_long.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """What a buyer decides about a campaign."""

    title: str
    reporting_year: int
    due_on: date
    questionnaires: tuple[str, ...]
    """Keys; the newest edition of each that is not retired is asked."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would be asked if the campaign were sent now."""

    ready: tuple[Request, ...]
    without_contact: tuple[Request, ...]
    """Nobody at the supplier can be written to."""
    retired: tuple[Request, ...]
    """The supplier was taken out of use after it was chosen."""

    @property
    def mails(self) -> int:
        """Return how many mails would go out."""
        return sum(len(active_contacts(request.supplier)) for request in self.ready)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that they would be written in."""
        found = {contact.language for request in self.ready for contact in active_contacts(request.supplier)}
        return tuple(sorted(found))


def create(session: Session, terms: CampaignTerms, catalogue: Catalogue, *, now: datetime, by: User) -> Campaign:
    """Make a campaign; nobody is asked yet.

    Raises:
        CampaignError: questionnaires_missing, questionnaires_retired, due_date_past.
    """
    campaign = Campaign(id=uuid.uuid4(), created_by=by, created_at=now)
    _write(campaign, terms, now)
    _ask(campaign, terms.questionnaires, catalogue)
    session.add(campaign)
    _record(session, Deed.CAMPAIGN_MADE, campaign, now, by, {"questionnaires": _editions(campaign)})
    return campaign


def change(
    session: Session, campaign: Campaign, terms: CampaignTerms, catalogue: Catalogue, *, now: datetime, by: User
) -> None:
    """Change a campaign; once it is sent its questionnaires are fixed.

    Raises:
        CampaignError: questionnaires_missing, questionnaires_fixed, questionnaires_retired, due_date_past.
    """
    ledger.begin(session)
    if campaign.sent_at and set(terms.questionnaires) != {asked.key for asked in campaign.questionnaires}:
        raise CampaignError("questionnaires_fixed")
    _write(campaign, terms, now)
    if campaign.sent_at is None:
        campaign.questionnaires.clear()
        session.flush()  # the old rows go before new ones of the same key come
        _ask(campaign, terms.questionnaires, catalogue)
    for request in drafts(session, campaign):
        request.due_on = terms.due_on
    _record(session, Deed.CAMPAIGN_CHANGED, campaign, now, by, {"questionnaires": _editions(campaign)})


def choose(session: Session, campaign: Campaign, suppliers: Iterable[Supplier], *, now: datetime, by: User) -> int:
    """Put suppliers into the audience; return how many were not in it."""
    known = set(session.scalars(sa.select(Request.supplier_id).where(Request.campaign_id == campaign.id)))
    new = {supplier.id: supplier for supplier in suppliers if supplier.id not in known and not supplier.retired_at}
    if not new:
        return 0
    ledger.begin(session)
    for supplier_id in new:
        session.add(Request(campaign_id=campaign.id, supplier_id=supplier_id, due_on=campaign.due_on))
    note_change(session, campaign, {"chosen": [str(each) for each in new]}, now=now, by=by)
    session.expire(campaign, ["requests"])
    return len(new)


def leave_out(
    session: Session, campaign: Campaign, supplier_ids: Iterable[uuid.UUID], *, now: datetime, by: User
) -> int:
    """Take suppliers out of the audience; those who were asked stay. Return how many went."""
    leaving = set(supplier_ids)
    gone = [request for request in drafts(session, campaign) if request.supplier_id in leaving]
    if not gone:
        return 0
    ledger.begin(session)
    for request in gone:
        session.delete(request)
    note_change(session, campaign, {"left_out": [str(request.supplier_id) for request in gone]}, now=now, by=by)
    session.expire(campaign, ["requests"])
    return len(gone)


def drafts(session: Session, campaign: Campaign) -> list[Request]:
    """Return the requests that were not sent, by the supplier's name."""
    query = (
        sa.select(Request)
        .join(Request.supplier)
        .where(Request.campaign_id == campaign.id, Request.sent_at.is_(None))
        .options(selectinload(Request.supplier).selectinload(Supplier.contacts))
        .order_by(sa.func.lower(Supplier.name), Supplier.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def audience(session: Session, campaign: Campaign) -> Audience:
    """Return who would be asked if the campaign were sent now."""
    waiting = drafts(session, campaign)
    retired = tuple(request for request in waiting if request.supplier.retired_at)
    active = [request for request in waiting if not request.supplier.retired_at]
    ready = tuple(request for request in active if active_contacts(request.supplier))
    without = tuple(request for request in active if not active_contacts(request.supplier))
    return Audience(ready, without, retired)


def send(session: Session, campaign: Campaign, catalogue: Catalogue, *, now: datetime, by: User) -> int:
    """Ask everybody in the audience who was not asked yet; return how many suppliers that were.

    Sending again asks only those who came later. All or nothing, in the caller's transaction.

    Raises:
        CampaignError: due_date_past, questionnaires_retired, or nobody_to_ask where nobody ever was.
    """
    ledger.begin(session)
    session.refresh(campaign, with_for_update=True)  # of two who send at once the second finds nothing left to send
    asked = audience(session, campaign).ready
    if not asked and campaign.sent_at:
        return 0
    if not asked:
        raise CampaignError("nobody_to_ask")
    _refuse_past(campaign.due_on, now)
    if campaign.sent_at is None and any(catalogue.is_retired(name) for name in _editions(campaign)):
        raise CampaignError("questionnaires_retired")
    campaign.sent_at = campaign.sent_at or now
    planned = [(request, forms_of(request, catalogue)) for request in asked]
    earlier = _proposed(session, planned, catalogue)
    for request, forms in planned:
        _send_one(session, request, forms, earlier, catalogue, now, by)
    _record(session, Deed.CAMPAIGN_SENT, campaign, now, by, {"requests": len(asked)})
    return len(asked)


def note_change(session: Session, campaign: Campaign, data: dict[str, Any], *, now: datetime, by: User) -> None:
    """Leave a trace of what was changed about a campaign."""
    _record(session, Deed.CAMPAIGN_CHANGED, campaign, now, by, data)


def _proposed(
    session: Session, planned: Sequence[tuple[Request, Sequence[AskedForm]]], catalogue: Catalogue
) -> carrying.Proposed:
    """Return last year's declarations of what is about to be asked."""
    asked = {form.questionnaire.key: form.questionnaire for _, forms in planned for form in forms}
    editions = {key: carrying.up_to(catalogue, key, one.edition) for key, one in asked.items()}
    return carrying.proposed_declarations(session, [each.supplier_id for each, _ in planned], editions, editions)


def _send_one(
    session: Session,
    request: Request,
    forms: Sequence[AskedForm],
    earlier: carrying.Proposed,
    catalogue: Catalogue,
    now: datetime,
    by: User,
) -> None:
    campaign = request.campaign
    request.sent_at, request.sent_by, request.due_on = now, by, campaign.due_on
    request.assessments = [
        Assessment(
            questionnaire=asked.questionnaire.key,
            edition=asked.questionnaire.edition,
            position=asked.position,
            facts=dict(asked.facts),
            carried_from=earlier.get((request.supplier_id, asked.questionnaire.key)),
        )
        for asked in forms
    ]
    if not any(asked.form is Form.LONG_BY_CHOICE for asked in forms):
        request.long_form_reason = ""  # the register changed since; there is nothing to explain any more
    session.flush()
    subject = ledger.subject_of("request", request.id)
    data = {
        "campaign": str(campaign.id),
        "supplier": str(request.supplier_id),
        "due_on": request.due_on.isoformat(),
        "questionnaires": [asked.questionnaire.name for asked in forms],
    }
    ledger.record(session, Deed.REQUEST_SENT, subject, by=user_actor(by), now=now, data=data)
    for contact in active_contacts(request.supplier):
        invitations.issue(session, request, contact, now, user_actor(by), catalogue)


def _write(campaign: Campaign, terms: CampaignTerms, now: datetime) -> None:
    if not terms.questionnaires:
        raise CampaignError("questionnaires_missing")
    if terms.due_on != campaign.due_on:
        _refuse_past(terms.due_on, now)
    campaign.title, campaign.reporting_year = terms.title, terms.reporting_year
    campaign.due_on, campaign.message = terms.due_on, terms.message


def _refuse_past(due_on: date, now: datetime) -> None:
    if due_on <= now.date():
        raise CampaignError("due_date_past")


def _ask(campaign: Campaign, keys: Iterable[str], catalogue: Catalogue) -> None:
    for position, key in enumerate(dict.fromkeys(keys)):
        offered = catalogue.offered(key)
        if offered is None:
            raise CampaignError("questionnaires_retired")
        asked = CampaignQuestionnaire(key=key, edition=offered.edition, position=position)
        campaign.questionnaires.append(asked)


def _editions(campaign: Campaign) -> list[str]:
    return [f"{asked.key}/{asked.edition}" for asked in campaign.questionnaires]


def _record(session: Session, deed: Deed, campaign: Campaign, now: datetime, by: User, data: dict[str, Any]) -> None:
    session.flush()
    facts = {"title": campaign.title, "due_on": campaign.due_on.isoformat(), **data}
    subject = ledger.subject_of("campaign", campaign.id)
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=facts)
