"""The register: suppliers and contacts, added and changed by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.mail.message import AddressInvalid, one_line, plain_address
from portal.models import CompanySize, Contact, Criticality, Deed, RiskTier, Supplier, SupplierType
from portal.services import ledger
from portal.services.actors import Actor
from portal.services.violations import Refused, named

_CODES = {
    "uq_suppliers_country_national_id": "national_id_taken",
    "uq_suppliers_external_id": "external_id_taken",
    "uq_contacts_supplier_id_email": "email_taken",
}


class SupplierError(Exception):
    """A fact cannot be taken; the code says why: national_id_taken, external_id_taken, email_taken, email_invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SupplierFacts:
    """What the register says about a supplier."""

    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    national_id: str | None = None
    criticality: Criticality | None = None
    product_groups: tuple[str, ...] = ()
    supplier_type: SupplierType | None = None
    size: CompanySize | None = None
    tier: RiskTier | None = None
    minerals_relevant: bool | None = None
    external_id: str | None = None
    owner_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the register says about a contact."""

    name: str
    email: str
    language: str


def add(session: Session, facts: SupplierFacts, *, now: datetime, by: Actor) -> Supplier:
    """Put a supplier into the register.

    Raises:
        SupplierError: another one has the same number.
    """
    supplier = Supplier(id=uuid.uuid4(), created_at=now)
    with _explained(session):
        _write(supplier, facts)
        session.add(supplier)
    _record(session, Deed.SUPPLIER_ADDED, supplier, now, by, {"country": supplier.country})
    return supplier


def change(session: Session, supplier: Supplier, facts: SupplierFacts, *, now: datetime, by: Actor) -> None:
    """Change a supplier's facts; nothing changed leaves no trace.

    Raises:
        SupplierError: another one has the same number.
    """
    before = _as_json(facts_of(supplier))
    after = _as_json(facts)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return
    with _explained(session):
        _write(supplier, facts)
    _record(session, Deed.SUPPLIER_CHANGED, supplier, now, by, {"changed": changed})


def retire(session: Session, supplier: Supplier, *, now: datetime, by: Actor) -> None:
    """Take a supplier out of use: it is asked no more; what it declared stays."""
    if supplier.retired_at is None:
        supplier.retired_at = now
        _record(session, Deed.SUPPLIER_CHANGED, supplier, now, by, {"changed": {"active": [True, False]}})


def bring_back(session: Session, supplier: Supplier, *, now: datetime, by: Actor) -> None:
    """Take a retired supplier into use again."""
    if supplier.retired_at is not None:
        supplier.retired_at = None
        _record(session, Deed.SUPPLIER_CHANGED, supplier, now, by, {"changed": {"active": [False, True]}})


def facts_of(supplier: Supplier) -> SupplierFacts:
    """Return a supplier's facts as a value."""
    return SupplierFacts(
        name=supplier.name,
        country=supplier.country,
        national_id=supplier.national_id,
        criticality=supplier.criticality,
        product_groups=tuple(supplier.product_groups),
        supplier_type=supplier.supplier_type,
        size=supplier.size,
        tier=supplier.tier,
        minerals_relevant=supplier.minerals_relevant,
        external_id=supplier.external_id,
        owner_id=supplier.owner_id,
    )


def add_contact(session: Session, supplier: Supplier, facts: ContactFacts, *, now: datetime, by: Actor) -> Contact:
    """Add a person who can be asked; a retired contact of that address comes back.

    Raises:
        SupplierError: the address is none, or an active contact has it.
    """
    email = _address(facts.email)
    known = _contact_with(supplier, email)
    if known and known.retired_at is None:
        raise SupplierError("email_taken")
    contact = known or Contact(id=uuid.uuid4(), email=email, created_at=now)
    with _explained(session):
        contact.name, contact.language, contact.retired_at = one_line(facts.name), facts.language, None
        if not known:
            supplier.contacts.append(contact)
    _record_contact(session, Deed.CONTACT_ADDED, contact, now, by)
    return contact


def change_contact(session: Session, contact: Contact, facts: ContactFacts, *, now: datetime, by: Actor) -> None:
    """Change a contact. Links that were mailed keep the address that they went to.

    Raises:
        SupplierError: the address is none, or another contact of the supplier has it.
    """
    email = _address(facts.email)
    other = _contact_with(contact.supplier, email)
    if other is not None and other is not contact:
        raise SupplierError("email_taken")
    with _explained(session):
        contact.name, contact.email, contact.language = one_line(facts.name), email, facts.language
    _record_contact(session, Deed.CONTACT_CHANGED, contact, now, by)


def retire_contact(session: Session, contact: Contact, *, now: datetime, by: Actor) -> None:
    """Ask this person no more. Links that were mailed stay open until they are revoked."""
    if contact.retired_at is None:
        contact.retired_at = now
        _record_contact(session, Deed.CONTACT_RETIRED, contact, now, by)


def active_contacts(supplier: Supplier) -> list[Contact]:
    """Return the people who can be asked, in the order in which they came."""
    return [contact for contact in supplier.contacts if contact.retired_at is None]


def _write(supplier: Supplier, facts: SupplierFacts) -> None:
    supplier.name, supplier.country = one_line(facts.name), facts.country
    supplier.national_id, supplier.external_id = facts.national_id or None, facts.external_id or None
    supplier.criticality, supplier.supplier_type = facts.criticality, facts.supplier_type
    supplier.product_groups = list(facts.product_groups)
    supplier.size, supplier.tier = facts.size, facts.tier
    supplier.minerals_relevant, supplier.owner_id = facts.minerals_relevant, facts.owner_id


@contextmanager
def _explained(session: Session) -> Iterator[None]:
    """Turn a broken rule of the database into a SupplierError; a record follows."""
    ledger.begin(session)
    try:
        with named(session):
            yield
    except Refused as refused:
        raise SupplierError(_CODES.get(refused.rule, refused.rule)) from refused


def _as_json(facts: SupplierFacts) -> Mapping[str, Any]:
    values = asdict(facts)
    values["product_groups"] = list(facts.product_groups)
    values["owner_id"] = str(facts.owner_id) if facts.owner_id else None
    return values


def _address(email: str) -> str:
    try:
        return plain_address(email.strip())
    except AddressInvalid as error:
        raise SupplierError("email_invalid") from error


def _contact_with(supplier: Supplier, email: str) -> Contact | None:
    """Capital letters make no other mailbox."""
    return next((one for one in supplier.contacts if one.email.casefold() == email.casefold()), None)


def _record(session: Session, deed: Deed, supplier: Supplier, now: datetime, by: Actor, data: dict[str, Any]) -> None:
    ledger.record(session, deed, ledger.subject_of("supplier", supplier.id), by=by, now=now, data=data)


def _record_contact(session: Session, deed: Deed, contact: Contact, now: datetime, by: Actor) -> None:
    session.flush()
    ledger.record(
        session,
        deed,
        ledger.subject_of("supplier", contact.supplier_id),
        by=by,
        now=now,
        data={"contact": str(contact.id), "language": contact.language},
        personal={"name": contact.name, "email": contact.email},
    )
