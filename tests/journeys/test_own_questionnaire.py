"""A questionnaire of the company's own: written in Excel, mended, previewed, published, answered, and asked again."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.services import suppliers
from portal.services.actors import COMMAND_LINE
from portal.services.suppliers import ContactFacts, SupplierFacts
from questionnaires.workbooks.definition import write_definition
from tests.journeys.asking import BUYER, CONTACT, SUPPLIER, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import PASSWORD, Respondent, go_to, open_page, press, sign_in
from tests.journeys.site import Site
from tests.portal.own_definition import KEY, SECOND, SECOND_NB, edition

pytestmark = pytest.mark.browser
ADMINISTRATOR = "anna@testfirma.example"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MISTAKES = {("Questions", "G3"): "whole_nummer", ("Deviations", "B2"): "= never"}


@pytest.fixture
def administrator(browser: Browser, site: Site) -> Page:
    """An administrator has signed in; there are a buyer and one supplier to ask."""
    site.add_user(ADMINISTRATOR, "administrator", PASSWORD)
    site.add_user(BUYER, "buyer", PASSWORD)
    parts, now = installation_of(site), clock()
    with parts.new_session.begin() as session:
        supplier = suppliers.add(session, SupplierFacts(SUPPLIER, "NO"), now=now, by=COMMAND_LINE)
        suppliers.add_contact(session, supplier, ContactFacts("Kari Prøve", CONTACT, "en"), now=now, by=COMMAND_LINE)
    parts.engine.dispose()
    return sign_in(browser, site, ADMINISTRATOR)


def test_from_a_workbook_with_mistakes_to_the_next_years_declaration(
    browser: Browser, site: Site, administrator: Page, look: Look, tmp_path: Path
) -> None:
    workbook = write_definition(edition())
    upload(administrator, with_mistakes(workbook))
    reads_the_report(administrator, look)
    upload(administrator, workbook)
    look(administrator, "own-draft")
    every_question_of_the_library(administrator, site, look)
    preview_and_try(administrator, look)
    publish(administrator, look)
    buyer = sign_in(browser, site, BUYER)
    link = send(buyer, site, 2026)
    answer_the_first_year(browser, site, link)

    upload(administrator, write_definition(edition(SECOND, SECOND_NB)))
    look(administrator, "own-next-draft")
    publish(administrator, look)
    link = send(buyer, site, 2027)
    page = answer_the_next_year(browser, site, link, look)
    the_document_carries_the_marks(page, tmp_path)


def with_mistakes(workbook: bytes) -> bytes:
    """Return the workbook with two cells that cannot be right."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for (sheet, cell), wrong in MISTAKES.items():
        book[sheet][cell] = wrong
        book[sheet][cell].data_type = "s"  # as typed: openpyxl takes “= never” for a formula
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def upload(page: Page, workbook: bytes) -> None:
    go_to(page, "Questionnaires")
    press(page.get_by_role("link", name="Upload a questionnaire of your own"))
    page.get_by_label("Files").set_input_files({"name": "Husregler.xlsx", "mimeType": XLSX, "buffer": workbook})
    press(page.get_by_role("button", name="Check and keep as a draft"))


def reads_the_report(page: Page, look: Look) -> None:
    """Both mistakes are told, each with its cell and its question."""
    look(page, "own-report")
    rows = page.get_by_role("table", name="Faults").get_by_role("row")
    assert rows.count() == 1 + len(MISTAKES)
    for sheet, cell in MISTAKES:
        assert rows.filter(has_text=sheet).filter(has_text=cell).count() == 1, rows.all_inner_texts()
    assert rows.filter(has_text="H-rooms").count() == rows.filter(has_text="H-rules").count() == 1


def every_question_of_the_library(page: Page, site: Site, look: Look) -> None:
    """Look at all pages of the long questionnaires, each on one."""
    draft = page.url
    for key, language in (("human-rights", "nb"), ("conflict-minerals", "en")):
        page.goto(f"{site.address}/questionnaires/{key}/2026-1/preview/all?language={language}")
        look(page, f"own-all-{key}")
    page.goto(draft)


