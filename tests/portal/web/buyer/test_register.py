"""The register's pages, and the import from upload to register."""

from __future__ import annotations

import io
import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.clock import clock
from portal.models import Contact, Deed, LedgerEvent, Role, Supplier
from portal.services.verifying_all import verify_all
from tests.factories import Make

CSV = "name;country;criticality;contact_email\nBjørk Metall AS;Norge;A;kari@bjork.example\nNobody;Atlantis;;\n"


def upload(browser: FlaskClient, text: str = CSV) -> TestResponse:
    file = (io.BytesIO(text.encode()), "suppliers.csv")
    return browser.post("/suppliers/import", data={"file": file}, content_type="multipart/form-data")


def digest_on(page: TestResponse) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page.text)
    assert found
    return found[1]


def test_an_empty_register_says_how_to_begin(buyer: FlaskClient) -> None:
    assert "No suppliers yet: import a file or add one by hand." in buyer.get("/suppliers").text


def test_the_list_is_searched_sorted_and_paged_in_the_address(buyer: FlaskClient, make: Make) -> None:
    for number in range(27):
        make.supplier(f"Supplier {number:02}", "CN" if number % 2 else "NO")

    assert "Supplier 26" not in buyer.get("/suppliers").text
    assert "Supplier 26" in buyer.get("/suppliers?page=2").text
    assert "Supplier 26" in buyer.get("/suppliers?sort=name&order=desc").text
    chinese = buyer.get("/suppliers?country=CN&text=supplier").text
    assert "Supplier 01" in chinese
    assert "Supplier 02" not in chinese
    assert "No supplier fits" in buyer.get("/suppliers?text=nobody").text
    assert buyer.get("/suppliers?page=x&sort=password&criticality=Z&owner=me&active=never").status_code == 200


def test_a_supplier_is_added_and_changed_by_hand(buyer: FlaskClient, session: Session) -> None:
    facts = {"name": "Bjørk Metall AS", "country": "NO", "national_id": "999888777", "product_groups": "Cables; Rods"}
    added = buyer.post("/suppliers/new", data=facts | {"minerals": "yes"})
    assert added.status_code == 303

    changed = buyer.post(f"{added.location}/edit", data=facts | {"criticality": "B", "minerals": "unknown"})

    assert changed.status_code == 303
    supplier = session.scalars(sa.select(Supplier)).one()
    assert (supplier.criticality, supplier.product_groups) == ("B", ["Cables", "Rods"])
    assert supplier.minerals_relevant is None
    assert "Bjørk Metall AS" in buyer.get(added.location).text


def test_a_number_that_is_taken_is_a_sentence_at_its_field(buyer: FlaskClient, make: Make) -> None:
    make.supplier("First", national_id="1")

    answer = buyer.post(
        "/suppliers/new", data={"name": "Second", "country": "NO", "national_id": "1", "minerals": "no"}
    )

    assert answer.status_code == 422
    assert "Another supplier in this country has this number." in answer.text
    assert 'value="Second"' in answer.text


def test_fields_that_no_form_shows_change_nothing(buyer: FlaskClient, make: Make, session: Session) -> None:
    supplier = make.supplier("Bjørk")
    data = {
        "name": "Bjørk",
        "country": "NO",
        "minerals": "unknown",
        "retired_at": "2020-01-01",
        "id": str(uuid.uuid4()),
    }

    buyer.post(f"/suppliers/{supplier.id}/edit", data=data)

    session.expire_all()
    assert session.scalars(sa.select(Supplier)).one().retired_at is None


def test_contacts_are_added_changed_and_retired(buyer: FlaskClient, make: Make, session: Session) -> None:
    supplier = make.supplier("Bjørk")
    data = {"name": "Ola", "email": "ola@bjork.example", "language": "nb"}
    assert buyer.post(f"/suppliers/{supplier.id}/contacts/new", data=data).status_code == 303
    twice = buyer.post(f"/suppliers/{supplier.id}/contacts/new", data=data)
    assert (twice.status_code, "already has a contact" in twice.text) == (422, True)

    ola = session.scalars(sa.select(Contact).where(Contact.email == "ola@bjork.example")).one()
    assert buyer.post(f"/contacts/{ola.id}/edit", data=data | {"name": "Ole"}).status_code == 303
    buyer.post(f"/contacts/{ola.id}/retire")

    session.expire_all()
    assert (ola.name, ola.retired_at is not None) == ("Ole", True)


def test_an_upload_shows_each_rows_fate_and_changes_nothing(buyer: FlaskClient, session: Session) -> None:
    page = buyer.get(upload(buyer).location)

    assert "Bjørk Metall AS" in page.text
    assert "“Atlantis” is no country." in page.text
    assert "Import one row" in page.text
    assert session.scalar(sa.select(sa.func.count(Supplier.id))) == 0
    assert "Atlantis" not in buyer.get(f"{page.request.path}?show=new").text


