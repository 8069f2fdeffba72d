"""Several people sign one set of previews, one after the other, each by a link and a code of their own.

The first names the others, in order, before the previews are made, so that all are named in the bytes that they sign.
When one has accepted, the next one gets a link; the last acceptance makes the declarations. Until then nothing can be
changed, and one who declines, or the first who takes it back, or a buyer who asks anew, ends it: nobody has signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.mail import messages
from portal.mail.message import plain_address
from portal.models import (
    Assessment,
    CoSignatory,
    Deed,
    Invitation,
    InvitationRole,
    Preview,
    Request,
    Signing,
    VoidReason,
)
from portal.pdf.fields import MOST_SIGNATORIES
from portal.pdf.signing import Signatory
from portal.services import invitations, ledger, outbox, signatories
from portal.services.actors import Actor
from questionnaires.catalogue import Catalogue

REMINDER_EVERY = timedelta(hours=24)
LONGEST_REASON = 1000


class NamingRefused(Exception):
    """The people cannot be named like this.

    The code: `too-many`, `twice` for a mailbox that is another signatory's, `closed` for one whose link was taken back.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SigningVoid(Exception):
    """The signing came to nothing before this deed."""


class NotWaiting(Exception):
    """The person has signed already, or it is not his or her turn."""


class TooSoon(Exception):
    """The person was written to within a day; the next reminder must wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no reminder before {until.isoformat()}")
        self.until = until


def check_named(session: Session, request: Request, first: Signatory, others: Sequence[Signatory]) -> None:
    """Make sure that each signatory has a mailbox of their own, as the mailbox is what is proved.

    Raises:
        NamingRefused: two have the same, a buyer took the link of one back, or there are more than seven people.
    """
    if len(others) >= MOST_SIGNATORIES:
        raise NamingRefused("too-many")
    mailboxes = [each.email.casefold() for each in (first, *others)]
    if len(set(mailboxes)) < len(mailboxes):
        raise NamingRefused("twice")
    if any(invitations.is_closed(session, request, each.email) for each in others):
        raise NamingRefused("closed")


def named(others: Sequence[Signatory]) -> list[CoSignatory]:
    """Return the rows of those who sign after the first."""
    return [
        CoSignatory(position=position, name=each.name, title=each.title, email=each.email)
        for position, each in enumerate(others, start=2)
    ]


def hold(session: Session, act: Signing, now: datetime) -> Signing:
    """Queue up behind whoever signs or saves the same answers, or closes the link; return the leading act as it is now.

    On SQLite the writing transaction is that queue already.

    Raises:
        LinkDead: the link was revoked or replaced meanwhile, or the request withdrawn.
    """
    ledger.begin(session)
    invitation = act.invitation
    generation = invitation.generation
    for row in (invitation.request, invitation):
        session.refresh(row, with_for_update={"key_share": True})  # others may still refer to it
    invitations.refuse_dead(invitation, generation, now)
    lead = act.lead
    for signing in {lead.id: lead, act.id: act}.values():
        session.refresh(signing, with_for_update=True)
    session.expire(lead, ["co_signatories"])
    people = sa.select(CoSignatory).where(CoSignatory.signing_id == lead.id).options(joinedload(CoSignatory.act))
    session.scalars(people.execution_options(populate_existing=True)).all()  # as they are now
    ids = sa.select(Preview.assessment_id).where(Preview.signing_id == lead.id)
    query = sa.select(Assessment).where(Assessment.id.in_(ids)).order_by(Assessment.id).with_for_update()
    for assessment in session.scalars(query.execution_options(populate_existing=True)):
        session.expire(assessment, ["answers", "declarations", "returns"])
    return lead


def refuse_void(lead: Signing) -> None:
    """Raise SigningVoid where the signing came to nothing."""
    if lead.voided_at is not None:
        raise SigningVoid


def go_on(session: Session, lead: Signing, catalogue: Catalogue, *, now: datetime, by: Actor) -> bool:
    """Ask the next one to sign; return False where all have. The caller holds the signing."""
    waiting = signatories.missing(lead)
    for preview in lead.previews:
        preview.assessment.awaiting_id = lead.id if waiting else None
    if not waiting:
        return False
    person = waiting[0]
    invitation = invitations.invite_signatory(session, lead.invitation, person.name, person.email, now=now, by=by)
    act = Signing(
        invitation=invitation, signatory_name=person.name, signatory_title=person.title, company=lead.company,
        language=lead.language, bound_to=lead.bound_to, created_at=now,
    )  # fmt: skip
    session.add(act)
    person.act, person.asked_at = act, now
    session.flush()
    _record(session, Deed.SIGNATORY_ASKED, person, now=now, by=by)
    _mail_link(session, person, catalogue, now)
    return True


def remind(session: Session, person: CoSignatory, catalogue: Catalogue, *, now: datetime, by: Actor) -> None:
    """Mail the link once more to the one whose turn it is.

    Raises:
        SigningVoid, NotWaiting: as their names say. NamingRefused: the link was taken back.
        TooSoon: the last mail went out within a day.
        LinkDead: the link of the one who reminds is no longer good.
    """
    act = _asked_now(session, person, now)
    if act.invitation.revoked_at is not None:
        raise NamingRefused("closed")
    if person.asked_at and now < person.asked_at + REMINDER_EVERY:
        raise TooSoon(person.asked_at + REMINDER_EVERY)
    invitations.keep_alive(session, act.invitation, now, by)
    person.asked_at = now
    _record(session, Deed.SIGNATORY_REMINDED, person, now=now, by=by)
    _mail_link(session, person, catalogue, now, is_reminder=True)


def correct_address(
    session: Session, person: CoSignatory, email: str, catalogue: Catalogue, *, now: datetime, by: Actor
) -> None:
    """Take another mailbox for somebody who has not signed; name and title stand in the documents and stay.

    Where it is that person's turn, the link to the old address ends and the new one gets a link; a code is void.

    Raises:
        AddressInvalid: the address is not exactly one mail address.
        NamingRefused: the mailbox is another signatory's, or a buyer took its link back.
        SigningVoid, NotWaiting, LinkDead: as in `remind`.
    """
    email = plain_address(email.strip())
    lead = hold(session, person.signing, now)
    refuse_void(lead)
    if person not in signatories.missing(lead):
        raise NotWaiting
    others = {lead.invitation.email, *(each.email for each in lead.co_signatories if each is not person)}
    if email.casefold() in {each.casefold() for each in others}:
        raise NamingRefused("twice")
    if invitations.is_closed(session, lead.invitation.request, email):
        raise NamingRefused("closed")
    if email == person.email:
        return
    person.email, act = email, person.act
    _record(session, Deed.SIGNATORY_ADDRESS_CORRECTED, person, now=now, by=by)
    if act is None:
        return
    _end_link(session, act.invitation, now, by)
    act.invitation = invitations.invite_signatory(session, lead.invitation, person.name, email, now=now, by=by)
    act.code_sent_at, act.code_tries, person.asked_at = None, 0, now
    session.flush()
    _mail_link(session, person, catalogue, now)


def decline(session: Session, act: Signing, words: str, *, now: datetime, by: Actor) -> None:
    """Do not sign: the signing comes to nothing. A second time changes nothing.

    Raises:
        NotWaiting: this person has signed. LinkDead: the link is no longer good.
    """
    lead = hold(session, act, now)
    if act.place is None or act.accepted_at is not None:
        raise NotWaiting
    _void(session, lead, VoidReason.DECLINED, words=words, name=act.signatory_name, now=now, by=by)


def take_back(session: Session, lead: Signing, words: str, *, now: datetime, by: Actor) -> None:
    """End a signing that waits for others, by the one who began it. A second time changes nothing.

    Raises:
        NotWaiting: all have signed. LinkDead: the link is no longer good.
    """
    hold(session, lead, now)
    if lead.voided_at is None and not signatories.is_waiting(lead):
        raise NotWaiting
    _void(session, lead, VoidReason.TAKEN_BACK, words=words, name=lead.signatory_name, now=now, by=by)


def end_waiting(session: Session, assessment: Assessment, reason: VoidReason, *, now: datetime, by: Actor) -> None:
    """End the signing that waits on an assessment, if there is one: the buyer asks for something else.

    The signing is locked before the assessment, as those who sign do.
    """
    lead = assessment.awaiting
    if lead is None:
        return
    ledger.begin(session)
    session.refresh(lead, with_for_update=True)
    session.refresh(assessment, ["awaiting_id"], with_for_update=True)
    if assessment.awaiting_id == lead.id:
        _void(session, lead, reason, now=now, by=by)


def _void(
    session: Session, lead: Signing, reason: VoidReason, *, now: datetime, by: Actor, words: str = "", name: str = ""
) -> None:
    if lead.voided_at is not None:
        return
    ledger.begin(session)
    lead.voided_at, lead.void_reason, lead.void_words, lead.voided_by = now, reason, words[:LONGEST_REASON], name
    for preview in lead.previews:
        preview.assessment.awaiting_id = None
    data = {"why": reason.value, "signed": signatories.signed_count(lead), "of": len(lead.co_signatories) + 1}
    subject = ledger.subject_of("signing", lead.id)
    personal = {"name": name, "words": lead.void_words}
    ledger.record(session, Deed.SIGNING_VOIDED, subject, by=by, now=now, data=data, personal=personal)
    acts = [lead, *(each.act for each in lead.co_signatories if each.act)]
    for act in acts:
        outbox.queue(session, _void_draft(act, lead), now)


def _asked_now(session: Session, person: CoSignatory, now: datetime) -> Signing:
    lead = hold(session, person.signing, now)
    refuse_void(lead)
    if person.act is None or person.act.accepted_at is not None:
        raise NotWaiting
    return person.act


def _end_link(session: Session, invitation: Invitation, now: datetime, by: Actor) -> None:
    """Revoke a link that was made for signing only; a link to answer by goes on."""
    if invitation.role is InvitationRole.READER:
        invitations.revoke(session, invitation, now, by)


def _mail_link(
    session: Session, person: CoSignatory, catalogue: Catalogue, now: datetime, *, is_reminder: bool = False
) -> None:
    lead, act = person.signing, person.act
    if act is None:
        raise NotWaiting
    before = [lead.signatory_name, *(each.name for each in lead.co_signatories if each.position < person.position)]
    draft = messages.signature_wanted(
        messages.Reader(person.name, person.email, lead.language),
        invitations.asked_of(lead.invitation.request),
        invitation_id=act.invitation_id,
        signing_id=act.id,
        signed=before,
        count=len(lead.co_signatories) + 1,
        documents=signatories.titles_of(lead, catalogue),
        is_reminder=is_reminder,
    )
    outbox.queue(session, draft, now)


def _void_draft(act: Signing, lead: Signing) -> messages.Draft:
    return messages.signing_void(
        messages.Reader(act.signatory_name, act.invitation.email, act.language),
        invitations.asked_of(act.invitation.request),
        signing_id=lead.id,
        why=lead.void_reason.value if lead.void_reason else "",
        name=lead.voided_by,
        words=lead.void_words,
        had_signed=act.accepted_at is not None,
    )


def _record(session: Session, deed: Deed, person: CoSignatory, *, now: datetime, by: Actor) -> None:
    """Records stand under the leading act, so that its history tells of everybody."""
    count = len(person.signing.co_signatories) + 1
    data: dict[str, Any] = {"bound_to": person.signing.bound_to, "signature": person.position, "of": count}
    if person.act_id:
        data["act"] = str(person.act_id)
    personal = {"name": person.name, "title": person.title, "email": person.email}
    subject = ledger.subject_of("signing", person.signing_id)
    ledger.record(session, deed, subject, by=by, now=now, data=data, personal=personal)
