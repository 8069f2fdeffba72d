"""The outbox: mails are queued in the transaction of the deed, claimed by a worker, sent outside of any.

A mail is sent at least once: a worker that dies between the server's answer and the note of it leaves a mail
that is sent again, under the same Message-ID.
"""

from __future__ import annotations

import enum
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.failpoints import Point, reach
from portal.mail.messages import Draft
from portal.mail.transports import MailDelayed, MailRefused, Transport
from portal.models import (
    Assessment,
    ContactSuggestion,
    Declaration,
    Deed,
    Invitation,
    OutgoingMail,
    Request,
    Signing,
)
from portal.models.engine import reading
from portal.services import ledger
from portal.services.actors import Actor
from portal.services.ledger import subject_of
from portal.services.posting import Letterhead, Unsendable, compose

LEASE = timedelta(minutes=15)
"""How long a worker that claimed a mail may take before another may try."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after the first, second … failed try; the last one counts for all that follow."""
GIVE_UP_AFTER = timedelta(days=2)
CLAIMED_AT_ONCE = 5
"""So few that a worker is done with them well within the lease, however slow the server."""
URGENT = ("signing_code",)
"""Kinds that somebody sits and waits for: they overtake a campaign's thousand invitations."""
MOST_TRIES = 40
"""An end even for a mail that takes its worker down each time."""
STOP = "UPDATE outgoing_mails SET next_try_at = NULL"
"""What keeps every mail from being claimed, in a database that is not yet ready for more."""

log = logging.getLogger(__name__)


class Trouble(enum.StrEnum):
    """Why a mail was not sent, as the first word of `last_error`; a detail may follow after a colon."""

    REFUSED = "refused"
    """By the recipient's or our own mail server, for good."""
    DELAYED = "delayed"
    """For now; it will be tried again."""
    GAVE_UP = "gave-up"
    """Delayed for two days."""
    ADDRESS_INVALID = "address-invalid"
    ADDRESS_CHANGED = "address-changed"
    """Link or code belong to another address than the mail does."""
    LINK_REVOKED = "link-revoked"
    LINK_EXPIRED = "link-expired"
    REQUEST_WITHDRAWN = "request-withdrawn"
    CODE_EXPIRED = "code-expired"
    CODE_USED = "code-used"
    """The signing is done; the code is of no use any more."""
    THING_GONE = "thing-gone"
    """What the mail is about is no longer there."""
    HELD = "held"
    """The portal was restored from a backup, and cannot know whether the mail went out since."""
    INTERNAL = "internal"
    """A fault of the portal; the worker's log says more."""


