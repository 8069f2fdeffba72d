"""One person's link to a request, and the visits by it."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId, one_of
from portal.models.campaigns import Request
from portal.models.suppliers import Contact
from portal.models.users import User


class InvitationRole(enum.StrEnum):
    """What the invited person may do."""

    SIGNATORY = "signatory"
    """Answers and signs."""
    RESPONDENT = "respondent"
    """Answers."""
    READER = "reader"
    """Reads; and signs, where somebody who signs first has named this person."""


class Invitation(WithId, Base):
    """A link for one mailbox; the link itself is never stored, it is made of id and generation when mailed."""

    __tablename__ = "invitations"

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contacts.id"))
    role: Mapped[InvitationRole] = mapped_column(one_of(InvitationRole, "role"), default=InvitationRole.SIGNATORY)
    email: Mapped[str] = mapped_column(sa.String(254))
    """The address that the link goes to, as it stood when the invitation was made."""
    language: Mapped[str] = mapped_column(sa.String(8))
    generation: Mapped[int] = mapped_column(default=1)
    """Rises when a link is renewed; links of older generations are dead."""
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    """When the newest generation was made."""
    opened_at: Mapped[datetime | None]
    """When a person first pressed the button."""
    revoked_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("request_id", "email"),)

    request: Mapped[Request] = relationship(back_populates="invitations")
    contact: Mapped[Contact] = relationship()


class SupplierSession(WithId, Base):
    """One visit by link; dies with its generation, with revocation, or when the person leaves."""

    __tablename__ = "supplier_sessions"

    invitation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("invitations.id"), index=True)
    generation: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship(lazy="joined", innerjoin=True)


class ContactSuggestion(WithId, Base):
    """A better contact, named by somebody who was the wrong one; a buyer decides."""

    __tablename__ = "contact_suggestions"

    invitation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("invitations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(8))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    accepted: Mapped[bool | None]

    __table_args__ = (
        sa.CheckConstraint(
            "(decided_at IS NULL) = (accepted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_whole",
        ),
    )

    invitation: Mapped[Invitation] = relationship()
    decided_by: Mapped[User | None] = relationship()
