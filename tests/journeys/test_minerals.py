"""A supplier uploads a CMRT that contradicts itself, mends it, signs; the buyer sees what is left."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.installation import Installation
from portal.models import Assessment
from portal.services import assessments
from questionnaires.minerals.checker import missing
from questionnaires.minerals.model import Asked, Mineral
from questionnaires.minerals.reading import read
from tests.journeys.asking import BUYER, CONTACT, SUPPLIER, ask, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import Respondent, go_to, open_page, press, sign_in
from tests.journeys.site import Site
from tests.portal.services.test_minerals_workbooks import ANSWERS, KEY, QUESTION
from tests.portal.web.buyer.test_rollup import LETTERS
from tests.questionnaires.minerals.test_writing import blank_template, calculated
from tests.questionnaires.minerals.workbooks import COMPANY, SMELTERS_KNOWN, build, smelter

pytestmark = pytest.mark.browser
LEFT_OPEN = {"TG-05-tin", "TG-08", "TG-08#comment"}
TODAY = {"effective_date": clock().date()}
ROWS = [smelter(line) for line in SMELTERS_KNOWN[:5]]
UNCERTAIN = {Asked.COVERED_COUNTRIES: "Unknown", Asked.HIGH_RISK_AREAS: "Unknown"}
CONTRADICTORY = build(
    version="6.6.1",
    company={**TODAY, "contact_email": ""},
    answers={
        **UNCERTAIN,
        (Asked.USED, Mineral.GOLD): "No",
        Asked.ALL_IDENTIFIED: "Yes",
        Asked.COVERAGE: "Greater than 75%",
    },
    smelters=[*ROWS, *({**ROWS[0], "id_typed": f"12{number}", "smelter_id": f"12{number}"} for number in range(40))],
)
MENDED = build(
    version="6.6.1", company=TODAY, answers={**UNCERTAIN, Asked.ALL_IDENTIFIED: "Yes", Asked.COVERAGE: "100%"}
)


@pytest.fixture
def link(site: Site) -> str:
    """The link to a questionnaire in which little is left to answer."""
    parts = installation_of(site)
    ask(parts, KEY)
    answer_most(parts)
    parts.engine.dispose()
    return site.mailbox.link(CONTACT)


def answer_most(parts: Installation) -> None:
    with parts.new_session.begin() as session:
        (assessment,) = session.scalars(sa.select(Assessment))
        given = {key: value for key, value in ANSWERS.items() if key not in LEFT_OPEN}
        assessments.save(session, assessment, given, None, clock())


def test_a_contradictory_workbook_is_mended_and_what_is_left_reaches_the_buyer(
    browser: Browser, site: Site, link: str, look: Look, tmp_path: Path
) -> None:
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(link)
    page = supplier.page
    overview = page.url.partition(f"/{KEY}/")[0]
    page.goto(f"{overview}/{KEY}/policy-and-file")
    page.locator(f"[id='{QUESTION}-field']").set_input_files(saved(tmp_path, "cmrt.xlsx", CONTRADICTORY))
    press(page.get_by_role("button", name="Upload", exact=True))
    assert (
        page.locator(".cells").get_by_text("The smelter list has gold (rows: 1), but question 1 says “No”").is_visible()
    )
    look(page, "minerals-report")

    page.get_by_label("The mended file").set_input_files(saved(tmp_path, "mended.xlsx", MENDED))
    press(page.get_by_role("button", name="Replace the file"))
    assert page.get_by_text("Nothing here keeps you from signing.").is_visible()
    press(page.get_by_role("button", name="Take these 2 answers"))
    look(page, "minerals-report-mended")
    page.goto(overview)
    supplier.sign(site, CONTACT, "Kari Prøve")
    buyer = sign_in(browser, site, BUYER)
    look_at_what_is_left(buyer, look)
    written = write_our_own(buyer, look, tmp_path)
    assert missing(read(written)) == ()
    book = openpyxl.load_workbook(io.BytesIO(calculated(written, tmp_path)), data_only=True)
    assert book["Checker"]["D2"].value == 0, "the workbook's own Checker finds nothing that ours does not"


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def look_at_what_is_left(page: Page, look: Look) -> None:
    press(page.get_by_role("link", name=SUPPLIER).first)
    left = page.locator(".deviation").filter(has_text="CMRT 6.6.1")
    assert left.filter(has_text="Declaration!D38").count() >= 1
    assert left.filter(has_text="The answer is “No”, but CMRT 6.6.1 says “Unknown” (Declaration!D39).").count() == 1
    look(page, "minerals-buyer")


def write_our_own(page: Page, look: Look, folder: Path) -> bytes:
    """Roll up what was signed, and write it into a blank template."""
    go_to(page, "Campaigns")
    press(page.locator("main table a").first)
    press(page.get_by_role("link", name="Conflict minerals roll-up"))
    look(page, "minerals-rollup")
    typed = {name: value for name, value in COMPANY.items() if isinstance(value, str)}
    typed |= {f"letter-{letter}": value for letter, value in LETTERS.items()}
    typed |= {"comment-B": "https://us.example", "effective_date": clock().date().isoformat()}
    for name, value in typed.items():
        field = page.locator(f"[name='{name}']")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("[name=template]").set_input_files(saved(folder, "blank.xlsx", blank_template()))
    with page.expect_download() as download:
        page.locator("button[value=write]").click()
    download.value.save_as(folder / "ours.xlsx")
    return (folder / "ours.xlsx").read_bytes()