def queue(session: Session, draft: Draft, now: datetime) -> OutgoingMail:
    """Put a mail into the outbox, in the transaction of the deed; the web then wakes the worker."""
    mail = OutgoingMail(
        kind=draft.kind,
        to_name=draft.to_name[:200],
        to_email=draft.to_email,
        language=draft.language,
        facts=dict(draft.facts),
        subject=draft.subject_id,
        queued_at=now,
        next_try_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def claim_due(session: Session, now: datetime, limit: int = CLAIMED_AT_ONCE) -> list[uuid.UUID]:
    """Claim mails whose time has come; nobody else gets them until the lease is over. The caller commits."""
    due = OutgoingMail.next_try_at <= now
    urgent_first = sa.case((OutgoingMail.kind.in_(URGENT), 0), else_=1)
    chosen = (
        sa.select(OutgoingMail.id)
        .where(due)
        .order_by(urgent_first, OutgoingMail.next_try_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    claim = (
        sa.update(OutgoingMail)
        .where(OutgoingMail.id.in_(sa.select(chosen.c.id)), due)
        .values(next_try_at=now + LEASE, tries=OutgoingMail.tries + 1)
        .returning(OutgoingMail.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(claim))


def has_due(session: Session, now: datetime) -> bool:
    """Return whether a mail waits to be sent."""
    return session.scalar(sa.select(sa.exists().where(OutgoingMail.next_try_at <= now))) or False


def mails_about(session: Session, *subjects: str) -> list[OutgoingMail]:
    """Return the mails about some things (`invitation:<uuid>`), newest first."""
    query = sa.select(OutgoingMail).where(OutgoingMail.subject.in_(subjects))
    return list(session.scalars(query.order_by(OutgoingMail.queued_at.desc())))


def mails_of(session: Session, requests: Iterable[Request]) -> list[OutgoingMail]:
    """Return all mails that some requests led to, whoever they are for, newest first."""
    asked = [request.id for request in requests]
    invited = sa.select(Invitation.id).where(Invitation.request_id.in_(asked))
    found = {
        "invitation": invited,
        "suggestion": sa.select(ContactSuggestion.id).where(ContactSuggestion.invitation_id.in_(invited)),
        "signing": sa.select(Signing.id).where(Signing.invitation_id.in_(invited)),
        "declaration": sa.select(Declaration.id).join(Declaration.assessment).where(Assessment.request_id.in_(asked)),
    }
    return mails_about(
        session, *(subject_of(kind, each) for kind, query in found.items() for each in session.scalars(query))
    )


def request_of(session: Session, mail: OutgoingMail) -> uuid.UUID | None:
    """Return the request that led to a mail; None where it is gone."""
    kind, _, identity = mail.subject.partition(":")
    queries = {
        "invitation": sa.select(Invitation.request_id).where(Invitation.id == sa.bindparam("it")),
        "suggestion": sa.select(Invitation.request_id)
        .join(ContactSuggestion, ContactSuggestion.invitation_id == Invitation.id)
        .where(ContactSuggestion.id == sa.bindparam("it")),
        "signing": sa.select(Invitation.request_id)
        .join(Signing, Signing.invitation_id == Invitation.id)
        .where(Signing.id == sa.bindparam("it")),
        "declaration": sa.select(Assessment.request_id)
        .join(Declaration, Declaration.assessment_id == Assessment.id)
        .where(Declaration.id == sa.bindparam("it")),
    }
    return session.scalar(queries[kind], {"it": uuid.UUID(identity)}) if kind in queries else None


def try_again(session: Session, mail: OutgoingMail, *, now: datetime, by: Actor) -> bool:
    """Let a failed mail begin anew; return whether it had failed. Any other stays as it is."""
    ledger.begin(session)
    session.refresh(mail, with_for_update=True)
    if mail.failed_at is None:
        return False
    mail.failed_at, mail.next_try_at, mail.tries, mail.queued_at = None, now, 0, now
    data = {"kind": mail.kind, "about": mail.subject}
    ledger.record(session, Deed.MAIL_RETRIED, subject_of("mail", mail.id), by=by, now=now, data=data)
    return True


def hold_all(session: Session, now: datetime) -> int:
    """Send none of the mails that wait, unless a buyer has one sent again; return how many they were."""
    waiting = sa.update(OutgoingMail).where(OutgoingMail.sent_at.is_(None), OutgoingMail.failed_at.is_(None))
    held = waiting.values(failed_at=now, next_try_at=None, last_error=Trouble.HELD.value).returning(OutgoingMail.id)
    return len(session.scalars(held.execution_options(synchronize_session=False)).all())


def trouble_of(mail: OutgoingMail) -> tuple[Trouble, str] | None:
    """Return why a mail has not been sent, and the mail server's words, if any."""
    if not mail.last_error:
        return None
    word, _, detail = mail.last_error.partition(": ")
    return Trouble(word), detail


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a try ended."""

    trouble: Trouble | None = None
    detail: str = ""
    final: bool = True

    @property
    def error(self) -> str | None:
        """What the row remembers."""
        if self.trouble is None:
            return None
        return f"{self.trouble.value}: {self.detail}" if self.detail else self.trouble.value


def send_one(
    new_session: sessionmaker[Session],
    mail_id: uuid.UUID,
    *,
    letterhead: Letterhead,
    transport: Transport,
    now: datetime,
) -> None:
    """Send a claimed mail and note how it went.

    Args:
        new_session: makes the sessions: one to read before sending, one to write after.
        mail_id: from `claim_due`.
        letterhead: what composing needs from the installation.
        transport: takes the mail away; no transaction is open meanwhile.
        now: the moment of this try.
    """
    outcome = _attempt(new_session, mail_id, letterhead, transport, now)
    if outcome is None:
        return
    reach(Point.MAIL_UNMARKED)
    with new_session.begin() as session:
        mail = session.get(OutgoingMail, mail_id, with_for_update=True)
        if mail is not None and mail.sent_at is None:
            _note(mail, outcome, now)


def send_due(
    new_session: sessionmaker[Session],
    *,
    letterhead: Letterhead,
    transport: Transport,
    now: Callable[[], datetime],
) -> bool:
    """Send some of the mails whose time has come; return whether there may be more."""
    with new_session.begin() as session:
        claimed = claim_due(session, now())
    reach(Point.MAILS_CLAIMED)
    for mail_id in claimed:
        send_one(new_session, mail_id, letterhead=letterhead, transport=transport, now=now())
    return len(claimed) == CLAIMED_AT_ONCE


def _attempt(
    new_session: sessionmaker[Session],
    mail_id: uuid.UUID,
    letterhead: Letterhead,
    transport: Transport,
    now: datetime,
) -> _Outcome | None:
    """Compose and send; None when there is nothing to send."""
    secrets: tuple[str, ...] = ()
    try:
        with _reading(new_session) as session:
            mail = session.get(OutgoingMail, mail_id)
            if mail is None or mail.sent_at or mail.failed_at:
                return None
            composed = compose(session, mail, letterhead, now)
        secrets = composed.secrets
        transport.send(composed.mail.as_email())
    except Unsendable as error:
        return _Outcome(Trouble(error.code))
    except MailRefused as error:
        return _Outcome(Trouble.REFUSED, _without(str(error), secrets))
    except MailDelayed as error:
        return _Outcome(Trouble.DELAYED, _without(str(error), secrets), final=False)
    except Exception as error:
        # one mail that cannot be made must not keep the others from being sent
        log.exception("mail %s could not be sent", mail_id)
        return _Outcome(Trouble.INTERNAL, type(error).__name__, final=False)
    return _Outcome()


@contextmanager
def _reading(new_session: sessionmaker[Session]) -> Iterator[Session]:
    """A session that takes no write lock, so that composing holds nobody up."""
    before = reading.set(True)
    try:
        with new_session() as session:
            yield session
    finally:
        reading.reset(before)


def _note(mail: OutgoingMail, outcome: _Outcome, now: datetime) -> None:
    mail.last_error = outcome.error
    if outcome.trouble is None:
        mail.sent_at, mail.failed_at, mail.next_try_at = now, None, None
        return
    wait = WAITS[min(max(mail.tries, 1), len(WAITS)) - 1]
    over = now + wait > mail.queued_at + GIVE_UP_AFTER or mail.tries >= MOST_TRIES
    if outcome.final or over:
        mail.failed_at, mail.next_try_at = now, None
        if not outcome.final:
            mail.last_error = f"{Trouble.GAVE_UP.value}: {outcome.detail}"
    else:
        mail.next_try_at = now + wait


def _without(words: str, secrets: tuple[str, ...]) -> str:
    """A server that quotes the mail must not bring its link or code into the database."""
    for secret in secrets:
        words = words.replace(secret, "…")
    return words
