"""Two directors and a chair sign one declaration: each by a link and a code of their own, on pages that all can read."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from portal.clock import clock
from portal.models import Assessment
from tests.factories import Make
from tests.journeys.asking import CONTACT, ask, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import Respondent, open_page, press
from tests.journeys.site import Site
from tests.portal.signing_acts import ANSWERS

pytestmark = pytest.mark.browser
OTHERS = (("Ola Nordmann", "Finance director", "ola@supplier.example"), ("李小明", "Chair", "li@supplier.example"))


def test_three_people_sign_in_turn(browser: Browser, site: Site, look: Look) -> None:
    answer(site)
    first = Respondent(open_page(browser, phone=True))
    first.follow(site.mailbox.link(CONTACT))
    name_all(first.page, look)
    type_code(first.page, site, CONTACT, look, "first")
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Awaiting signatures: 1 of 3")
    look(first.page, "signatures-waiting")
    for number, (name, _, email) in enumerate(OTHERS, start=2):
        page = open_page(browser, phone=True)
        page.goto(site.mailbox.link(email))
        look(page, f"signatures-link-{number}")
        press(page.get_by_role("button", name="Read and sign"))
        page.locator("#may_bind").wait_for(state="detached")
        type_code(page, site, email, look, f"signatures-{number}")
        assert name in page.locator("main").inner_text()
    page.get_by_role("link", name="Download the signed PDF").first.wait_for()
    look(page, "signatures-receipt")


def answer(site: Site) -> None:
    """Let the supplier have answered the Code of Conduct."""
    parts = installation_of(site)
    ask(parts, "code-of-conduct")
    with parts.new_session() as session:
        Make(session, clock()).answers(session.scalars(sa.select(Assessment)).one(), ANSWERS)
    parts.engine.dispose()


def name_all(page: Page, look: Look) -> None:
    """Say that three sign, and who."""
    page.goto(re.sub(r"(/r/[0-9a-f-]+).*", r"\1/sign", page.url))
    press(page.get_by_role("link", name="More than one person must sign"))
    page.get_by_label("How many sign in all").select_option("3")
    press(page.get_by_role("button", name="Change"))
    look(page, "signatures-naming")
    page.locator("#name").fill("Kari Prøve")
    page.locator("#title").fill("Managing director")
    for number, values in enumerate(OTHERS, start=2):
        for field, value in zip(("name", "title", "email"), values, strict=True):
            page.locator(f"#person-{number}-{field}").fill(value)
    page.locator("#may_bind").check()
    press(page.get_by_role("button", name="Show me the document"))


def type_code(page: Page, site: Site, email: str, look: Look, name: str) -> None:
    """Ask for the code, look at the page, and sign."""
    before = len(site.mailbox.received)
    press(page.get_by_role("button", name="Send me the code"))
    page.locator("#digits").fill(site.mailbox.code(email, after=before))
    look(page, f"{name}-preview")
    if page.locator("#may_bind").count():
        page.locator("#may_bind").check()
    press(page.get_by_role("button", name=re.compile("^Sign (the|all)")))
