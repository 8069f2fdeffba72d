"""The register by hand, and finding in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Contact, Criticality, Deed, LedgerEvent, Supplier, SupplierType
from portal.services import supplier_search, suppliers
from portal.services.actors import COMMAND_LINE
from portal.services.supplier_search import Activity, Minerals, SupplierFilter
from portal.services.suppliers import ContactFacts, SupplierError, SupplierFacts
from tests.factories import Make

BJORK = SupplierFacts(name="Bjørk Metall AS", country="NO", national_id="999888777", external_id="E1")
KARI = ContactFacts("Kari", "Kari@Bjork.example", "nb")


def deeds(session: Session) -> list[str]:
    return list(session.scalars(sa.select(LedgerEvent.deed).order_by(LedgerEvent.seq)))


def found(session: Session, **wanted: object) -> list[str]:
    query = supplier_search.select(session, SupplierFilter(**wanted))  # type: ignore[arg-type]
    return [supplier.name for supplier in session.scalars(query)]


def test_adding_and_changing_leave_one_trace_each(session: Session, make: Make) -> None:
    supplier = suppliers.add(session, BJORK, now=make.now, by=COMMAND_LINE)

    for _again in range(2):
        facts = replace(BJORK, criticality=Criticality.A)
        suppliers.change(session, supplier, facts, now=make.now, by=COMMAND_LINE)

    assert deeds(session) == [Deed.SUPPLIER_ADDED, Deed.SUPPLIER_CHANGED]
    record = json.loads(session.scalars(sa.select(LedgerEvent.record).order_by(LedgerEvent.seq.desc())).first() or b"")
    assert record["data"] == {"changed": {"criticality": [None, "A"]}}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(BJORK, external_id="E2"), "national_id_taken"),
        (replace(BJORK, national_id="1"), "external_id_taken"),
    ],
)
def test_a_number_twice_is_refused_by_name_and_the_rest_lives_on(
    session: Session, make: Make, facts: SupplierFacts, code: str
) -> None:
    suppliers.add(session, BJORK, now=make.now, by=COMMAND_LINE)

    with pytest.raises(SupplierError) as caught:
        suppliers.add(session, facts, now=make.now, by=COMMAND_LINE)
    session.commit()

    assert caught.value.code == code
    assert session.scalar(sa.select(sa.func.count(Supplier.id))) == 1


def test_the_same_number_in_another_country_is_another_company(session: Session, make: Make) -> None:
    suppliers.add(session, BJORK, now=make.now, by=COMMAND_LINE)

    suppliers.add(session, replace(BJORK, country="SE", external_id=None), now=make.now, by=COMMAND_LINE)

    assert session.scalar(sa.select(sa.func.count(Supplier.id))) == 2


def test_an_address_is_taken_once_however_it_is_capitalised(session: Session, make: Make) -> None:
    supplier = suppliers.add(session, BJORK, now=make.now, by=COMMAND_LINE)
    suppliers.add_contact(session, supplier, KARI, now=make.now, by=COMMAND_LINE)

    for email, code in (("kari@BJORK.example", "email_taken"), ("not an address", "email_invalid")):
        with pytest.raises(SupplierError) as caught:
            suppliers.add_contact(session, supplier, replace(KARI, email=email), now=make.now, by=COMMAND_LINE)
        assert caught.value.code == code


def test_a_retired_contact_comes_back_when_added_again(session: Session, make: Make) -> None:
    supplier = suppliers.add(session, BJORK, now=make.now, by=COMMAND_LINE)
    contact = suppliers.add_contact(session, supplier, KARI, now=make.now, by=COMMAND_LINE)
    suppliers.retire_contact(session, contact, now=make.now, by=COMMAND_LINE)
    assert suppliers.active_contacts(supplier) == []

    suppliers.add_contact(session, supplier, KARI, now=make.now, by=COMMAND_LINE)

    assert suppliers.active_contacts(supplier) == [contact]
    assert session.scalar(sa.select(sa.func.count(Contact.id))) == 1


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["ærlig stål AS", "Aluco", "Bolt"]),
        ({"text": "ÆRLIG"}, ["ærlig stål AS"]),
        ({"text": "uco"}, ["Aluco"]),
        ({"text": "%"}, []),
        ({"text": "777"}, ["Bolt"]),
        ({"country": "CN"}, ["Bolt"]),
        ({"criticality": Criticality.A}, ["Aluco"]),
        ({"supplier_type": SupplierType.RESELLER}, ["Bolt"]),
        ({"minerals": Minerals.YES}, ["Bolt"]),
        ({"minerals": Minerals.NO}, ["Aluco"]),
        ({"minerals": Minerals.UNKNOWN}, ["ærlig stål AS"]),
        ({"product_group": "Støpegods"}, ["Aluco"]),
        ({"product_group": "Støpe"}, []),
        ({"activity": Activity.RETIRED}, ["Gone"]),
        ({"country": "CN", "criticality": Criticality.A}, []),
    ],
)
def test_the_register_can_be_searched(
    session: Session, make: Make, wanted: dict[str, object], names: list[str]
) -> None:
    make.supplier("ærlig stål AS")
    make.supplier("Aluco", criticality="A", minerals_relevant=False, product_groups=["Støpegods", "Rør"])
    make.supplier("Bolt", "CN", supplier_type="reseller", minerals_relevant=True, national_id="888777")
    make.supplier("Gone", retired_at=make.now)

    assert sorted(found(session, **wanted)) == sorted(names)


def test_the_register_can_be_sorted_and_what_is_not_known_comes_last(session: Session, make: Make) -> None:
    for name, criticality in (("b", "B"), ("A", None), ("c", "A")):
        make.supplier(name, criticality=criticality)

    def ordered(order: str, descending: bool) -> list[str]:
        query = supplier_search.select(session, SupplierFilter(), order=order, descending=descending)
        return [supplier.name for supplier in session.scalars(query)]

    assert ordered("name", False) == ["A", "b", "c"]
    assert ordered("criticality", False) == ["c", "b", "A"]
    assert ordered("criticality", True) == ["b", "c", "A"]
    assert ordered("password_hash", False) == ["A", "b", "c"]
