"""The buyer's side of a declaration: reviews, notes, deviations."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.assessments import Assessment
from portal.models.base import Base, WithId, one_of
from portal.models.declarations import Declaration
from portal.models.users import User
from questionnaires.model import Severity


class Review(WithId, Base):
    """A declaration's way from signed to approved, under four eyes."""

    __tablename__ = "reviews"

    declaration_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("declarations.id"), unique=True)
    request_id: Mapped[uuid.UUID]
    sent_by_id: Mapped[uuid.UUID]
    """Who sent the request; held here so that the database can compare."""
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    ready_at: Mapped[datetime | None]
    """When the reviewer had decided on every proposed deviation and handed over."""
    ready_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.ForeignKeyConstraint(["request_id", "sent_by_id"], ["requests.id", "requests.sent_by_id"]),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> sent_by_id", name="sender_does_not_approve"),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR ready_by_id IS NULL OR approved_by_id <> ready_by_id",
            name="reviewer_does_not_approve",
        ),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_whole"),
    )

    declaration: Mapped[Declaration] = relationship(back_populates="review")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    ready_by: Mapped[User | None] = relationship(foreign_keys=[ready_by_id])


class CheckLevel(enum.StrEnum):
    """How an answer was looked into, beyond what the supplier stated and documented."""

    CHECKED = "checked"
    """By us, from papers or by asking."""
    CHECKED_ON_SITE = "checked_on_site"


class AnswerCheck(WithId, Base):
    """That a reviewer looked into one answer of a declaration, and how."""

    __tablename__ = "answer_checks"

    declaration_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("declarations.id"), index=True)
    question: Mapped[str] = mapped_column(sa.String(80))
    level: Mapped[CheckLevel] = mapped_column(one_of(CheckLevel, "level"))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """What was looked at."""
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (sa.UniqueConstraint("declaration_id", "question"),)

    declaration: Mapped[Declaration] = relationship(back_populates="checks")
    checked_by: Mapped[User] = relationship()


class Note(WithId, Base):
    """A reviewer's note; the supplier never sees it."""

    __tablename__ = "notes"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    question: Mapped[str | None] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]
    written_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))

    assessment: Mapped[Assessment] = relationship(back_populates="notes")
    written_by: Mapped[User] = relationship()


class DeviationState(enum.StrEnum):
    """Where a deviation stands; worked out from its facts."""

    PROPOSED = "proposed"
    FLAGGED = "flagged"
    DISMISSED = "dismissed"


class Deviation(WithId, Base):
    """Where a declaration differs from what is accepted."""

    __tablename__ = "deviations"

    declaration_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("declarations.id"), index=True)
    question: Mapped[str | None] = mapped_column(sa.String(80))
    rule: Mapped[str | None] = mapped_column(sa.String(120))
    """Which rule of which edition found it (`human-rights/2026-1:HR-18`); None: added by hand."""
    severity: Mapped[Severity] = mapped_column(one_of(Severity, "severity"))
    proposed_severity: Mapped[Severity | None] = mapped_column(one_of(Severity, "proposed_severity"))
    sentence: Mapped[dict[str, Any]]
    """Language → the sentence that explains it."""
    found_at: Mapped[datetime]
    flagged_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    """Why it was dismissed, or its severity changed."""

    __table_args__ = (
        sa.UniqueConstraint("declaration_id", "rule"),
        sa.CheckConstraint("flagged_at IS NULL OR dismissed_at IS NULL", name="one_decision"),
        sa.CheckConstraint(
            "(flagged_at IS NULL AND dismissed_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
    )

    declaration: Mapped[Declaration] = relationship(back_populates="deviations")
    decided_by: Mapped[User | None] = relationship()

    @property
    def state(self) -> DeviationState:
        """Return where it stands."""
        if self.flagged_at:
            return DeviationState.FLAGGED
        return DeviationState.DISMISSED if self.dismissed_at else DeviationState.PROPOSED
