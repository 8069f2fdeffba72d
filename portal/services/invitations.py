"""A supplier's way in: invitations are issued, opened, renewed, revoked and handed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.mail import messages
from portal.mail.message import plain_address
from portal.mail.messages import Asked, Reader
from portal.models import (
    Contact,
    ContactSuggestion,
    Deed,
    Invitation,
    InvitationRole,
    Request,
    SupplierSession,
)
from portal.services import campaign_burden, ledger, outbox
from portal.services.actors import Actor, link_actor
from portal.services.links import LinkInvalid, Links, link_expires_at
from questionnaires.catalogue import Catalogue


class LinkUnknown(Exception):
    """The token is none of this portal's, or its invitation is gone."""


class LinkDead(Exception):
    """The token is genuine, but opens nothing any more."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(str(invitation.id))
        self.invitation = invitation


class LinkRevoked(LinkDead):
    """A buyer took the link back, or the whole request."""


class LinkReplaced(LinkDead):
    """A newer link was mailed to the same address."""


class LinkExpired(LinkDead):
    """The link's days are over; a new one can be had."""


class AlreadyDecided(Exception):
    """Somebody decided on the suggestion before."""


class RequestClosed(Exception):
    """The request was withdrawn; nobody is invited to it any more."""


def issue(
    session: Session,
    request: Request,
    contact: Contact,
    now: datetime,
    by: Actor,
    catalogue: Catalogue,
    role: InvitationRole = InvitationRole.SIGNATORY,
) -> Invitation:
    """Invite a contact to a request and queue the mail; an address that was invited before gets a fresh link."""
    ledger.begin(session)
    known = sa.select(Invitation).where(Invitation.request_id == request.id, Invitation.email == contact.email)
    invitation = session.scalar(known)
    if invitation is not None:
        invitation.contact, invitation.role, invitation.language = contact, role, contact.language
        replace_link(session, invitation, now, by)
    else:
        invitation = Invitation(
            request=request, contact=contact, role=role, email=contact.email, language=contact.language,
            created_at=now, issued_at=now,
        )  # fmt: skip
        session.add(invitation)
        session.flush()
        facts = {"contact": str(contact.id), "role": role.value}
        personal = {"email": invitation.email}
        _record(session, Deed.INVITATION_ISSUED, invitation, now, by, data=facts, personal=personal)
    outbox.queue(session, _invitation_draft(invitation, catalogue, now), now)
    return invitation


