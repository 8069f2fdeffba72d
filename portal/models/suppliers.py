"""The register: suppliers and their contacts."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId, one_of
from portal.models.users import User


class Criticality(enum.StrEnum):
    """How much the buyer depends on the supplier; A the most."""

    A = "A"
    B = "B"
    C = "C"


class SupplierType(enum.StrEnum):
    """Whether the supplier makes what it sells."""

    MANUFACTURER = "manufacturer"
    RESELLER = "reseller"


class CompanySize(enum.StrEnum):
    """How many people work for the company (EU recommendation 2003/361/EC, by head count alone)."""

    MICRO = "micro"
    """Fewer than 10."""
    SMALL = "small"
    """10 to 49."""
    MEDIUM = "medium"
    """50 to 249."""
    LARGE = "large"


class RiskTier(enum.StrEnum):
    """How likely harm to people is behind this supplier, in the buyer's judgement."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Supplier(WithId, Base):
    """A company that is asked."""

    __tablename__ = "suppliers"

    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    national_id: Mapped[str | None] = mapped_column(sa.String(64))
    """Number in the company register of its country."""
    country: Mapped[str] = mapped_column(sa.String(2))
    """ISO 3166-1 alpha-2, upper case."""
    criticality: Mapped[Criticality | None] = mapped_column(one_of(Criticality, "criticality"))
    product_groups: Mapped[list[str]] = mapped_column(default=list)
    supplier_type: Mapped[SupplierType | None] = mapped_column(one_of(SupplierType, "supplier_type"))
    size: Mapped[CompanySize | None] = mapped_column(one_of(CompanySize, "size"))
    tier: Mapped[RiskTier | None] = mapped_column(one_of(RiskTier, "tier"))
    minerals_relevant: Mapped[bool | None]
    """Whether tin, tantalum, tungsten or gold may be in its goods; None: not known."""
    external_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """Key in the buyer's own ERP."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    """The buyer who answers for this supplier."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("country", "national_id"),
        sa.CheckConstraint("length(country) = 2", name="country_is_iso2"),
    )

    owner: Mapped[User | None] = relationship()
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="supplier", order_by="Contact.created_at", cascade="all, delete-orphan"
    )


class Contact(WithId, Base):
    """A person at a supplier."""

    __tablename__ = "contacts"

    supplier_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("suppliers.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    email: Mapped[str] = mapped_column(sa.String(254))
    """As written, the domain in lower case."""
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    """When name and address were taken away for good; what stands in their place names nobody."""

    __table_args__ = (sa.UniqueConstraint("supplier_id", "email"),)

    supplier: Mapped[Supplier] = relationship(back_populates="contacts")
