"""Importing: each row's fate, and that the same file twice changes nothing."""

from __future__ import annotations

import os
import time
import uuid
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Contact, Deed, LedgerEvent, Supplier
from portal.services import importing
from portal.services.actors import COMMAND_LINE
from portal.services.import_columns import Column
from portal.services.import_plan import Fate, Plan, make_plan
from portal.services.import_reading import read_table
from portal.services.waiting_uploads import UploadGone, Uploads
from tests.factories import Make

FILE = b"""name;orgnr;country;criticality;product_groups;supplier_type;contact_name;epost;language;external_id;3tg
Bjork Metall AS;999 888 777;Norge;A;Cables|Housings;produsent;Kari;kari@bjork.example;;E1;ja
Bjork Metall AS;999888777;NO;;;;Ola;ola@bjork.example;en;E1;
Shenzhen Huaxing;91440300MA5;China;B;;;Wang;wang@huaxing.example;en;;x
"""


def planned(text: str | bytes, *suppliers: Supplier) -> Plan:
    """Return the plan for a file over a register of these suppliers."""
    return make_plan(read_table(text.encode() if isinstance(text, str) else text), suppliers)


def supplier(name: str = "Bjork", country: str = "NO", **columns: object) -> Supplier:
    """Return a supplier that no database knows."""
    columns.setdefault("product_groups", [])
    return Supplier(id=uuid.uuid4(), name=name, country=country, contacts=[], **columns)


def fates(plan: Plan) -> list[Fate]:
    return [row.fate for row in plan.rows]


def test_a_row_of_its_own_is_new_and_a_second_contact_is_a_change() -> None:
    assert fates(planned(FILE)) == [Fate.NEW, Fate.CHANGED, Fate.NEW]


@pytest.mark.parametrize(
    "known",
    [
        supplier("Old name", external_id="E1"),
        supplier("Old name", national_id="999-888-777"),
        supplier("New name"),
    ],
    ids=["external id", "country and national id", "name and country"],
)
def test_a_supplier_is_found_again(known: Supplier) -> None:
    plan = planned("name,country,national_id,external_id\nNew name,NO,999888777,E1\n", known)

    assert fates(plan) == [Fate.CHANGED]
    assert plan.touched[0].supplier is known


def test_a_name_alone_does_not_join_two_companies() -> None:
    known = supplier("Bjork", national_id="111")

    assert fates(planned("name,country,national_id\nBjork,NO,222\n", known)) == [Fate.NEW]
    assert fates(planned("name,country\nBjork,SE\n", known)) == [Fate.NEW]


def test_a_change_tells_from_what_to_what() -> None:
    known = supplier("Bjork", external_id="E1", national_id="1")

    (row,) = planned("name,country,external_id,national_id\nBjørk AS,NO,E1,\n", known).rows

    assert [(change.column, change.before, change.after) for change in row.changes] == [
        (Column.NAME, "Bjork", "Bjørk AS")
    ]


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (",NO,,", "missing", Column.NAME),
        ("Bjork,,,", "missing", Column.COUNTRY),
        ("Bjork,Atlantis,,", "country_unknown", Column.COUNTRY),
        ("Bjork,NO,,Kari", "contact_without_email", Column.CONTACT_EMAIL),
        ("Twin,NO,,", "ambiguous", Column.NAME),
        ("Bjork,NO,E9,", "external_id_differs", Column.EXTERNAL_ID),
    ],
)
def test_a_wrong_row_says_why_and_where(line: str, code: str, column: Column) -> None:
    known = [supplier("Bjork", national_id="5", external_id="E5"), supplier("Twin"), supplier("Twin")]
    number = "5" if "E9" in line else ""
    text = f"name,country,external_id,contact_name,national_id\n{line},{number}\n"

    (row,) = planned(text, *known).rows

    assert row.fate is Fate.WRONG
    assert (row.number, row.problems[0].code, row.problems[0].column) == (2, code, column)


def test_two_rows_that_contradict_each_other_are_not_both_taken() -> None:
    plan = planned("name,country,criticality\nBjork,NO,A\nBjork,NO,B\n")

    assert fates(plan) == [Fate.NEW, Fate.WRONG]
    assert plan.rows[1].problems[0].parameters == {"row": "2"}
    assert plan.touched[0].values[Column.CRITICALITY] == "A"


def test_a_number_that_another_supplier_has_is_wrong() -> None:
    known = [
        supplier("First", external_id="E1", national_id="1"),
        supplier("Second", external_id="E2", national_id="2"),
    ]

    (row,) = planned("name,country,external_id,national_id\nFirst,NO,E1,2\n", *known).rows

    assert row.problems[0].code == "national_id_taken"
    assert row.problems[0].parameters == {"name": "Second"}


