"""Signed heads of the ledger: how far it had grown, and what its Merkle tree's root was."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, WithId


class Checkpoint(WithId, Base):
    """One signed note; a copy of it lies in a folder outside of the database, and in every evidence file since."""

    __tablename__ = "checkpoints"

    size: Mapped[int] = mapped_column(sa.BigInteger)
    """How many records it covers."""
    root: Mapped[str] = mapped_column(sa.String(64))
    """Hex; a copy of what the note says, for searching."""
    note: Mapped[str] = mapped_column(sa.Text)
    """C2SP signed note."""
    token: Mapped[bytes | None]
    """The time stamping service's answer (RFC 3161 TimeStampResp) about the note; None where there
    is no service, or it was away."""
    made_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (sa.CheckConstraint("size > 0", name="covers_something"),)
