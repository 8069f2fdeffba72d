"""A supplier that follows a code of its own: upload, signature, comparison, addendum, signature, proof."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.demo.answering import answer_all
from questionnaires.answers import Clause
from questionnaires.catalogue import Catalogue
from questionnaires.own_code import OwnCode, own_code
from tests.journeys.asking import BUYER, CONTACT, SUPPLIER, ask, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import Respondent, open_page, press, sign_in
from tests.journeys.site import Site
from tests.portal.uploads import PDF

pytestmark = pytest.mark.browser
KEY = "code-of-conduct"
ANSWERS: dict[str, Any] = {"CC-02": "own", "CC-04": ["clause_8"], "CC-05": "It will be in our next edition."}


@pytest.fixture
def code(site: Site) -> OwnCode:
    """A campaign that asks one supplier for its code of conduct is on its way; how it asks."""
    parts = installation_of(site)
    ask(parts, KEY)
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
    assert site.portal("verify", str(path)).exit_code == 0
    if not shutil.which("pdftotext"):
        return
    words = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    printed = " ".join(words.split())
    beginnings = [" ".join(clause.text.english.split()[:5]) for clause in code.clauses]
    assert [printed.count(beginning) for beginning in beginnings] == [
        2 if clause in lacking else 1 for clause in code.clauses
    ]
    assert "Confirmed" in printed.rpartition(beginnings[-1])[2], "with the acceptance below"
