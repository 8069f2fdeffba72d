"""One questionnaire in a request: its answers and files."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, Json, WithId
from portal.models.campaigns import Request
from portal.models.users import User

if TYPE_CHECKING:
    from portal.models.declarations import Declaration, Signing
    from portal.models.reviews import Note


class Assessment(WithId, Base):
    """One questionnaire edition, asked of one supplier."""

    __tablename__ = "assessments"

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[str] = mapped_column(sa.String(32))
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    """Rises with every saved answer; a preview of an older version cannot be signed."""
    changed_at: Mapped[datetime | None]
    """When an answer was last saved."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What was known of the supplier when it was asked (see `questionnaires.facts`); the register may change since.

    An addendum to its own code is added when it is issued; each declaration keeps the facts that it was signed with.
    """
    carried_from_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("declarations.id", use_alter=True), index=True
    )
    """Last year's declaration, whose answers are proposed."""

    awaiting_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("signings.id"), index=True)
    """The signing that the first has accepted and others have yet to; nothing can be changed meanwhile."""

    __table_args__ = (sa.UniqueConstraint("request_id", "questionnaire"),)

    request: Mapped[Request] = relationship(back_populates="assessments")
    answers: Mapped[list[Answer]] = relationship(back_populates="assessment")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.uploaded_at")
    returns: Mapped[list[Return]] = relationship(order_by="Return.returned_at", back_populates="assessment")
    declarations: Mapped[list[Declaration]] = relationship(
        back_populates="assessment", order_by="Declaration.accepted_at", foreign_keys="Declaration.assessment_id"
    )
    carried_from: Mapped[Declaration | None] = relationship(foreign_keys=[carried_from_id])
    awaiting: Mapped[Signing | None] = relationship()
    notes: Mapped[list[Note]] = relationship(back_populates="assessment", order_by="Note.written_at")


class Answer(Base):
    """The answer to one question, the comment on it (`HR-01#comment`), or the files added to it (`HR-01#documents`).

    `HR-01#declined` says that last year's answer was emptied, and is not to be proposed again; it never counts.
    """

    __tablename__ = "answers"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), primary_key=True)
    question: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=False)
    """Canonical JSON of the answer's type."""
    answered_at: Mapped[datetime]
    invitation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("invitations.id"))

    assessment: Mapped[Assessment] = relationship(back_populates="answers")


class Attachment(WithId, Base):
    """A file given as an answer; its bytes lie in the store under their SHA-256."""

    __tablename__ = "attachments"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    question: Mapped[str] = mapped_column(sa.String(80))
    """The key of the answer that names it: `TG-10`, or `HR-01#documents`."""
    filename: Mapped[str] = mapped_column(sa.String(255))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    """In bytes."""
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """Taken out of the draft; the row stays, for earlier declarations may name it."""


class Return(WithId, Base):
    """A single question that a buyer sends back, with a reason and a date."""

    __tablename__ = "returns"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    question: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)
    due_on: Mapped[date]
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    settled_at: Mapped[datetime | None]
    """When a newer declaration answered it, or it was taken back or asked anew."""

    assessment: Mapped[Assessment] = relationship(back_populates="returns")
    returned_by: Mapped[User] = relationship()
