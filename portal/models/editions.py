"""Questionnaires that the company has written itself, beside the shipped ones."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, Json, WithId
from portal.models.users import User


class EditionState(enum.StrEnum):
    """Where an edition stands; worked out from its facts."""

    DRAFT = "draft"
    """Can be replaced by a newer upload."""
    PUBLISHED = "published"
    """Frozen; can be asked."""
    RETIRED = "retired"
    """Frozen; asked no more."""


class QuestionnaireEdition(WithId, Base):
    """One edition of a questionnaire of the company's own; its files lie in the store under their SHA-256."""

    __tablename__ = "questionnaire_editions"

    key: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[str] = mapped_column(sa.String(32))
    files: Mapped[dict[str, str]] = mapped_column(Json)
    """File name → SHA-256: `questionnaire.yaml` and the translations."""
    digest: Mapped[str] = mapped_column(sa.String(64))
    """Of the whole edition, as the language works it out; stands in the declarations."""
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("key", "edition"),
        sa.CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published_whole"),
        sa.CheckConstraint("(retired_at IS NULL) = (retired_by_id IS NULL)", name="retired_whole"),
        sa.CheckConstraint("retired_at IS NULL OR published_at IS NOT NULL", name="retired_after_published"),
    )

    uploaded_by: Mapped[User] = relationship(foreign_keys=[uploaded_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])
    retired_by: Mapped[User | None] = relationship(foreign_keys=[retired_by_id])

    @property
    def state(self) -> EditionState:
        """Return where it stands."""
        if self.retired_at:
            return EditionState.RETIRED
        return EditionState.PUBLISHED if self.published_at else EditionState.DRAFT
