"""Bring a supplier file into the register: a dry run first, then the same again in earnest."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.models import Contact, Deed, Supplier
from portal.services import ledger
from portal.services.actors import Actor
from portal.services.import_columns import Column
from portal.services.import_plan import Card, ContactCard, Fate, Plan, make_plan
from portal.services.import_reading import Table

_FIELDS = {
    Column.NAME: "name",
    Column.NATIONAL_ID: "national_id",
    Column.COUNTRY: "country",
    Column.CRITICALITY: "criticality",
    Column.SUPPLIER_TYPE: "supplier_type",
    Column.EXTERNAL_ID: "external_id",
    Column.SIZE: "size",
    Column.TIER: "tier",
    Column.MINERALS_RELEVANT: "minerals_relevant",
}


class PlanChanged(Exception):
    """The register has changed since the dry run; it has to be looked at again."""


def plan(session: Session, table: Table) -> Plan:
    """Return what a file would do to the register as it is now; nothing is changed."""
    return make_plan(table, session.scalars(sa.select(Supplier).options(selectinload(Supplier.contacts))))


def apply(
    session: Session, decided: Plan, content: bytes, *, now: datetime, by: Actor, agreed_digest: str | None = None
) -> None:
    """Do what the plan says; rows that are wrong are left out, a plan without changes leaves no trace.

    Args:
        session: the one that the plan was made in.
        decided: from `plan`, made in this transaction.
        content: the file, for its hash.
        now: when.
        by: who.
        agreed_digest: of the plan that a person saw and agreed to; None where nobody was asked.

    Raises:
        PlanChanged: the plan is not the one that was agreed to.
    """
    if agreed_digest is not None and decided.digest != agreed_digest:
        raise PlanChanged
    if not decided.touched:
        return
    ledger.begin(session)
    for card in decided.touched:
        _write(session, card, now)
    session.flush()
    counts = decided.counts
    sha256 = hashlib.sha256(content).hexdigest()
    ledger.record(
        session,
        Deed.SUPPLIERS_IMPORTED,
        ledger.subject_of("import", sha256),
        by=by,
        now=now,
        data={"file_sha256": sha256, **{f"rows_{fate.value}": counts[fate] for fate in Fate}},
    )


def _write(session: Session, card: Card, now: datetime) -> None:
    supplier = card.supplier
    if supplier is None:
        supplier = card.supplier = Supplier(id=uuid.uuid4(), created_at=now)
        session.add(supplier)
    for column, name in _FIELDS.items():
        setattr(supplier, name, card.values.get(column))
    supplier.product_groups = list(card.values.get(Column.PRODUCT_GROUPS) or ())
    if sa.inspect(supplier).persistent and session.is_modified(supplier, include_collections=False):
        session.flush()  # in the order of the file, for a number may pass from one supplier to the next
    for contact_card in card.contacts.values():
        _write_contact(supplier, contact_card, now)


def _write_contact(supplier: Supplier, card: ContactCard, now: datetime) -> None:
    values = card.values
    if card.contact is None:
        card.contact = Contact(email=values[Column.CONTACT_EMAIL], created_at=now)
        supplier.contacts.append(card.contact)
    card.contact.name, card.contact.language = values[Column.CONTACT_NAME], values[Column.LANGUAGE]
