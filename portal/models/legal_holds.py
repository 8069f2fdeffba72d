"""Legal holds: while one stands on a supplier, nothing about it is erased or deleted."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId
from portal.models.suppliers import Supplier
from portal.models.users import User


class LegalHold(WithId, Base):
    """Why what is known of a supplier must be kept for now, such as a claim or an inquiry."""

    __tablename__ = "legal_holds"

    supplier_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("suppliers.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "one_hold_at_a_time",
            "supplier_id",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )

    supplier: Mapped[Supplier] = relationship()
    placed_by: Mapped[User] = relationship()
