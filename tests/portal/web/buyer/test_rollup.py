"""A campaign's minerals workbooks rolled up on a page, and our own written into a blank template."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Attachment, Campaign, Deed, LedgerEvent, MineralsWorkbook
from questionnaires.minerals.checker import missing
from questionnaires.minerals.json_form import to_json
from questionnaires.minerals.model import Asked, Kind, Mineral
from questionnaires.minerals.reading import read
from tests.factories import Make
from tests.portal.web.pages import check
from tests.questionnaires.minerals.test_writing import blank_template
from tests.questionnaires.minerals.workbooks import COMPANY, SMELTERS_KNOWN, build, smelter

QUESTION = "CM-40"
LETTERS = {"A": "Yes", "B": "Yes", "C": "Yes", "D": "Yes", "E": "No", "F": "Yes", "G": "Yes", "H": "No"}


@dataclass
class Handing:
    """Lets suppliers of one campaign hand in workbooks."""

    make: Make
    campaign: Campaign

    def in_(self, name: str, *, signed: bool = True, days_ago: int = 30, **said: Any) -> str:
        """Return the hash of a new supplier's workbook."""
        asked = self.make.request(self.campaign, self.make.supplier(name))
        return self.more(asked.assessments[0], signed=signed, days_ago=days_ago, **said)

    def more(self, assessment: Any, *, signed: bool = True, days_ago: int = 30, **said: Any) -> str:
        """Hand in one more for an assessment; the answer names every file."""
        day, session = date(2026, 6, 1) - timedelta(days=days_ago), self.make.session
        content = build(company={"effective_date": day}, **said)
        workbook, sha256 = read(content), hashlib.sha256(content + assessment.id.bytes).hexdigest()
        attachment = Attachment(
            assessment_id=assessment.id, question=QUESTION, filename="CMRT <ours>.xlsx", media_type="x", size=1,
            sha256=sha256, uploaded_at=self.make.now,
        )  # fmt: skip
        session.add(attachment)
        session.flush()
        session.add(
            MineralsWorkbook(
                assessment_id=assessment.id, attachment_id=attachment.id, sha256=sha256, kind="CMRT",
                version=workbook.version, scope="A", effective_date=day, workbook=to_json(workbook), report={},
                read_at=self.make.now - timedelta(days=days_ago),
            )
        )  # fmt: skip
        session.commit()
        if signed:
            declaration = self.make.declaration(assessment)
            declaration.answers = {QUESTION: [{"sha256": sha256, "name": "CMRT.xlsx"}]}
            session.commit()
        return sha256


@pytest.fixture
def handing(make: Make) -> Handing:
    return Handing(make, make.campaign(keys=("conflict-minerals",)))


def page_of(handing: Handing) -> str:
    return f"/campaigns/{handing.campaign.id}/minerals"


def filled_in(handing: Handing, **more: Any) -> dict[str, Any]:
    company = {name: value for name, value in COMPANY.items() if isinstance(value, str)}
    letters = {f"letter-{letter}": value for letter, value in LETTERS.items()}
    return {**company, **letters, "comment-B": "https://us.example", "effective_date": "2026-06-01",
            "products": "P-1; =Bolt\nP-2", "kind": "CMRT", "do": "write", **more}  # fmt: skip


def test_the_page_says_what_counts_and_who_is_missing(buyer: FlaskClient, handing: Handing) -> None:
    counted = handing.in_("Bjørk AS")
    handing.in_("Furu AS", signed=False)
    text = check(buyer.get(page_of(handing)))
    assert "1 of 2 relevant suppliers have a workbook that counts" in text
    assert "Not every relevant supplier has answered." in text
    assert [counted[:16] in text, "Fjord Tin Works" in text, "CMRT &lt;ours&gt;.xlsx" in text] == [True] * 3
    check(buyer.get(page_of(handing) + "?kind=EMRT"))


def test_the_newest_of_a_supplier_counts_and_the_older_is_shown_as_replaced(
    buyer: FlaskClient, handing: Handing, session: Session
) -> None:
    older = handing.in_("Bjørk AS", days_ago=90)
    assessment = handing.campaign.requests[0].assessments[0]
    newer = handing.more(assessment, signed=False, days_ago=10)
    declaration = assessment.declarations[0]
    declaration.answers = {QUESTION: [{"sha256": older}, {"sha256": newer}]}
    session.commit()
    text = check(buyer.get(page_of(handing)))
    assert "No, a newer file has replaced it" in text
    assert text.index(newer[:16]) < text.index(older[:16])


def test_suppliers_are_chosen_and_are_the_denominator(buyer: FlaskClient, handing: Handing) -> None:
    handing.in_("Bjørk AS")
    handing.in_("Furu AS", answers={(Asked.USED, Mineral.TIN): "No"})
    wanted = str(handing.campaign.requests[0].supplier_id)
    text = check(buyer.post(page_of(handing), data={"chosen": "1", "supplier": [wanted, "none"], "do": "show"}))
    assert "1 of one relevant supplier has a workbook that counts" in text
    assert "No supplier is chosen." in check(buyer.post(page_of(handing), data={"chosen": "1", "do": "show"}))


