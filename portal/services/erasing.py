"""Erase a person: what the portal knows of a mailbox is taken away, and the ledger's proofs hold as before.

Names and addresses stand in rows of the register, in mails, and beside the ledger behind salted commitments. The ledger
itself has none. Signed declarations are kept until their retention has ended (GDPR article 17(3)(b) and (e)); a legal
hold keeps everything.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Contact,
    ContactSuggestion,
    CoSignatory,
    Declaration,
    Deed,
    Invitation,
    LedgerEvent,
    LedgerPersonalData,
    LegalHold,
    OutgoingMail,
    Preview,
    Signing,
    SupplierSession,
    User,
)
from portal.services import ledger, legal_holds
from portal.services.actors import Actor
from portal.services.ledger import subject_of
from portal.services.outbox import Trouble
from portal.services.retention import kept_until, nobody

AT_ONCE = 500


class Held(Exception):
    """A legal hold stands; nothing was erased."""

    def __init__(self, holds: list[LegalHold]) -> None:
        super().__init__("; ".join(f"{hold.supplier.name}: {hold.reason}" for hold in holds))
        self.holds = holds


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed declaration that names the person, and how long it is kept."""

    reference: str
    declaration_id: uuid.UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that is known of a mailbox."""

    email: str
    addresses: frozenset[str]
    """The mailbox, and others that the same contacts had, in small letters."""
    contacts: list[Contact]
    invitations: list[Invitation]
    suggestions: list[ContactSuggestion]
    signings: list[Signing]
    places: list[CoSignatory]
    """Among those who were to sign after the first."""
    mails: list[OutgoingMail]
    records: list[int]
    """Ledger records whose personal data are about the mailbox, or were left by who came from it."""
    kept: list[Kept]
    holds: list[LegalHold]
    account: bool
    """Whether somebody signs in with this address: that is not erased here, but closed by an administrator."""

    @property
    def is_anything(self) -> bool:
        """Return whether there is anything to erase."""
        return any((self.contacts, self.invitations, self.suggestions, self.places, self.mails, self.records))


def find(session: Session, email: str, retention_years: int) -> Found:
    """Return what is known of a mailbox; capital letters make no other."""
    email = email.strip()
    contacts = list(session.scalars(sa.select(Contact).where(_is(Contact.email, email))))
    invited = _is(Invitation.email, email) | Invitation.contact_id.in_([each.id for each in contacts])
    invitations = list(session.scalars(sa.select(Invitation).where(invited)))
    ids = [each.id for each in invitations]
    signings = list(session.scalars(sa.select(Signing).where(Signing.invitation_id.in_(ids))))
    suggestions = list(session.scalars(sa.select(ContactSuggestion).where(_is(ContactSuggestion.email, email))))
    known = [email, *(each.email for each in contacts), *(each.email for each in invitations)]
    addresses = frozenset(each.lower() for each in known if each)
    return Found(
        email=email,
        addresses=addresses,
        contacts=contacts,
        invitations=invitations,
        suggestions=suggestions,
        signings=signings,
        places=_places(session, addresses, signings),
        mails=_mails(session, addresses, invitations, signings, suggestions),
        records=list(_records(session, addresses, invitations, signings)),
        kept=list(_kept(session, signings, retention_years)),
        holds=legal_holds.standing(session, _suppliers(contacts, invitations, suggestions)),
        account=session.scalar(sa.select(sa.exists().where(_is(User.email, email)))) or False,
    )


def erase(session: Session, email: str, basis: str, retention_years: int, *, now: datetime, by: Actor) -> Found:
    """Erase what is known of a mailbox, in one transaction with the look for holds; return what it was.

    Raises:
        Held: a legal hold stands on a supplier that the person stands for.
    """
    ledger.begin(session)  # a hold is placed in the same queue, so before this or after it
    found = find(session, email, retention_years)
    if found.holds:
        raise Held(found.holds)
    _erase_rows(session, found, now)
    for start in range(0, len(found.records), AT_ONCE):
        some = found.records[start : start + AT_ONCE]
        session.execute(sa.delete(LedgerPersonalData).where(LedgerPersonalData.seq.in_(some)))
    data = {
        "records": found.records,
        "contacts": [str(each.id) for each in found.contacts],
        "invitations": [str(each.id) for each in found.invitations],
        "mails": len(found.mails),
        "kept": [each.reference for each in found.kept],
    }
    ledger.record(
        session, Deed.PERSON_ERASED, subject_of("erasure", uuid.uuid4()), by=by, now=now, data=data,
        personal={"basis": basis} if basis else None,
    )  # fmt: skip
    return found


def _erase_rows(session: Session, found: Found, now: datetime) -> None:
    for contact in found.contacts:
        contact.name, contact.email, contact.erased_at = "", nobody(contact.id), now
        contact.retired_at = contact.retired_at or now
    for invitation in found.invitations:
        invitation.email, invitation.revoked_at = nobody(invitation.id), invitation.revoked_at or now
    open_visits = SupplierSession.invitation_id.in_([each.id for each in found.invitations])
    session.execute(
        sa.update(SupplierSession).where(open_visits, SupplierSession.ended_at.is_(None)).values(ended_at=now)
    )
    for suggestion in found.suggestions:
        suggestion.name, suggestion.email, suggestion.reason = "", nobody(suggestion.id), ""
    for signing in found.signings:
        _erase_signing(signing)
    for place in found.places:
        place.email = nobody(place.id)
        if place.act is None or place.act.accepted_at is None:
            place.name, place.title = "", ""
    for mail in found.mails:
        _erase_mail(mail, found, now)
    session.flush()


def _erase_signing(signing: Signing) -> None:
    """What was declared keeps the name; what was not, and the words with which somebody declined, go."""
    signing.evidence = None
    if signing.lead.voided_by == signing.signatory_name:
        signing.lead.void_words, signing.lead.voided_by = "", ""
    if signing.accepted_at is None:
        signing.signatory_name, signing.signatory_title = "", ""
        for preview in signing.previews:
            preview.brought = None


def _erase_mail(mail: OutgoingMail, found: Found, now: datetime) -> None:
    """Empty a mail that was sent; one that waits for the person is not sent any more, one for somebody else is."""
    is_theirs = mail.to_email.lower() in found.addresses
    if mail.sent_at is None and mail.failed_at is None:
        if not is_theirs:
            return
        mail.failed_at, mail.next_try_at, mail.last_error = now, None, Trouble.LINK_REVOKED.value
    mail.facts = {}
    if is_theirs:
        mail.to_name, mail.to_email = "", nobody(mail.id)


def _mails(
    session: Session,
    addresses: frozenset[str],
    invitations: list[Invitation],
    signings: list[Signing],
    suggestions: list[ContactSuggestion],
) -> list[OutgoingMail]:
    """Return those to the mailbox, and those to others that name the person."""
    signed = sa.select(Declaration.id).join(Preview, Preview.id == Declaration.preview_id)
    declared = session.scalars(signed.where(Preview.signing_id.in_([each.id for each in signings])))
    made = session.scalars(
        sa.select(ContactSuggestion.id).where(ContactSuggestion.invitation_id.in_([each.id for each in invitations]))
    )
    about = [subject_of("suggestion", each) for each in {*made, *(each.id for each in suggestions)}]
    about += [subject_of("declaration", each) for each in declared]
    about += [subject_of("signing", each.id) for each in signings]
    about += [subject_of("invitation", each.id) for each in invitations]
    is_theirs = sa.func.lower(OutgoingMail.to_email).in_(addresses) | OutgoingMail.subject.in_(about)
    return list(session.scalars(sa.select(OutgoingMail).where(is_theirs)))


def _places(session: Session, addresses: frozenset[str], signings: list[Signing]) -> list[CoSignatory]:
    is_theirs = sa.func.lower(CoSignatory.email).in_(addresses) | CoSignatory.act_id.in_([each.id for each in signings])
    return list(session.scalars(sa.select(CoSignatory).where(is_theirs)))


def _records(
    session: Session, addresses: frozenset[str], invitations: list[Invitation], signings: list[Signing]
) -> Iterator[int]:
    """Yield the records with personal data that name the mailbox, are about its links, or were left by those.

    What is known of accounts stays: they are closed by an administrator, and name those who acted.
    """
    named = re.compile(rf"(?<![\w.+-])({'|'.join(map(re.escape, addresses)) or '(?!)'})(?![\w-]|\.\w)")
    links = {str(each.id) for each in invitations}
    subjects = {subject_of("invitation", each) for each in links}
    subjects |= {subject_of("signing", each.id) for each in signings}
    query = sa.select(LedgerEvent, LedgerPersonalData.payload).join(
        LedgerPersonalData, LedgerPersonalData.seq == LedgerEvent.seq
    )
    for event, payload in session.execute(query.order_by(LedgerEvent.seq).execution_options(yield_per=AT_ONCE)):
        is_about = event.subject in subjects or json.loads(event.record)["actor"]["id"] in links
        is_account = event.subject.startswith("user:")
        if is_about or (not is_account and named.search(payload.decode(errors="replace").lower())):
            yield event.seq


def _kept(session: Session, signings: list[Signing], retention_years: int) -> Iterator[Kept]:
    query = (
        sa.select(Declaration)
        .join(Preview, Preview.id == Declaration.preview_id)
        .where(Preview.signing_id.in_([each.id for each in signings]), Declaration.deleted_at.is_(None))
        .order_by(Declaration.accepted_at)
    )
    for declaration in session.scalars(query):
        yield Kept(declaration.reference, declaration.id, kept_until(declaration, retention_years))


def _suppliers(
    contacts: list[Contact], invitations: list[Invitation], suggestions: list[ContactSuggestion]
) -> set[uuid.UUID]:
    found = {each.supplier_id for each in contacts} | {each.request.supplier_id for each in invitations}
    return found | {each.invitation.request.supplier_id for each in suggestions}


def _is(column: sa.orm.InstrumentedAttribute[str], email: str) -> sa.ColumnElement[bool]:
    return sa.func.lower(column) == email.lower()
