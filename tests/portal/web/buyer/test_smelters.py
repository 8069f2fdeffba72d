"""Pages on smelters: the list, one smelter, the rows to match, and what changed."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Role, Supplier
from tests.factories import Make
from tests.portal import smelter_case as case
from tests.portal.web.pages import check
from tests.questionnaires.minerals.workbooks import smelter

ODD = "=1+1 <script>alert(1)</script>"


@pytest.fixture
def alfa(session: Session, installation: Installation, make: Make) -> Supplier:
    """A supplier with a workbook of last year and one of this year."""
    last_year = make.now - timedelta(days=400)
    case.bring_template(session, installation, make.now)
    case.bring_statuses(session, installation, last_year.date(), make.now, case.A_YEAR_AGO)
    case.bring_statuses(session, installation, make.now.date(), make.now)
    supplier = make.supplier("Alfa AS")
    case.hand_in(make, supplier, [smelter(case.TIN), smelter(case.GOLD)], at=last_year)
    products = [{"number": f"P-{number}", "name": "Screw"} for number in range(4)]
    rows = [smelter(case.GOLD), smelter(case.TUNGSTEN), case.unlisted("Tin", "Fjord Tinworks", "NORWAY")]
    case.hand_in(
        make, supplier, [*rows, case.unlisted("Gold", ODD, "PERU")], company={"scope": case.BY_PRODUCT},
        products=products, company_answers={"A": "No"},
    )  # fmt: skip
    case.hand_in(make, make.supplier("Beta AS"), [rows[0], smelter(case.TANTALUM, lookup="Ass Tantalum")])
    return supplier


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_page_is_sound(buyer: FlaskClient, alfa: Supplier, language: str) -> None:
    buyer.post("/language", data={"language": language})
    pages = ("", "?status=missing", "?text=nobody", "/CID900002", "/CID900003", "/unmatched", "/changes")
    for address in (*(f"/smelters{page}" for page in pages), f"/smelters/changes?supplier={alfa.id}"):
        assert "<script>alert" not in check(buyer.get(address)), address
    for unknown in ("CID123456", "a%00b", "x" * 300):
        assert buyer.get(f"/smelters/{unknown}").status_code == 404


def test_empty_pages(buyer: FlaskClient) -> None:
    for address in ("/smelters", "/smelters/unmatched", "/smelters/changes"):
        check(buyer.get(address))


def test_the_list_is_filtered_sorted_and_downloaded(buyer: FlaskClient, alfa: Supplier) -> None:
    shown = buyer.get("/smelters?status=not-good").text
    assert "Elv Gold Refinery" in shown
    assert "Ås Tantalum" not in shown
    assert "One row" not in shown
    assert "3 rows to match" in shown
    found = buyer.get("/smelters?sort=suppliers&order=desc").text
    assert found.index("CID900002") < found.index("CID900003")
    lines = buyer.get("/smelters.csv?metal=Gold").text.splitlines()
    assert lines[1:] == ["Elv Gold Refinery,CID900002,Gold,SWEDEN,Not conformant,2025-06-01,1,2"]
    sheet = openpyxl.load_workbook(io.BytesIO(buyer.get("/smelters.xlsx").data)).active
    assert sheet
    assert [row[1].value for row in sheet.iter_rows()] == ["Smelter ID", "CID900002", "CID900004", "CID900003"]


def test_a_smelter_shows_who_named_it_for_what_since_when(buyer: FlaskClient, alfa: Supplier) -> None:
    shown = buyer.get("/smelters/CID900002").text
    assert "Not conformant" in shown
    assert "Alfa AS" in shown
    assert "4 products" in shown
    assert "All that it delivers" in shown
    assert "no longer named" in buyer.get("/smelters/CID900001").text


def test_words_are_matched_once_for_all_and_taken_back(buyer: FlaskClient, alfa: Supplier, session: Session) -> None:
    shown = buyer.get("/smelters/unmatched?doubt=not-listed").text
    assert "% alike" in shown
    start = shown.index("/smelters/unmatched/", shown.index(">Fjord Tinworks<"))
    address = shown[start : shown.index('"', start)].partition("?")[0]
    answer = buyer.post(address, data={"row": "7", "decision": "is", "smelter_id": "CID123456"}, follow_redirects=True)
    assert "No list has this smelter id." in answer.text
    answer = buyer.post(address, data={"row": "7", "decision": "CID900001"}, follow_redirects=True)
    assert "Remembered" in answer.text
    assert "2 rows to match" in buyer.get("/smelters").text
    start = answer.text.index("/smelters/matches/")
    buyer.post(answer.text[start : answer.text.index('"', start)])
    assert "3 rows to match" in buyer.get("/smelters").text
    assert buyer.post(address, data={"row": "99999999999999"}).status_code == 404


def test_what_changed_is_told_for_the_chain_and_for_a_supplier(buyer: FlaskClient, alfa: Supplier) -> None:
    chain = buyer.get("/smelters/changes").text
    assert "Elv Gold Refinery" in chain
    assert "One smelter left" in chain
    assert "2 smelters came" in chain
    one = buyer.get(f"/smelters/changes?supplier={alfa.id}").text
    assert "A. Has a policy on responsible minerals" in one
    assert "One smelter left" in one
    assert check(buyer.get("/smelters/changes?from=nonsense&to=1066-10-14"))


def test_an_administrator_brings_templates_and_statuses(client: FlaskClient, make: Make) -> None:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))

    def send(address: str, content: bytes, **fields: str) -> str:
        data = {"file": (io.BytesIO(content), "file.xlsx"), **fields}
        return check(client.post(address, data=data, follow_redirects=True))

    lists, day = "/smelters/lists", make.now.date().isoformat()
    assert "Choose a file first." in check(client.post(f"{lists}/template"))
    assert "Error:" in send(f"{lists}/template", b"words")
    assert "CMRT 6.5 is taken in." in send(f"{lists}/template", case.blank())
    assert "Give the day of the list" in send(f"{lists}/statuses", case.NOW, day="2999-01-01")
    assert "No column is headed Status." in send(f"{lists}/statuses", b"Smelter ID\nCID900001", day=day)
    shown = send(f"{lists}/statuses", case.NOW + b"\nno,No,Active,,\n", day=day)
    assert "Row 5: “NO” is no smelter id" in shown
    start = shown.index("/smelters/lists/statuses/")
    address = shown[start : shown.index('"', start)].replace("&amp;", "&")
    assert "The list of statuses is kept." in check(client.post(address, follow_redirects=True))
    assert "Conformant: 2" in check(client.get(lists))
    assert client.post(f"{lists}/statuses/forged?day={day}").status_code == 410
