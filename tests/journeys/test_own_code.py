"""A supplier that follows a code of its own: upload, signature, comparison, addendum, signature, proof."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.config import read_settings
from portal.demo.answering import answer_all
from portal.installation import Installation
from portal.models import Role
from portal.services import campaigns, suppliers, users
from portal.services.actors import COMMAND_LINE
from portal.services.campaigns import CampaignTerms
from portal.services.suppliers import ContactFacts, SupplierFacts
from questionnaires.answers import Clause
from questionnaires.catalogue import Catalogue
from questionnaires.own_code import OwnCode, own_code
from tests.journeys.conftest import Look
from tests.journeys.people import PASSWORD, Respondent, open_page, press, sign_in
from tests.journeys.site import Site
from tests.portal.uploads import PDF

pytestmark = pytest.mark.browser
BUYER, CONTACT, SUPPLIER = "buyer@testfirma.example", "kari@supplier.example", "Prøve Metall AS"


KEY = "code-of-conduct"
ANSWERS: dict[str, Any] = {"CC-02": "own", "CC-04": ["clause_8"], "CC-05": "It will be in our next edition."}


@pytest.fixture
def code(site: Site) -> OwnCode:
    """A campaign that asks one supplier for its code of conduct is on its way; how it asks."""
    settings = {name: value for name, value in site.environment.items() if name.startswith("PORTAL_")}
    parts, now = Installation(read_settings(settings)), clock()
    with parts.new_session.begin() as session:
        buyer = users.add_user(session, BUYER, Role.BUYER, "Berit Buyer", PASSWORD, now=now, by=COMMAND_LINE)
        supplier = suppliers.add(session, SupplierFacts(SUPPLIER, "NO"), now=now, by=COMMAND_LINE)
        suppliers.add_contact(session, supplier, ContactFacts("Kari Prøve", CONTACT, "en"), now=now, by=COMMAND_LINE)
        terms = CampaignTerms("Codes of Conduct", now.year, (now + timedelta(days=30)).date(), (KEY,))
        campaign = campaigns.create(session, terms, parts.catalogue, now=now, by=buyer)
        campaigns.choose(session, campaign, [supplier], now=now, by=buyer)
        campaigns.send(session, campaign, parts.catalogue, now=now, by=buyer)
    parts.engine.dispose()
    found = own_code(Catalogue.load().newest(KEY))
    assert found is not None
    return found


def test_an_own_code_goes_through_mapping_addendum_and_signature(
    browser: Browser, site: Site, code: OwnCode, look: Look, tmp_path: Path
) -> None:
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(site.mailbox.link(CONTACT))
    answer_with_own_code(supplier, code, tmp_path)
    supplier.sign(site, CONTACT, "Kari Prøve")

    buyer = sign_in(browser, site, BUYER)
    hold_against_ours(buyer, code, look)
    before = len(site.mailbox.received)
    press(buyer.get_by_role("button", name="Issue the addendum"))
    look(buyer, "own-code-issued")

    lacking = code.clauses[-2:]
    site.mailbox.wait_for(CONTACT, re.compile(re.escape(lacking[1].title.english)), after=before)
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(site.mailbox.link(CONTACT, after=before))
    accept_the_addendum(supplier.page, code, look)
    supplier.sign(site, CONTACT, "Kari Prøve")
    prove(supplier.page, site, code, lacking, tmp_path)

    press(buyer.get_by_role("link", name="Suppliers"))
    press(buyer.get_by_role("link", name=SUPPLIER))
    assert buyer.get_by_text("Addendum signed").count() == 1
    look(buyer, "own-code-supplier")


def answer_with_own_code(supplier: Respondent, code: OwnCode, folder: Path) -> None:
    """Answer page by page, and upload the own code where it is asked for."""
    path = folder / "Våre etiske retningslinjer.pdf"
    path.write_bytes(PDF)
    page, questionnaire = supplier.page, Catalogue.load().newest(KEY).asked_of({})
    answers = {**answer_all(questionnaire, Random(5)), **ANSWERS}
    questions = {question.id: question for question in questionnaire.questions}
    page.goto(f"{page.url}/{KEY}/{questionnaire.sections[0].id}")
    while f"/{KEY}/" in page.url:
        supplier.fill_page(answers, questions)
        upload = page.locator(f"[id='{code.upload.id}-field']")
        if upload.count():
            upload.set_input_files(path)
        press(page.get_by_role("button", name="Save and go on").last)


def hold_against_ours(page: Page, code: OwnCode, look: Look) -> None:
    """Map every clause: all are covered, but for the last two."""
    press(page.get_by_role("row").filter(has_text=SUPPLIER).get_by_role("link").first)
    press(page.get_by_role("link", name="Hold the supplier’s code against ours"))
    look(page, "own-code-empty")
    with page.expect_download() as download:
        page.get_by_role("link", name="Våre etiske retningslinjer.pdf").click()
    assert download.value.path().read_bytes() == PDF
    answers = ["Covered"] * (len(code.clauses) - 2) + ["Partly covered", "Missing"]
    press(page.get_by_role("button", name="Save, go on later"))
    for number, coverage in enumerate(answers, start=1):
        page.locator(f"#clause-{number}").get_by_label(coverage, exact=True).check()
    page.locator("#clause-1").get_by_label("Where").fill("Page 2")
    press(page.get_by_role("button", name="Save and finish"))
    assert page.get_by_text(f"{len(answers) - 2} covered, 1 partly, 1 missing").count() == 1
    look(page, "own-code-finished")


def accept_the_addendum(page: Page, code: OwnCode, look: Look) -> None:
    """Read why and which clauses, and tick the box."""
    look(page, "own-code-supplier-overview")
    press(page.get_by_role("link", name=re.compile("^Go on")).first)
    box = page.locator(f"[id='{code.addendum.id}']")
    shown = [clause.no for clause in code.clauses if box.get_by_text(clause.text.english).count()]
    assert shown == [clause.no for clause in code.clauses[-2:]], "what is lacking, and nothing else"
    assert box.get_by_text("Your own code of conduct does not fully cover ours.").count() == 1
    look(page, "own-code-addendum")
    box.get_by_role("checkbox").check()
    press(page.get_by_role("button", name="Save and go on").last)


def prove(page: Page, site: Site, code: OwnCode, lacking: tuple[Clause, ...], folder: Path) -> None:
    """The newest document is proven, and prints those clauses once more, with the acceptance."""
    path = folder / "signed.pdf"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the signed PDF").first.click()
    download.value.save_as(path)
    assert site.portal("verify", str(path)).returncode == 0
    if not shutil.which("pdftotext"):
        return
    words = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    printed = " ".join(words.split())
    beginnings = [" ".join(clause.text.english.split()[:5]) for clause in code.clauses]
    assert [printed.count(beginning) for beginning in beginnings] == [
        2 if clause in lacking else 1 for clause in code.clauses
    ]
    assert "Confirmed" in printed.rpartition(beginnings[-1])[2], "with the acceptance below"