def test_our_own_workbook_is_written_and_recorded(buyer: FlaskClient, handing: Handing, session: Session) -> None:
    sources = sorted([handing.in_("Bjørk AS"), handing.in_("Furu AS")])
    answer = buyer.post(page_of(handing), data=filled_in(handing, template=(io.BytesIO(blank_template()), "b.xlsx")))
    written = read(answer.data)
    assert [written.kind, written.company["company_name"].value, len(written.smelters)] == [
        Kind.CMRT, COMPANY["company_name"], 4,
    ]  # fmt: skip
    assert [[row.number, row.name] for row in written.products] == [["P-1", "=Bolt"], ["P-2", ""]]
    assert missing(written) == ()
    (event,) = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.MINERALS_WRITTEN.value))
    data = json.loads(event.record)["data"]
    assert data == {
        "sha256": hashlib.sha256(answer.data).hexdigest(), "kind": "CMRT", "answered": 2, "relevant": 2,
        "sources": sources,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (b"", "Choose a blank template first."),
        (b"%PDF-1.7", "This is a PDF file, not a workbook."),
        (build(), "The template is not blank."),
        (blank_template(Kind.EMRT, "2.1"), "The template is of the other kind"),
    ],
)
def test_a_template_that_does_not_fit_is_refused_and_what_was_typed_stays(
    buyer: FlaskClient, handing: Handing, template: bytes, sentence: str
) -> None:
    handing.in_("Bjørk AS")
    posted = filled_in(handing, company_name="Vår & Co", template=(io.BytesIO(template), "b.xlsx"))
    answer = buyer.post(page_of(handing), data=posted)
    assert answer.status_code == 422
    assert [sentence in check(answer), 'value="Vår &amp; Co"' in answer.text] == [True, True]


def test_our_own_answers_close_what_is_left_open(buyer: FlaskClient, handing: Handing) -> None:
    handing.in_("Bjørk AS", answers={(Asked.USED, Mineral.GOLD): "No"}, smelters=[])
    handing.make.request(handing.campaign, handing.make.supplier("Taus AS"))
    assert "You must answer this yourself" in check(buyer.get(page_of(handing)))
    text = check(buyer.post(page_of(handing), data={"own-used-Gold": "No", "do": "show"}))
    assert "You have answered this yourself." in text


def test_smelters_and_countries_are_downloaded_with_who_reported_them(buyer: FlaskClient, handing: Handing) -> None:
    tin = SMELTERS_KNOWN[0]
    rows = [smelter(tin, mine_countries="PERU; Bolivia"), smelter(tin, smelter_id="wrong", id_typed="wrong")]
    sha256 = handing.in_("=Bjørk AS", smelters=rows)

    def table(do: str) -> list[list[str]]:
        answer = buyer.post(page_of(handing), data={"do": do})
        assert "attachment" in answer.headers["Content-Disposition"]
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert table("smelters-csv")[1:] == [
        ["Tin", "CID900001", "Fjord Tin Works", "NORWAY", "1", "'=Bjørk AS", "CMRT <ours>.xlsx", sha256, "2026-05-02",
         "A"]
    ]  # fmt: skip
    assert [row[:4] for row in table("countries-csv")[1:]] == [
        ["Tin", "Country of origin", "BOLIVIA", "1"],
        ["Tin", "Country of origin", "PERU", "1"],
        ["Tin", "Country of the smelter", "NORWAY", "1"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(buyer.post(page_of(handing), data={"do": "xlsx"}).data))
    assert [book["Smelters"]["F2"].value, book["To follow up"]["B2"].value] == ["=Bjørk AS", "wrong"]


def test_another_campaigns_files_do_not_count(buyer: FlaskClient, handing: Handing, make: Make) -> None:
    handing.in_("Bjørk AS")
    other = make.campaign(keys=("conflict-minerals",))
    assert "No supplier is chosen." in check(buyer.get(f"/campaigns/{other.id}/minerals"))
    assert buyer.get("/campaigns/00000000-0000-4000-8000-000000000000/minerals").status_code == 404


def test_what_the_workbook_would_lack_is_told_before_it_is_written(buyer: FlaskClient, handing: Handing) -> None:
    handing.in_("Bjørk AS")
    assert "would miss" not in check(buyer.get(page_of(handing)))
    assert "would miss nothing" in check(buyer.post(page_of(handing), data=filled_in(handing, do="show")))
    lacking = filled_in(
        handing, do="show", **{"letter-A": "", "scope": "B. Product (or List of Products)", "products": ""}
    )
    text = check(buyer.post(page_of(handing), data=lacking))
    assert ["would miss 2 fields" in text, "Question A is not answered." in text] == [True, True]