def preview_and_try(page: Page, look: Look) -> None:
    """Read the page in both languages, and see what an answer leads to."""
    press(page.get_by_role("link", name="Preview and try it"))
    look(page, "own-preview")
    press(page.get_by_role("link", name="Your house"))
    assert page.get_by_text("Do you have house rules?").count()
    press(page.get_by_role("navigation", name="Language of the questionnaire").get_by_role("link", name="Norsk bokmål"))
    assert page.get_by_text("Har dere husregler?").count()
    look(page, "own-preview-nb")
    page.locator("input[name=H-rules][value=no]").check()
    press(page.get_by_role("button", name="Show what comes of it"))
    assert page.get_by_text("Det finnes ingen husregler.").count() == 1
    look(page, "own-trial-nb")
    press(page.get_by_role("navigation", name="You are here").get_by_role("link", name="Husregler, 2026-1"))


def publish(page: Page, look: Look) -> None:
    press(page.get_by_role("button", name="Publish this edition"))
    assert page.get_by_role("button", name="Retire this edition").count() == 1
    look(page, "own-published")


def send(page: Page, site: Site, year: int) -> str:
    """Ask the one supplier; return the link in its mail."""
    before = len(site.mailbox.received)
    go_to(page, "Campaigns")
    press(page.get_by_role("link", name="Make a campaign").first)
    page.get_by_label("Title").fill(f"House rules {year}")
    page.get_by_label("Reporting year").fill(str(year))
    page.locator(f"input[name=questionnaires][value={KEY}]").check()
    page.get_by_label("To be signed by").fill("2099-01-31")
    press(page.get_by_role("button", name="Go on to the suppliers"))
    press(page.get_by_role("button", name="Choose the one that fits"))
    press(page.get_by_role("link", name="Go on to the mail").first)
    press(page.get_by_role("button", name="Send to one supplier"))
    return site.mailbox.link(CONTACT, after=before)


def answer_the_first_year(browser: Browser, site: Site, link: str) -> None:
    """A supplier with rules, twelve rooms and a caretaker."""
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(link)
    page = supplier.page
    page.goto(f"{page.url}/{KEY}/house")
    page.locator("input[name=H-rules][value=yes]").check()
    page.locator("[name=H-rooms]").fill("12")
    page.locator("[name=H-keys]").fill("The caretaker")
    press(page.get_by_role("button", name="Save and go on").last)
    supplier.sign(site, CONTACT, "Kari Prøve")
    page.context.close()


def answer_the_next_year(browser: Browser, site: Site, link: str, look: Look) -> Page:
    """One answer is proposed and confirmed, one changed, one question means something else, and one is new."""
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(link)
    page = supplier.page
    page.goto(f"{page.url}/{KEY}/house")
    look(page, "own-carried")
    door, rules, rooms, keys = (page.locator(f"#H-{name}") for name in ("door", "rules", "rooms", "keys"))
    assert door.locator(".carried").count() == 0, "a new question has no answer of last year"
    assert rules.locator("input[value=yes]").is_checked(), "proposed"
    assert rooms.locator("[name=H-rooms]").input_value() == "", "it means something else now"
    assert rooms.get_by_text("12", exact=True).is_visible(), "last year's answer stands beside"
    assert keys.locator("[name=H-keys]").input_value() == "The caretaker"
    door.locator("input[value=no]").check()
    rules.get_by_label("Still right").check()
    rooms.locator("[name=H-rooms]").fill("2")
    keys.locator("[name=H-keys]").fill("Nobody")
    press(page.get_by_role("button", name="Save and go on").last)
    supplier.sign(site, CONTACT, "Kari Prøve")
    return page


def the_document_carries_the_marks(page: Page, folder: Path) -> None:
    """What is signed says of each answer whether it was confirmed, changed or is new."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the signed PDF").first.click()
    path = folder / "signed.pdf"
    download.value.save_as(path)
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here: the marks in the document were not read")
    words = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    printed = words.partition("Your house")[2]
    questions = {"Is the door": "New", "Do you have": "Confirmed", "How many halls": "New", "Who keeps": "Changed"}
    places = [printed.index(question) for question in questions] + [len(printed)]
    for mark, start, end in zip(questions.values(), places[:-1], places[1:], strict=True):
        assert mark in printed[start:end], printed
