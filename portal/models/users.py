"""The people who work in the portal, and their sign-ins."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId, one_of


class Role(enum.StrEnum):
    """What a user is here to do."""

    ADMINISTRATOR = "administrator"
    BUYER = "buyer"
    APPROVER = "approver"
    AUDITOR = "auditor"


class User(WithId, Base):
    """A person with an account."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """In lower case."""
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    """argon2id with its parameters."""
    language: Mapped[str | None] = mapped_column(sa.String(8))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    @property
    def display_name(self) -> str:
        """The name, or the address where no name is known."""
        return self.name or self.email


class UserSession(WithId, Base):
    """One sign-in; ends on the server when the person signs out."""

    __tablename__ = "user_sessions"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
