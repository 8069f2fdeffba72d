"""An administrator reads a questionnaire before it is sent, and tries a bad answer, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Look
from tests.journeys.people import PASSWORD, press, sign_in
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
EMAIL, START = "anna@testfirma.example", "/questionnaires/human-rights/2026-1/preview"


def test_a_questionnaire_is_read_and_tried_in_both_languages(browser: Browser, site: Site, look: Look) -> None:
    site.add_user(EMAIL, "administrator", PASSWORD)
    page = sign_in(browser, site, EMAIL)
    page.goto(f"{site.address}/questionnaires")
    press(page.get_by_role("link", name="Preview Human rights self-declaration 2026-1"))
    read(page, look, "en")
    try_a_child_at_work(page, look, "en")
    speak_norwegian(page, site)
    page.goto(f"{site.address}{START}?language=nb")
    read(page, look, "nb")
    try_a_child_at_work(page, look, "nb")
    print_all(page, site, look)


def print_all(page: Page, site: Site, look: Look) -> None:
    """Look at all pages of a questionnaire on one; its files are out of use."""
    page.goto(f"{site.address}/questionnaires/code-of-conduct/2026-1/preview/all?language=nb")
    look(page, "preview-all-nb")
    assert page.locator("input[type=file]").first.is_disabled()


def speak_norwegian(page: Page, site: Site) -> None:
    page.goto(f"{site.address}{START}")
    press(page.locator(".languages").get_by_role("button", name="Norsk bokmål"))


def read(page: Page, look: Look, language: str) -> None:
    """Look at the first page and at the one on children."""
    look(page, f"preview-entry-{language}")
    page.goto(f"{page.url.split('?')[0]}/sections/child-labour?language={language}")
    look(page, f"preview-section-{language}")


def try_a_child_at_work(page: Page, look: Look, language: str) -> None:
    """Answer that the youngest is twelve, and look at what comes of it."""
    page.locator("[name=HR-18]").fill("twelve")
    press(page.locator(".actions button[value=result]"))
    look(page, f"preview-problem-{language}")
    page.locator("[name=HR-18]").fill("12")
    press(page.locator(".actions button[value=result]"))
    page.locator(".severity-zero_tolerance").wait_for()
    look(page, f"preview-result-{language}")
