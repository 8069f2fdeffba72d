"""Alarms by mail: what an administrator should look at today comes once a day, until it is mended.

That mails are late is no alarm of this kind: it would be one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.mail import messages
from portal.mail.messages import Reader
from portal.models import OutgoingMail, Role, User
from portal.services import lasting, operations, outbox

BETWEEN = timedelta(hours=24)
KIND = "operations_alarm"
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at."""

    code: str
    """`stuck`, `failed-mails`, `decaying`, `fading` or `ends`."""
    count: int = 1
    name: str = ""
    """References, or the file that ends."""
    day: str = ""
    """On which it ends, in ISO 8601."""

    @property
    def subject_id(self) -> str:
        """By which the last mail about it is found."""
        return f"alarm:{self.code}:{self.name if self.code == 'ends' else ''}"[:80]


def tell(session: Session, data_dir: Path, keys_dir: Path, language: str, now: datetime) -> int:
    """Queue a mail to each administrator about each alarm of which none was queued today; return how many.

    The caller commits.
    """
    found = list(_alarms(session, data_dir, keys_dir, now))
    if not found:
        return 0
    # two workers queue up here, so that one of them sees the other's mails
    may = sa.select(User).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None)).with_for_update()
    readers = [Reader(each.name, each.email, each.language or language) for each in session.scalars(may)]
    recent = sa.select(OutgoingMail.subject, OutgoingMail.to_email)
    recent = recent.where(OutgoingMail.kind == KIND, OutgoingMail.queued_at > now - BETWEEN)
    told = {(subject, email) for subject, email in session.execute(recent)}
    due = [(alarm, reader) for alarm in found for reader in readers if (alarm.subject_id, reader.email) not in told]
    for alarm, reader in due:
        draft = messages.operations_alarm(
            reader, alarm=alarm.code, count=alarm.count, name=alarm.name, day=alarm.day, subject_id=alarm.subject_id
        )
        outbox.queue(session, draft, now)
    return len(due)


def _alarms(session: Session, data_dir: Path, keys_dir: Path, now: datetime) -> Iterator[Alarm]:
    found, outlook = operations.look(session, keys_dir, now), lasting.last(data_dir)
    counts = {
        "stuck": sum(operations.is_stuck(each, now) for each in found.waiting),
        "failed-mails": found.failed_mails,
        "decaying": found.decaying,
    }
    yield from (Alarm(code, count) for code, count in counts.items() if count)
    if outlook and outlook.troubles:
        names = ", ".join(sorted(outlook.troubles)[:MOST_NAMED])
        yield Alarm("fading", len(outlook.troubles), names)
    for ending in found.ends:
        if operations.warning_before(ending, now):
            yield Alarm("ends", name=ending.name, day=ending.at.date().isoformat())
