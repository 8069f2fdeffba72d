"""An administrator reads a questionnaire before it is sent, and tries a bad answer, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Look
from tests.journeys.people import PASSWORD, press, sign_in
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
EMAIL = "anna@testfirma.example"
HUMAN_RIGHTS = "/questionnaires/human-rights/2026-1/preview"
CODE = "/questionnaires/code-of-conduct/2026-1/preview"


def test_a_questionnaire_is_read_and_tried_in_both_languages(browser: Browser, site: Site, look: Look) -> None:
    site.add_user(EMAIL, "administrator", PASSWORD)
    page = sign_in(browser, site, EMAIL)
    page.goto(f"{site.address}/questionnaires")
    press(page.get_by_role("link", name="Preview Human rights self-declaration 2026-1"))
    look(page, "preview-entry-en")
    press(page.get_by_role("link", name="Child labour"))
    look(page, "preview-section-en")
    try_a_child_at_work(page)
    look(page, "preview-result-en")

    press(page.locator(".languages").get_by_role("button", name="Norsk bokmål"))
    page.goto(f"{site.address}{CODE}/all?language=nb")
    assert page.locator("input[type=file]").first.is_disabled()
    look(page, "preview-all-nb")
    page.goto(f"{site.address}{HUMAN_RIGHTS}/sections/child-labour?language=nb")
    try_a_child_at_work(page)
    look(page, "preview-result-nb")


def try_a_child_at_work(page: Page) -> None:
    """Answer in words first, which is refused, then that the youngest is twelve, which deviates."""
    age, result = page.locator("[name=HR-18]"), page.locator(".actions button[value=result]")
    age.fill("twelve")
    press(result)
    page.locator("#HR-18-problem").wait_for()
    age.fill("12")
    press(result)
    page.locator(".severity-zero_tolerance").wait_for()
