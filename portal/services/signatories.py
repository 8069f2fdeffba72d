"""Those who sign one document: who has, who is missing, and whose turn it is. The deeds are in `cosigning`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import CoSignatory, Invitation, Request, Signing
from portal.pdf.signing import Signatory
from questionnaires.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Seat:
    """One of those who sign, and how far it has come with that person."""

    position: int
    name: str
    title: str
    email: str
    accepted_at: datetime | None
    asked_at: datetime | None
    place: CoSignatory | None
    """None for the first."""


def seats_of(lead: Signing) -> list[Seat]:
    """Return all who sign, in order."""
    first = Seat(1, lead.signatory_name, lead.signatory_title, lead.invitation.email, lead.accepted_at, None, None)
    others = [
        Seat(
            each.position,
            each.name,
            each.title,
            each.email,
            each.act.accepted_at if each.act else None,
            each.asked_at,
            each,
        )
        for each in lead.co_signatories
    ]
    return [first, *others]


def who_signed(lead: Signing) -> list[Signatory]:
    """Return all who signed, in order, each with the address that was confirmed and the time."""
    acts = [lead, *(each.act for each in lead.co_signatories if each.act)]
    return [
        Signatory(act.signatory_name, act.signatory_title, act.invitation.email, act.company, act.accepted_at)
        for act in acts
    ]


def names_of(lead: Signing) -> str:
    """Return the names of all who sign, for sentences in mails."""
    return ", ".join([lead.signatory_name, *(each.name for each in lead.co_signatories)])


def titles_of(act: Signing, catalogue: Catalogue) -> list[str]:
    """Return the titles of what is signed, in the language of the signing."""
    asked = [each.assessment for each in act.shown]
    return [catalogue.find(each.questionnaire, each.edition).title.in_language(act.language) for each in asked]


def missing(lead: Signing) -> list[CoSignatory]:
    """Return those who have yet to sign, in order; the first of them is asked now."""
    return [each for each in lead.co_signatories if each.act is None or each.act.accepted_at is None]


def is_waiting(lead: Signing) -> bool:
    """Return whether some have accepted and others have yet to."""
    return lead.accepted_at is not None and lead.voided_at is None and bool(missing(lead))


def signed_count(lead: Signing) -> int:
    """Return how many have accepted."""
    return (1 if lead.accepted_at else 0) + len(lead.co_signatories) - len(missing(lead))


def of_request(session: Session, request: Request) -> list[Signing]:
    """Return the leading acts of several people that wait or came to nothing, newest first."""
    query = (
        sa.select(Signing)
        .join(Signing.invitation)
        .where(Invitation.request_id == request.id, Signing.accepted_at.is_not(None), Signing.co_signatories.any())
        .order_by(Signing.accepted_at.desc())
    )
    return list(session.scalars(query))


def find_lead(session: Session, request: Request, signing_id: uuid.UUID) -> Signing | None:
    """Return a signing of several people in a request, by the leading act or another one of it."""
    query = sa.select(Signing).join(Signing.invitation).where(Invitation.request_id == request.id)
    act = session.scalar(query.where(Signing.id == signing_id))
    return act.lead if act and act.lead.co_signatories and act.lead.accepted_at else None


def to_sign(session: Session, invitation: Invitation) -> Signing | None:
    """Return the act that waits for this person, who was named by another."""
    query = sa.select(Signing).join(Signing.place).where(Signing.invitation_id == invitation.id)
    acts = session.scalars(query.where(Signing.accepted_at.is_(None)).order_by(Signing.created_at.desc()))
    return next((act for act in acts if act.lead.voided_at is None), None)