def invite_signatory(
    session: Session, first: Invitation, name: str, email: str, *, now: datetime, by: Actor
) -> Invitation:
    """Give somebody who is to sign after the first a way in; the caller mails the link.

    Somebody who was not asked before may read, and sign what waits for that person; whoever may answer already still
    may. The contact is kept as a retired one: it is nobody to send the next campaign to.
    """
    ledger.begin(session)
    known = sa.select(Invitation).where(Invitation.request_id == first.request_id, Invitation.email == email)
    invitation = session.scalar(known)
    if invitation is not None:
        if invitation.revoked_at is not None and invitation.role is InvitationRole.READER:
            replace_link(session, invitation, now, by)
        keep_alive(session, invitation, now, by)
        return invitation
    supplier_id = first.request.supplier_id
    query = sa.select(Contact).where(Contact.supplier_id == supplier_id, Contact.email == email)
    contact = session.scalar(query) or Contact(
        supplier_id=supplier_id, email=email, name=name, language=first.language, created_at=now, retired_at=now
    )
    invitation = Invitation(
        request=first.request, contact=contact, role=InvitationRole.READER, email=email, language=first.language,
        created_at=now, issued_at=now,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    facts = {"contact": str(contact.id), "role": invitation.role.value}
    _record(session, Deed.INVITATION_ISSUED, invitation, now, by, data=facts, personal={"email": email})
    return invitation


def keep_alive(session: Session, invitation: Invitation, now: datetime, by: Actor) -> None:
    """Replace a link whose days are over; any other stays as it is, also one that was taken back."""
    if invitation.revoked_at is None and link_expires_at(invitation) <= now:
        replace_link(session, invitation, now, by)


def is_closed(session: Session, request: Request, email: str) -> bool:
    """Return whether a buyer took back the link of this address to answer by: no supplier may give it another."""
    known = sa.select(Invitation).where(Invitation.request_id == request.id, Invitation.email == email)
    invitation = session.scalar(known.where(Invitation.role != InvitationRole.READER))
    return invitation is not None and invitation.revoked_at is not None


def _invitation_draft(invitation: Invitation, catalogue: Catalogue, now: datetime) -> messages.Draft:
    asked = campaign_burden.of_request(invitation.request, catalogue, now.date())
    return messages.invitation(
        _reader(invitation),
        asked_of(invitation.request),
        invitation_id=invitation.id,
        questionnaires=[one.asked.questionnaire.title.in_language(invitation.language) for one in asked.forms],
        least_minutes=asked.total.least_minutes,
        most_minutes=asked.total.most_minutes,
        message=invitation.request.campaign.message,
    )


def asked_of(request: Request) -> Asked:
    """Return what mails say about a request."""
    asked_by = request.sent_by or request.campaign.created_by
    return Asked(request.supplier.name, request.campaign.title, request.due_on, asked_by.display_name, asked_by.email)


def reissue(session: Session, invitation: Invitation, now: datetime, by: Actor) -> Invitation:
    """Mail a new link to the same address; the old one is dead from now on, also for those who are inside."""
    replace_link(session, invitation, now, by)
    _mail_link(session, invitation, now)
    return invitation


def revoke(session: Session, invitation: Invitation, now: datetime, by: Actor) -> None:
    """Take the link back; visits by it end. A second time changes nothing."""
    if invitation.revoked_at is not None:
        return
    ledger.begin(session)
    invitation.revoked_at = now
    session.execute(
        sa.update(SupplierSession)
        .where(SupplierSession.invitation_id == invitation.id, SupplierSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    _record(session, Deed.INVITATION_REVOKED, invitation, now, by)


def find(session: Session, links: Links, token: str, now: datetime) -> Invitation:
    """Return the invitation that a token opens.

    Raises:
        LinkUnknown: there is no such link.
        LinkRevoked: it was taken back. LinkReplaced: a newer one was mailed. LinkExpired: its days are over.
    """
    try:
        claim = links.read(token)
    except LinkInvalid as error:
        raise LinkUnknown from error
    invitation = session.scalar(
        sa.select(Invitation)
        .where(Invitation.id == claim.invitation_id)
        .options(
            joinedload(Invitation.request).joinedload(Request.campaign),
            joinedload(Invitation.request).joinedload(Request.supplier),
        )
    )
    if invitation is None or claim.generation > invitation.generation:
        raise LinkUnknown
    refuse_dead(invitation, claim.generation, now)
    return invitation


def refuse_dead(invitation: Invitation, generation: int, now: datetime) -> None:
    """Raise LinkRevoked, LinkReplaced or LinkExpired where a link of that generation no longer opens anything."""
    if invitation.revoked_at is not None or invitation.request.withdrawn_at is not None:
        raise LinkRevoked(invitation)
    if generation != invitation.generation:
        raise LinkReplaced(invitation)
    if link_expires_at(invitation) <= now:
        raise LinkExpired(invitation)


def open_link(session: Session, links: Links, token: str, now: datetime, browser: dict[str, str]) -> SupplierSession:
    """Begin a visit. The link stays good: only signing uses it up. Raises as `find` does."""
    invitation = find(session, links, token, now)
    if invitation.opened_at is None:
        _note_opening(session, invitation, now, browser)
    visit = SupplierSession(invitation=invitation, generation=invitation.generation, started_at=now)
    session.add(visit)
    session.flush()
    return visit


def _note_opening(session: Session, invitation: Invitation, now: datetime, browser: dict[str, str]) -> None:
    """Write down the first opening, once also where two open at the same time."""
    ledger.begin(session)
    session.refresh(invitation, ["opened_at"])
    if invitation.opened_at is None:
        invitation.opened_at = now
        _record(session, Deed.INVITATION_OPENED, invitation, now, link_actor(invitation), personal=browser)


def renew(session: Session, links: Links, token: str, now: datetime) -> Invitation:
    """Mail a working link to the address of a link that has expired or was replaced.

    Raises:
        LinkUnknown, LinkRevoked: as `find` does; neither is renewed.
    """
    try:
        invitation = find(session, links, token, now)
    except (LinkReplaced, LinkExpired) as dead:
        invitation = dead.invitation
    if link_expires_at(invitation) <= now:
        replace_link(session, invitation, now, link_actor(invitation))
    _mail_link(session, invitation, now)
    return invitation


def suggest_contact(
    session: Session, invitation: Invitation, name: str, email: str, language: str, reason: str, now: datetime
) -> ContactSuggestion:
    """Keep a better contact for the buyer to decide on, and tell the buyer; the same one twice is kept once.

    Raises:
        AddressInvalid: the address is not exactly one mail address.
    """
    email = plain_address(email.strip())
    waiting = sa.select(ContactSuggestion).where(
        ContactSuggestion.invitation_id == invitation.id,
        ContactSuggestion.email == email,
        ContactSuggestion.decided_at.is_(None),
    )
    known = session.scalar(waiting)
    if known is not None:
        return known
    suggestion = ContactSuggestion(
        invitation=invitation, name=name, email=email, language=language, reason=reason, created_at=now
    )
    session.add(suggestion)
    session.flush()
    personal = {"name": name, "email": email}
    by = link_actor(invitation)
    subject = ledger.subject_of("invitation", invitation.id)
    ledger.record(session, Deed.CONTACT_SUGGESTED, subject, by=by, now=now, personal=personal)
    outbox.queue(session, _suggestion_draft(suggestion), now)
    return suggestion


def waiting_suggestion(session: Session, invitation: Invitation) -> ContactSuggestion | None:
    """Return the newest suggestion by this link that nobody has decided on."""
    return session.scalar(
        sa.select(ContactSuggestion)
        .where(ContactSuggestion.invitation_id == invitation.id, ContactSuggestion.decided_at.is_(None))
        .order_by(ContactSuggestion.created_at.desc())
        .limit(1)
    )


def decide_suggestion(
    session: Session, suggestion: ContactSuggestion, accepted: bool, now: datetime, by: Actor, catalogue: Catalogue
) -> Invitation | None:
    """Take or turn down a suggested contact; when taken, the new one is invited and the old link ends.

    Raises:
        AlreadyDecided: somebody was faster.
        RequestClosed: a contact cannot be taken for a request that is withdrawn.
    """
    ledger.begin(session)
    session.refresh(suggestion, with_for_update=True)
    if suggestion.decided_at is not None:
        raise AlreadyDecided
    if accepted and suggestion.invitation.request.withdrawn_at is not None:
        raise RequestClosed
    suggestion.decided_at, suggestion.decided_by_id, suggestion.accepted = now, by.id, accepted
    invitation = suggestion.invitation
    data = {"accepted": accepted, "suggestion": str(suggestion.id)}
    subject = ledger.subject_of("invitation", invitation.id)
    ledger.record(session, Deed.SUGGESTION_DECIDED, subject, by=by, now=now, data=data)
    if not accepted:
        return None
    contact = _contact_of(session, suggestion, now)
    if contact is not invitation.contact:
        revoke(session, invitation, now, by)
        invitation.contact.retired_at = invitation.contact.retired_at or now
    return issue(session, invitation.request, contact, now, by, catalogue, role=invitation.role)


def _contact_of(session: Session, suggestion: ContactSuggestion, now: datetime) -> Contact:
    supplier_id = suggestion.invitation.request.supplier_id
    known = sa.select(Contact).where(Contact.supplier_id == supplier_id, Contact.email == suggestion.email)
    contact = session.scalar(known)
    if contact is None:
        contact = Contact(supplier_id=supplier_id, email=suggestion.email, created_at=now)
        session.add(contact)
    contact.name, contact.language, contact.retired_at = suggestion.name, suggestion.language, None
    session.flush()
    return contact


def _suggestion_draft(suggestion: ContactSuggestion) -> messages.Draft:
    invitation = suggestion.invitation
    request = invitation.request
    buyer = request.sent_by or request.campaign.created_by
    return messages.contact_suggested(
        Reader(buyer.name, buyer.email, buyer.language or "en"),
        suggestion_id=suggestion.id,
        supplier=request.supplier.name,
        campaign=request.campaign.title,
        suggested_by=invitation.contact.name or invitation.email,
        suggested_name=suggestion.name,
        suggested_email=suggestion.email,
        reason=suggestion.reason,
    )


def replace_link(session: Session, invitation: Invitation, now: datetime, by: Actor) -> None:
    """Let the links mailed so far die; the next mail carries a new one."""
    ledger.begin(session)
    invitation.generation += 1
    invitation.issued_at, invitation.revoked_at = now, None
    _record(session, Deed.INVITATION_REISSUED, invitation, now, by, data={"generation": invitation.generation})


def _mail_link(session: Session, invitation: Invitation, now: datetime) -> None:
    draft = messages.invitation_renewed(_reader(invitation), asked_of(invitation.request), invitation_id=invitation.id)
    outbox.queue(session, draft, now)


def _reader(invitation: Invitation) -> Reader:
    return Reader(invitation.contact.name, invitation.email, invitation.language)


def _record(
    session: Session,
    deed: Deed,
    invitation: Invitation,
    now: datetime,
    by: Actor,
    data: Mapping[str, int | str] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    subject = ledger.subject_of("invitation", invitation.id)
    facts = {"request": str(invitation.request_id), **(data or {})}
    ledger.record(session, deed, subject, by=by, now=now, data=facts, personal=personal)
