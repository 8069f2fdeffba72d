"""Find suppliers: the filters, the order and the pages of the register."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.models import CompanySize, Contact, Criticality, RiskTier, Supplier, SupplierType, User


class Activity(enum.StrEnum):
    """Whether suppliers in use are meant, or retired ones."""

    ACTIVE = "active"
    RETIRED = "retired"
    ALL = "all"


class Minerals(enum.StrEnum):
    """Whether 3TG may be in a supplier's goods."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SupplierFilter:
    """Which suppliers are meant; what is None or empty does not restrict."""

    text: str = ""
    """Part of a name, number or contact's address."""
    country: str | None = None
    criticality: Criticality | None = None
    supplier_type: SupplierType | None = None
    size: CompanySize | None = None
    tier: RiskTier | None = None
    minerals: Minerals | None = None
    product_group: str | None = None
    owner_id: uuid.UUID | None = None
    activity: Activity = Activity.ACTIVE


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    countries: tuple[str, ...]
    product_groups: tuple[str, ...]
    owners: tuple[User, ...]


_MINERALS = {Minerals.YES: True, Minerals.NO: False, Minerals.UNKNOWN: None}
ORDERS: Mapping[str, Any] = {
    "name": sa.func.lower(Supplier.name),
    "country": Supplier.country,
    "criticality": Supplier.criticality,
    "type": Supplier.supplier_type,
    "size": Supplier.size,
    "tier": Supplier.tier,
    "minerals": Supplier.minerals_relevant,
    "owner": sa.func.lower(User.name),
}
"""What a list can be sorted by."""


def select(
    session: Session, wanted: SupplierFilter, *, order: str = "name", descending: bool = False
) -> sa.Select[Supplier]:
    """Return the query for the suppliers wanted, with contacts and owners; an unknown order is by name."""
    key = ORDERS.get(order, ORDERS["name"])
    return (
        _matching(session, wanted)
        .outerjoin(User, Supplier.owner_id == User.id)
        .order_by((key.desc() if descending else key.asc()).nulls_last(), ORDERS["name"], Supplier.id)
        .options(selectinload(Supplier.contacts), selectinload(Supplier.owner))
    )


def find_all(session: Session, wanted: SupplierFilter) -> list[Supplier]:
    """Return all suppliers wanted, by name."""
    return list(session.scalars(_matching(session, wanted).order_by(ORDERS["name"], Supplier.id)))


def choices(session: Session) -> Choices:
    """Return what the register can be filtered by."""
    countries = session.scalars(sa.select(Supplier.country).distinct().order_by(Supplier.country))
    lists = session.scalars(sa.select(Supplier.product_groups).distinct())
    groups = {group for groups in lists for group in groups}
    owners = sa.select(User).where(User.id.in_(sa.select(Supplier.owner_id))).order_by(User.name, User.email)
    return Choices(tuple(countries), tuple(sorted(groups, key=str.casefold)), tuple(session.scalars(owners)))


def _matching(session: Session, wanted: SupplierFilter) -> sa.Select[Supplier]:
    query = sa.select(Supplier)
    equal = {
        Supplier.country: wanted.country,
        Supplier.criticality: wanted.criticality,
        Supplier.supplier_type: wanted.supplier_type,
        Supplier.size: wanted.size,
        Supplier.tier: wanted.tier,
        Supplier.owner_id: wanted.owner_id,
    }
    query = query.where(*(column == value for column, value in equal.items() if value))
    if wanted.text.strip():
        query = query.where(_contains(wanted.text.strip()))
    if wanted.minerals:
        query = query.where(Supplier.minerals_relevant.is_(_MINERALS[wanted.minerals]))
    if wanted.product_group:
        query = query.where(_has_group(session, wanted.product_group))
    if wanted.activity is not Activity.ALL:
        is_active = Supplier.retired_at.is_(None)
        query = query.where(is_active if wanted.activity is Activity.ACTIVE else ~is_active)
    return query


def _contains(text: str) -> sa.ColumnElement[bool]:
    # SQLite tells a from A in no letter beyond ASCII: so both spellings are looked for
    spellings = {text, text.lower(), text.upper()}
    columns = (Supplier.name, Supplier.national_id, Supplier.external_id)
    contact = sa.select(Contact.id).where(
        Contact.supplier_id == Supplier.id,
        sa.or_(*(column.icontains(text, autoescape=True) for column in (Contact.email, Contact.name))),
    )
    found = [column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return sa.or_(*found, contact.exists())


def _has_group(session: Session, group: str) -> sa.ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        groups = sa.func.jsonb_array_elements_text(Supplier.product_groups).table_valued("value")
    else:
        groups = sa.func.json_each(Supplier.product_groups).table_valued("value")
    return sa.exists(sa.select(sa.literal(1)).select_from(groups).where(groups.c.value == group))