def test_what_was_shown_is_imported_once(buyer: FlaskClient, session: Session) -> None:
    address = upload(buyer).location
    digest = digest_on(buyer.get(address))

    for _twice in range(2):
        buyer.post(address, data={"digest": digest})

    assert list(session.scalars(sa.select(Supplier.name))) == ["Bjørk Metall AS"]
    assert list(session.scalars(sa.select(LedgerEvent.deed))) == [Deed.SUPPLIERS_IMPORTED]
    assert "There is nothing to import" in buyer.get(address).text


def test_a_register_that_changed_meanwhile_is_shown_again(buyer: FlaskClient, make: Make, session: Session) -> None:
    address = upload(buyer).location
    digest = digest_on(buyer.get(address))
    make.supplier("Bjørk Metall AS")

    answer = buyer.post(address, data={"digest": digest}, follow_redirects=True)

    assert "The register has changed since you looked." in answer.text
    assert session.scalars(sa.select(Supplier)).one().criticality is None


def test_somebody_elses_upload_is_not_to_be_had(buyer: FlaskClient, make: Make) -> None:
    address = upload(buyer).location
    other = buyer.application.test_client()
    make.sign_in(other, make.user())

    assert other.get(address).status_code == 410
    assert other.post(address, data={"digest": "0"}).status_code == 410
    assert buyer.get(f"{address[:-2]}xx").status_code == 410


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("a;b\n1;2", "none of the headings"),
        ("name\nA", "These columns are missing: country"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(buyer: FlaskClient, text: str, sentence: str) -> None:
    answer = upload(buyer, text)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_form_without_a_file_asks_for_one(buyer: FlaskClient) -> None:
    assert "Choose a file first." in buyer.post("/suppliers/import", data={}).text


def test_the_template_is_a_download(buyer: FlaskClient) -> None:
    answer = buyer.get("/suppliers/import/template.csv")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "contact_email" in answer.text


@pytest.mark.parametrize(
    ("role", "may_read", "may_change"),
    [(Role.ADMINISTRATOR, 200, 200), (Role.BUYER, 200, 200), (Role.APPROVER, 200, 403), (Role.AUDITOR, 403, 403)],
)
def test_who_may_read_and_who_may_change(
    client: FlaskClient, make: Make, role: Role, may_read: int, may_change: int
) -> None:
    supplier = make.supplier()
    make.sign_in(client, make.user(role))

    assert client.get("/suppliers").status_code == may_read
    assert client.get(f"/suppliers/{supplier.id}").status_code == may_read
    for page in ("/suppliers/new", "/suppliers/import", f"/suppliers/{supplier.id}/edit"):
        assert client.get(page).status_code == may_change


def test_an_unknown_id_is_not_found(buyer: FlaskClient) -> None:
    nobody = uuid.uuid4()

    for path in (f"/suppliers/{nobody}", f"/suppliers/{nobody}/edit", f"/contacts/{nobody}/edit"):
        assert buyer.get(path).status_code == 404
    assert buyer.post(f"/contacts/{nobody}/retire").status_code == 404


@pytest.mark.parametrize("text", ["\0", "  \t ", "\u202e\r\n"])
def test_a_name_of_nothing_is_no_name(buyer: FlaskClient, text: str) -> None:
    assert buyer.post("/suppliers/new", data={"name": text, "country": "NO"}).status_code == 422


def test_what_a_database_cannot_bear_does_no_harm(buyer: FlaskClient, session: Session) -> None:
    odd = "Bj\0rk\r\nBcc: x \u202e{{7*7}}"
    for name in ("text", "country", "criticality", "group", "owner", "sort", "page"):
        assert buyer.get("/suppliers", query_string={name: odd}).status_code == 200

    facts = {"name": odd, "country": "NO", "national_id": odd, "external_id": odd, "product_groups": odd}
    added = buyer.post("/suppliers/new", data=facts)
    assert buyer.post(f"{added.location}/contacts/new", data={"name": odd, "email": odd}).status_code == 422

    assert session.scalars(sa.select(Supplier.name)).one() == "Bjrk Bcc: x {{7*7}}"


def test_only_a_file_that_was_applied_is_kept_for_good(buyer: FlaskClient, app: Flask) -> None:
    parts = app.extensions["installation"]
    left_alone, looked_at = upload(buyer, CSV.replace("Nobody", "Somebody")), upload(buyer)
    assert left_alone.location
    assert not parts.settings.files_dir.exists()
    page = buyer.get(looked_at.location or "")
    assert buyer.post(looked_at.location or "", data={"digest": digest_on(page)}).status_code == 303
    assert [parts.store.get(each.sha256 or "") for each in parts.store.walk()] == [CSV.encode()]
    assert verify_all(parts.provable, clock()).faults == []
