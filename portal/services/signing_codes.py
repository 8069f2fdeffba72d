"""The six digits that go to the signatory's mailbox: how often they are sent, how often they may be tried."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import CODE_TRIES
from portal.mail import messages
from portal.models import Deed, Invitation, OutgoingMail, Signing
from portal.services import ledger, outbox
from portal.services.actors import Actor
from portal.services.links import Links, code_expires_at

METHOD = "code-by-mail"
"""How the signatory was recognised, as the ledger says it."""
SENDS_AN_HOUR = 3
_HOUR = timedelta(hours=1)
_KIND = "signing_code"


class Refusal(enum.StrEnum):
    """Why a code is not taken."""

    NOT_SENT = "not-sent"
    EXPIRED = "expired"
    TRIES_USED_UP = "tries-used-up"
    WRONG = "wrong"


class CodeRefused(Exception):
    """The code is not taken; the caller keeps the transaction, for the try counts."""

    def __init__(self, refusal: Refusal, tries_left: int) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.tries_left = tries_left


class TooManyCodes(Exception):
    """So many codes were sent within the hour that the next must wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no code before {until.isoformat()}")
        self.until = until


def send(session: Session, signing: Signing, documents: Sequence[str], *, now: datetime, by: Actor) -> None:
    """Mail a new code to the invitation's address; codes sent before are dead.

    Args:
        session: the request's.
        signing: what is to be signed.
        documents: their titles, in the language of the signing.
        now: the code lasts from here.
        by: who asks.

    Raises:
        TooManyCodes: three were sent within the last hour, whatever for.
    """
    ledger.begin(session)
    # so that two requests at once cannot both count before either has sent
    invitation = session.get_one(Invitation, signing.invitation_id, with_for_update=True, populate_existing=True)
    session.refresh(signing)
    sent = _sent_within_the_hour(session, invitation, now)
    if len(sent) >= SENDS_AN_HOUR:
        raise TooManyCodes(sent[-SENDS_AN_HOUR] + _HOUR)
    signing.code_sent_at, signing.code_tries = now, 0
    signing.code_sends += 1
    reader = messages.Reader(signing.signatory_name, invitation.email, signing.language)
    supplier = invitation.request.supplier.name
    outbox.queue(
        session, messages.signing_code(reader, signing_id=signing.id, supplier=supplier, documents=documents), now
    )
    data = {"bound_to": signing.bound_to, "sending": signing.code_sends}
    _record(session, Deed.CODE_SENT, signing, now=now, by=by, data=data)


def check(session: Session, signing: Signing, typed: str, *, links: Links, now: datetime, by: Actor) -> None:
    """Take a code, or count the try; the caller holds the signing's row.

    Raises:
        CodeRefused: with the reason and the tries that are left.
    """
    expires_at = code_expires_at(signing)
    if expires_at is None:
        raise CodeRefused(Refusal.NOT_SENT, 0)
    if now >= expires_at:
        raise CodeRefused(Refusal.EXPIRED, 0)
    if signing.code_tries >= CODE_TRIES:
        raise CodeRefused(Refusal.TRIES_USED_UP, 0)
    if links.code_fits(signing, typed):
        return
    signing.code_tries += 1
    _record(session, Deed.CODE_REFUSED, signing, now=now, by=by, data={"try": signing.code_tries})
    left = CODE_TRIES - signing.code_tries
    raise CodeRefused(Refusal.WRONG if left else Refusal.TRIES_USED_UP, left)


def is_waiting(signing: Signing, now: datetime) -> bool:
    """Return whether a code is out that can still be typed."""
    expires_at = code_expires_at(signing)
    return expires_at is not None and now < expires_at and signing.code_tries < CODE_TRIES


def _sent_within_the_hour(session: Session, invitation: Invitation, now: datetime) -> list[datetime]:
    """All codes to this invitation count, so that a new preview buys no new tries."""
    signings = session.scalars(sa.select(Signing.id).where(Signing.invitation_id == invitation.id))
    subjects = [ledger.subject_of("signing", each) for each in signings]
    query = sa.select(OutgoingMail.queued_at).where(
        OutgoingMail.kind == _KIND, OutgoingMail.subject.in_(subjects), OutgoingMail.queued_at > now - _HOUR
    )
    return list(session.scalars(query.order_by(OutgoingMail.queued_at)))


def _record(session: Session, deed: Deed, signing: Signing, *, now: datetime, by: Actor, data: dict[str, Any]) -> None:
    ledger.record(session, deed, ledger.subject_of("signing", signing.id), by=by, now=now, data=data)