def test_an_empty_cell_leaves_what_is_known() -> None:
    known = supplier("Bjork", criticality="A", product_groups=["Cables"])

    assert fates(planned("name,country,criticality,product_groups\nBjork,NO,,\n", known)) == [Fate.UNCHANGED]


def test_the_same_file_twice_changes_nothing(session: Session, now: datetime) -> None:
    first = importing.plan(session, read_table(FILE))
    importing.apply(session, first, FILE, now=now, by=COMMAND_LINE)
    session.commit()

    second = importing.plan(session, read_table(FILE))
    importing.apply(session, second, FILE, now=now, by=COMMAND_LINE)

    assert set(fates(second)) == {Fate.UNCHANGED}
    assert session.scalar(sa.select(sa.func.count(Supplier.id))) == 2
    assert sorted(session.scalars(sa.select(Contact.email))) == [
        "kari@bjork.example",
        "ola@bjork.example",
        "wang@huaxing.example",
    ]
    assert list(session.scalars(sa.select(LedgerEvent.deed))) == [Deed.SUPPLIERS_IMPORTED]


def test_what_the_file_says_stands_in_the_register(session: Session, now: datetime) -> None:
    importing.apply(session, importing.plan(session, read_table(FILE)), FILE, now=now, by=COMMAND_LINE)
    session.commit()

    bjork = session.scalars(sa.select(Supplier).where(Supplier.external_id == "E1")).one()

    assert (bjork.name, bjork.country, bjork.criticality) == ("Bjork Metall AS", "NO", "A")
    assert (bjork.product_groups, bjork.supplier_type) == (["Cables", "Housings"], "manufacturer")
    assert bjork.minerals_relevant is True
    assert {contact.email: contact.language for contact in bjork.contacts}["kari@bjork.example"] == "nb"


def test_a_number_may_pass_from_one_supplier_to_another_in_one_file(session: Session, now: datetime) -> None:
    header = "name,country,national_id,external_id\n"
    before = f"{header}One,NO,1,E1\nTwo,NO,2,E2\n".encode()
    after = f"{header}Two,NO,3,E2\nOne,NO,2,E1\nThree,NO,1,E3\n".encode()
    for content in (before, after):
        importing.apply(session, importing.plan(session, read_table(content)), content, now=now, by=COMMAND_LINE)
        session.commit()

    numbers = {one.name: one.national_id for one in session.scalars(sa.select(Supplier))}

    assert numbers == {"One": "2", "Two": "3", "Three": "1"}


def test_a_register_that_changed_after_the_dry_run_is_not_written_over(session: Session, make: Make) -> None:
    agreed = importing.plan(session, read_table(FILE)).digest
    make.supplier("Bjork Metall AS", national_id="999888777")

    with pytest.raises(importing.PlanChanged):
        importing.apply(
            session,
            importing.plan(session, read_table(FILE)),
            FILE,
            now=make.now,
            by=COMMAND_LINE,
            agreed_digest=agreed,
        )


def test_a_ticket_opens_the_file_for_its_owner_alone(settings: Settings, installation: Installation) -> None:
    uploads = Uploads(settings, installation.waiting, "supplier-import")
    owner, neighbour = uuid.uuid4(), uuid.uuid4()

    ticket = uploads.keep(FILE, "suppliers.csv", owner)

    assert uploads.find(ticket, owner) == (FILE, "suppliers.csv")
    with pytest.raises(UploadGone):
        Uploads(settings, installation.waiting, "answers").find(ticket, owner)
    for wrong, who in ((ticket, neighbour), (ticket[:-3] + "abc", owner), ("nonsense", owner)):
        with pytest.raises(UploadGone):
            uploads.find(wrong, who)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_five_thousand_rows_take_a_few_seconds(session: Session, now: datetime) -> None:
    lines = [f"Supplier {n},NO,{n:09},A,contact{n}@supplier.example,E{n}" for n in range(5_000)]
    content = "\n".join(["name,country,national_id,criticality,contact_email,external_id", *lines]).encode()
    began = time.perf_counter()

    importing.apply(session, importing.plan(session, read_table(content)), content, now=now, by=COMMAND_LINE)
    session.commit()
    session.expunge_all()
    again = importing.plan(session, read_table(content))

    assert time.perf_counter() - began < 20  # a few seconds on a quiet machine; no query per row
    assert again.counts[Fate.UNCHANGED] == 5_000


def test_an_upload_that_nobody_decides_about_is_forgotten(settings: Settings, installation: Installation) -> None:
    uploads, owner = Uploads(settings, installation.waiting, "supplier-import"), uuid.uuid4()
    old = uploads.keep(b"old", "old.csv", owner)
    (stored,) = installation.waiting.walk()
    os.utime(stored.path, (0, 0))
    new = uploads.keep(FILE, "suppliers.csv", owner)
    assert uploads.find(new, owner) == (FILE, "suppliers.csv")
    with pytest.raises(UploadGone):
        uploads.find(old, owner)
