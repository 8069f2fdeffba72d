"""What is asked of whom, by when."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId
from portal.models.suppliers import Supplier
from portal.models.users import User

if TYPE_CHECKING:
    from portal.models.assessments import Assessment
    from portal.models.invitations import Invitation


class Campaign(WithId, Base):
    """Some questionnaires, many suppliers, one deadline."""

    __tablename__ = "campaigns"

    title: Mapped[str] = mapped_column(sa.String(200))
    reporting_year: Mapped[int]
    due_on: Mapped[date]
    message: Mapped[str] = mapped_column(sa.Text, default="")
    """The buyer's own words in the invitation, if any."""
    created_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("reporting_year BETWEEN 2000 AND 2100", name="year_is_plausible"),)

    created_by: Mapped[User] = relationship()
    questionnaires: Mapped[list[CampaignQuestionnaire]] = relationship(
        order_by="CampaignQuestionnaire.position", cascade="all, delete-orphan"
    )
    requests: Mapped[list[Request]] = relationship(back_populates="campaign", cascade="all, delete-orphan")


class CampaignQuestionnaire(WithId, Base):
    """One questionnaire edition that a campaign asks."""

    __tablename__ = "campaign_questionnaires"

    campaign_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[str] = mapped_column(sa.String(32))
    position: Mapped[int]

    __table_args__ = (sa.UniqueConstraint("campaign_id", "key"),)


class Request(WithId, Base):
    """One supplier's share of a campaign: its questionnaires, its link, its due date."""

    __tablename__ = "requests"

    campaign_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("suppliers.id"), index=True)
    due_on: Mapped[date]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    long_form_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """Why the long form is asked although the short one was offered; empty where it was not."""

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "supplier_id"),
        # so that a review can carry the sender in a foreign key, and the database can refuse a sender who approves
        sa.UniqueConstraint("id", "sent_by_id"),
    )

    campaign: Mapped[Campaign] = relationship(back_populates="requests")
    supplier: Mapped[Supplier] = relationship()
    sent_by: Mapped[User | None] = relationship()
    invitations: Mapped[list[Invitation]] = relationship(back_populates="request", order_by="Invitation.created_at")
    assessments: Mapped[list[Assessment]] = relationship(back_populates="request", order_by="Assessment.position")
