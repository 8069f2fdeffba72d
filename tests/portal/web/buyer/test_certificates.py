"""The register of certificates on its page, as a file, and on the supplier's page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Attachment, Role, Supplier
from tests.factories import Make
from tests.portal.web.pages import check

TINY = Path(__file__).parents[3] / "questionnaires" / "tiny"
ODD = "=1+1 <script>alert(1)</script>"
CONTENT = b"%PDF-1.7 certificate"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


def hold(make: Make, name: str, days: int, number: str = "N-1") -> Supplier:
    """Return a supplier with a signed certificate that ends so many days from now."""
    supplier = make.supplier(name)
    assessment = make.request(make.campaign(keys=("every-type",)), supplier).assessments[0]
    until = (make.now + timedelta(days=days)).date().isoformat()
    declaration = make.declaration(assessment)
    declaration.answers = {"Q-cert": {"kind": "sa_8000", "number": number, "issuer": "SAI", "valid_until": until}}
    make.session.commit()
    return supplier


def with_file(make: Make, session: Session, installation: Installation, supplier: Supplier) -> None:
    """Add the certificate's file to the signed answer."""
    declaration = make.declaration(make.request(make.campaign(keys=("every-type",)), supplier).assessments[0])
    sha256 = installation.store.put(CONTENT)
    record = {"sha256": sha256, "name": "sa 8000.pdf", "size": len(CONTENT), "media_type": "application/pdf"}
    value = {"kind": "sa_8000", "number": "F-1", "issuer": "SAI", "valid_until": "2099-01-01"}
    declaration.answers = {"Q-cert": value, "Q-cert#documents": [record]}
    declaration.accepted_at = make.now + timedelta(hours=1)
    session.add(
        Attachment(
            assessment_id=declaration.assessment_id, question="Q-cert#documents", filename="sa 8000.pdf",
            media_type="application/pdf", size=len(CONTENT), sha256=sha256, uploaded_at=make.now,
        )
    )  # fmt: skip
    session.commit()


def order_of(text: str, *names: str) -> list[str]:
    return sorted(names, key=lambda name: text.index(f">{name}</a>"))


def test_an_empty_register_says_when_something_appears(buyer: FlaskClient) -> None:
    assert "No supplier has named a certificate yet." in check(buyer.get("/certificates"))
    assert 'aria-current="page">Certificates' in buyer.get("/certificates").text


def test_what_expires_first_stands_first_and_words_say_so(buyer: FlaskClient, make: Make) -> None:
    for name, days in (("Later", 300), ("Gone", -2), ("Soon", 20), ("Last day", 0)):
        hold(make, name, days)

    text = check(buyer.get("/certificates"))

    assert order_of(text, "Later", "Gone", "Soon", "Last day") == ["Gone", "Last day", "Soon", "Later"]
    for words in ("Expired 2 days ago", "Expires today", "Expires in 20 days", "300 days left", "SA 8000", "Stated"):
        assert words in text
    assert "4 certificates" in text
    assert "one has expired" in text
    assert "2 expire within 90 days" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("validity=expired", {"Gone"}),
        ("validity=valid", {"Soon", "Later"}),
        ("validity=30", {"Soon"}),
        ("supplier=LAT", {"Later"}),
        ("kind=sa_8000&supplier=soon", {"Soon"}),
        ("validity=x&kind=&supplier=%00&sort=x&order=x&page=x&endpoint=x&_scheme=x", {"Gone", "Soon", "Later"}),
    ],
)
def test_the_register_is_filtered(buyer: FlaskClient, make: Make, query: str, shown: set[str]) -> None:
    for name, days in (("Later", 300), ("Gone", -2), ("Soon", 20)):
        hold(make, name, days)

    text = check(buyer.get(f"/certificates?{query}"))

    assert {name for name in ("Later", "Gone", "Soon") if f">{name}</a>" in text} == shown


def test_nothing_that_fits_is_a_sentence(buyer: FlaskClient, make: Make) -> None:
    hold(make, "Gone", -2)
    assert "No certificate fits." in check(buyer.get("/certificates?kind=iso"))


