"""A supplier's own code of conduct, held against the clauses of ours."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId, one_of
from portal.models.suppliers import Supplier
from portal.models.users import User


class Coverage(enum.StrEnum):
    """How a supplier's own code covers one of our clauses."""

    COVERED = "covered"
    PARTLY = "partly"
    MISSING = "missing"


class CodeMapping(WithId, Base):
    """One clause, and where in the supplier's own code the reviewer found it; kept for next time."""

    __tablename__ = "code_mappings"

    supplier_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("suppliers.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(sa.String(64))
    """The supplier's file."""
    questionnaire: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[str] = mapped_column(sa.String(32))
    clause: Mapped[str] = mapped_column(sa.String(16))
    """Its number in our code."""
    coverage: Mapped[Coverage] = mapped_column(one_of(Coverage, "coverage"))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    """Page or section of the supplier's file, in the reviewer's words."""
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (sa.UniqueConstraint("supplier_id", "code_sha256", "questionnaire", "edition", "clause"),)

    supplier: Mapped[Supplier] = relationship()
    decided_by: Mapped[User] = relationship()
