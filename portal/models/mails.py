"""The outbox: what is to be mailed, written in the transaction of the deed."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, WithId


class MailState(enum.StrEnum):
    """Where a mail stands; worked out from its facts."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(WithId, Base):
    """A mail by kind and facts; its text, with links and codes, is made when it is sent and kept nowhere."""

    __tablename__ = "outgoing_mails"

    kind: Mapped[str] = mapped_column(sa.String(48))
    """Name of the folder under templates/emails/."""
    to_name: Mapped[str] = mapped_column(sa.String(200), default="")
    to_email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(8))
    facts: Mapped[dict[str, Any]]
    """Ids and plain words that the text is made of; never a link or a code."""
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    """Whom it is about (`invitation:<uuid>`), so that a buyer can find it."""
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    """None when there is nothing more to do. Also the claim of a worker that is sending it."""
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (sa.CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="sent_or_failed"),)

    @property
    def state(self) -> MailState:
        """Return where it stands."""
        if self.sent_at:
            return MailState.SENT
        return MailState.FAILED if self.failed_at else MailState.WAITING
