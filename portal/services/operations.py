"""How the portal is doing: what waits for too long, what ends soon. For administrators, and for the worker's log."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Checkpoint, Declaration, OutgoingMail
from portal.pdf.key_folder import Ending, endings
from portal.pdf.seal_check import Finding
from portal.services import checkpoints, renewing, seal_checks
from portal.services.outbox import Trouble

STUCK = timedelta(minutes=5)
"""A declaration that waits longer for its seal is an alarm: the supplier was told that it comes in a moment."""
LATE_MAIL = timedelta(minutes=15)
MISSED = (Trouble.REFUSED, Trouble.GAVE_UP, Trouble.ADDRESS_INVALID, Trouble.HELD, Trouble.INTERNAL)
REMEMBERED = timedelta(days=30)
"""How long a mail that failed is spoken of."""
WARNINGS = tuple(timedelta(days=days) for days in (7, 30, 60))
"""How long before a certificate ends it is warned of; the shortest first."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Operations:
    """What an administrator should know."""

    waiting: tuple[Declaration, ...]
    """Accepted and not sealed yet, the oldest first."""
    late_mails: int
    failed_mails: int
    decaying: int
    """Declarations whose last time stamp should be renewed now."""
    checkpoint: Checkpoint | None
    ends: tuple[Ending, ...]
    """Certificates and lists, the first to end first."""
    seal: tuple[Finding, ...]
    """What keeps the seal from sealing."""
    seal_checked_at: datetime | None
    """When the worker has last asked its key."""


def look(session: Session, keys_dir: Path, now: datetime) -> Operations:
    """Return how things stand; raise CertificateError where a certificate cannot be read."""
    unsigned = sa.select(Declaration).where(Declaration.signed_at.is_(None)).order_by(Declaration.accepted_at)
    late = sa.and_(
        OutgoingMail.sent_at.is_(None), OutgoingMail.failed_at.is_(None), OutgoingMail.queued_at < now - LATE_MAIL
    )
    return Operations(
        waiting=tuple(session.scalars(unsigned.limit(100))),
        late_mails=_count(session, late),
        failed_mails=_count(session, _failed_since(now - REMEMBERED)),
        decaying=len(renewing.due(session, now)),
        checkpoint=checkpoints.newest(session),
        ends=tuple(sorted(endings(keys_dir), key=lambda each: each.at)),
        seal=tuple(seal_checks.findings(keys_dir, now)),
        seal_checked_at=seal_checks.last_checked(keys_dir.parent),
    )


def is_stuck(declaration: Declaration, now: datetime) -> bool:
    """Return whether a declaration that is not sealed waits for too long."""
    return declaration.signed_at is None and now - declaration.accepted_at > STUCK


def warning_before(ending: Ending, now: datetime) -> timedelta | None:
    """Return the shortest of the `WARNINGS` that an ending lies within; None while it is far away."""
    return next((each for each in WARNINGS if ending.at - now <= each), None)


def raise_alarms(session: Session, keys_dir: Path, now: datetime) -> None:
    """Write into the log what somebody should look at today."""
    found = look(session, keys_dir, now)
    for declaration in found.waiting:
        if is_stuck(declaration, now):
            log.critical(
                "declaration %s has waited for its seal since %s (%d tries): %s",
                declaration.reference, declaration.accepted_at, declaration.sealing_tries, declaration.sealing_error,
            )  # fmt: skip
    for ending in found.ends:
        if warning_before(ending, now):
            log.critical("%s ends on %s: make a new one before", ending.name, ending.at)
    for each in found.seal:
        log.critical("nothing is sealed: %s %s", each.problem.value, each.detail)


def _failed_since(moment: datetime) -> sa.ColumnElement[bool]:
    """Mails that somebody misses; one whose link or code was of no use any more is not among them."""
    troubles = [OutgoingMail.last_error.startswith(trouble.value) for trouble in MISSED]
    return sa.and_(OutgoingMail.failed_at > moment, sa.or_(*troubles))


def _count(session: Session, condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail).where(condition)) or 0
