"""Composing a mail at the moment of sending: links and codes are made here and kept nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.config import DAYS_LINK_LASTS, MINUTES_CODE_LASTS
from portal.mail.message import AddressInvalid, File, Mail, plain_address
from portal.mail.rendering import render
from portal.models import Invitation, OutgoingMail, Signing
from portal.services.links import Links, code_expires_at, link_expires_at
from portal.storage import Store

PDF = "application/pdf"


class Unsendable(Exception):
    """The mail must not be sent any more; the code says why (see outbox.Trouble)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Letterhead:
    """What composing needs from an installation."""

    links: Links
    store: Store
    organisation: str
    base_url: str
    mail_from: str
    host: str
    """For Message-IDs."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail, and which of its words must not be written down anywhere."""

    mail: Mail
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Enclosure:
    """What a kind of mail adds to its facts."""

    names: dict[str, Any] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    secrets: tuple[str, ...] = ()


def compose(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> Composed:
    """Return a mail as it goes out now.

    Raises:
        Unsendable: its link or code is of no use any more, or its address is none.
    """
    enclosure = _ENCLOSING.get(mail.kind, _nothing)(session, mail, letterhead, now)
    words = render(
        mail.kind,
        mail.language,
        {
            "organisation": letterhead.organisation,
            "portal_address": letterhead.base_url,
            "to_name": mail.to_name,
            "minutes_code_lasts": MINUTES_CODE_LASTS,
            "days_link_lasts": DAYS_LINK_LASTS,
            "asked_by_email": "",
            **mail.facts,
            **enclosure.names,
        },
    )
    ready = Mail(
        message_id=f"<{mail.id}@{letterhead.host}>",
        sender_name=letterhead.organisation,
        sender_email=letterhead.mail_from,
        to_name=mail.to_name,
        to_email=_checked(mail.to_email),
        subject=words.subject,
        text=words.text,
        html=words.html,
        date=now,
        files=enclosure.files,
        reply_to=mail.facts.get("asked_by_email", ""),
    )
    return Composed(ready, enclosure.secrets)


def _nothing(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> _Enclosure:
    del session, mail, letterhead, now
    return _Enclosure()


def _link(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> _Enclosure:
    invitation = session.get(Invitation, uuid.UUID(mail.facts["invitation_id"]))
    if invitation is None:
        raise Unsendable("thing-gone")
    _refuse(invitation.email != mail.to_email, "address-changed")
    _refuse_dead(invitation)
    _refuse(link_expires_at(invitation) <= now, "link-expired")
    link = letterhead.links.address(invitation)
    names = {"link": link, "link_ends_on": link_expires_at(invitation).date()}
    return _Enclosure(names, secrets=(link, link.rpartition("/")[2]))


def _wanted(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> _Enclosure:
    act = session.get(Signing, uuid.UUID(mail.facts["signing_id"]))
    _refuse(act is None or act.accepted_at is not None or act.lead.voided_at is not None, "thing-gone")
    return _link(session, mail, letterhead, now)


def _code(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> _Enclosure:
    signing = session.get(Signing, uuid.UUID(mail.facts["signing_id"]))
    if signing is None:
        raise Unsendable("thing-gone")
    _refuse(signing.invitation.email != mail.to_email, "address-changed")
    _refuse_dead(signing.invitation)
    _refuse(signing.accepted_at is not None, "code-used")
    expires_at = code_expires_at(signing)
    _refuse(expires_at is None or expires_at <= now, "code-expired")
    code = letterhead.links.code(signing)
    return _Enclosure({"code": code}, secrets=(code,))


def _attachments(session: Session, mail: OutgoingMail, letterhead: Letterhead, now: datetime) -> _Enclosure:
    del session, now
    wanted = mail.facts["files"]
    files = tuple(File(file["filename"], PDF, letterhead.store.get(file["sha256"])) for file in wanted)
    return _Enclosure(files=files)


_ENCLOSING: dict[str, Callable[[Session, OutgoingMail, Letterhead, datetime], _Enclosure]] = {
    "invitation": _link,
    "invitation_renewed": _link,
    "questions_returned": _link,
    "signature_wanted": _wanted,
    "signing_code": _code,
    "receipt": _attachments,
}
"""Kind of mail → what it encloses; a kind that is not here encloses nothing."""


def _refuse_dead(invitation: Invitation) -> None:
    _refuse(invitation.revoked_at is not None, "link-revoked")
    _refuse(invitation.request.withdrawn_at is not None, "request-withdrawn")


def _refuse(refused: bool, code: str) -> None:
    if refused:
        raise Unsendable(code)


def _checked(email: str) -> str:
    try:
        return plain_address(email)
    except AddressInvalid as error:
        raise Unsendable("address-invalid") from error