@pytest.mark.parametrize(("sort", "first"), [("supplier", "Alfa"), ("valid_until", "Beta"), ("level", "Beta")])
def test_the_register_is_sorted_both_ways(buyer: FlaskClient, make: Make, sort: str, first: str) -> None:
    hold(make, "Beta", 1, number="1")
    hold(make, "Alfa", 2, number="2")

    text = check(buyer.get(f"/certificates?sort={sort}"))
    assert order_of(text, "Alfa", "Beta")[0] == first
    assert 'aria-sort="ascending"' in text
    if sort != "level":
        other = buyer.get(f"/certificates?sort={sort}&order=desc").text
        assert order_of(other, "Alfa", "Beta")[1] == first


def test_a_long_register_has_pages_that_keep_the_filter(buyer: FlaskClient, make: Make) -> None:
    supplier = make.supplier("Many")
    for number in range(51):
        assessment = make.request(make.campaign(keys=("comparing",)), make.supplier(f"Many {number}")).assessments[0]
        declaration = make.declaration(assessment)
        value = {"kind": "ISO", "number": str(number), "issuer": "Us", "valid_until": "2099-01-01"}
        declaration.answers = {"V-cert": value}
    make.session.commit()

    text = check(buyer.get("/certificates?supplier=many&validity=valid"))

    assert "51 certificates fit" in text
    assert "supplier=many&amp;validity=valid&amp;page=2" in text
    assert "Page 2 of 2" in buyer.get("/certificates?supplier=many&page=2").text
    assert supplier.name in "Many"


def test_the_file_can_be_downloaded(
    buyer: FlaskClient, make: Make, session: Session, installation: Installation
) -> None:
    supplier = hold(make, "With a file", 9)
    with_file(make, session, installation, supplier)

    text = check(buyer.get("/certificates"))
    address = re.search(r'href="(/assessments/[^"]+/attachments/[^"]+)">sa 8000.pdf<', text)

    assert address
    assert buyer.get(address.group(1)).data == CONTENT
    assert "Documented" in text
    assert "N-1" not in text


def test_an_administrator_sees_names_of_files_and_no_way_to_the_answers(
    client: FlaskClient, make: Make, session: Session, installation: Installation
) -> None:
    supplier = hold(make, "With a file", 9)
    with_file(make, session, installation, supplier)
    make.sign_in(client, make.user(Role.ADMINISTRATOR))

    for address in ("/certificates", f"/suppliers/{supplier.id}"):
        text = check(client.get(address))
        assert "sa 8000.pdf" in text
        assert "/assessments/" not in text


def test_the_register_as_csv_computes_nothing_and_keeps_the_filter(buyer: FlaskClient, make: Make) -> None:
    hold(make, ODD, -2, number=ODD)
    hold(make, "Later", 300)

    page = check(buyer.get("/certificates?validity=expired"))
    answer = buyer.get("/certificates.csv?validity=expired")

    assert "/certificates.csv?validity=expired" in page
    assert "<script>alert" not in page
    assert answer.headers["Content-Disposition"] == "attachment; filename=certificates.csv"
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("Supplier,Country,Certificate,Number,Issued by,Valid until,State,Days left,Evidence")
    assert rows[1].startswith(f"'{ODD},Norway,SA 8000,'{ODD},SAI,")
    assert ",Expired,0,Stated," in rows[1]


def test_the_suppliers_page_lists_its_own_and_says_what_expires(buyer: FlaskClient, make: Make) -> None:
    gone = hold(make, "Gone", -2)
    other = hold(make, "Other", 300, number="of the other")

    text = check(buyer.get(f"/suppliers/{gone.id}"))

    assert "Expired 2 days ago" in text
    assert "of the other" not in text
    assert "of the other" in check(buyer.get(f"/suppliers/{other.id}"))
    assert "<h2" in check(buyer.get(f"/suppliers/{make.supplier().id}"))


def test_the_register_in_norwegian_counts_in_norwegian(buyer: FlaskClient, make: Make) -> None:
    hold(make, "Borte", -1)
    buyer.post("/language", data={"language": "nb"})

    text = check(buyer.get("/certificates"))

    assert "Utløp for én dag siden" in text
    assert buyer.get("/certificates.csv").text.count(";") > 10
