"""Two people sign one declaration: each by a link and a code of their own, on pages that all can read."""

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
OTHER = ("Ola Nordmann", "Chair of the board", "ola@supplier.example")


def test_two_people_sign_in_turn(browser: Browser, site: Site, look: Look) -> None:
    answer(site)
    first = Respondent(open_page(browser, phone=True))
    first.follow(site.mailbox.link(CONTACT))
    name_all(first.page, look)
    type_code(first.page, site, CONTACT)
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Awaiting signatures: 1 of 2")
    look(first.page, "signatures-waiting")
    page = open_page(browser, phone=True)
    page.goto(site.mailbox.link(OTHER[2]))
    press(page.get_by_role("button", name="Read and sign"))
    look(page, "signatures-second")
    type_code(page, site, OTHER[2])
    page.get_by_role("link", name="Download the signed PDF").first.wait_for()
    assert ", ".join(OTHER[:2]) in page.locator("main").inner_text()


def answer(site: Site) -> None:
    """Let the supplier have answered the Code of Conduct."""
    parts = installation_of(site)
    ask(parts, "code-of-conduct")
    with parts.new_session() as session:
        Make(session, clock()).answers(session.scalars(sa.select(Assessment)).one(), ANSWERS)
    parts.engine.dispose()


def name_all(page: Page, look: Look) -> None:
    """Say that two sign, and who."""
    page.goto(re.sub(r"(/r/[0-9a-f-]+).*", r"\1/sign", page.url))
    press(page.get_by_role("link", name="More than one person must sign"))
    look(page, "signatures-naming")
    page.locator("#name").fill("Kari Prøve")
    page.locator("#title").fill("Managing director")
    for field, value in zip(("name", "title", "email"), OTHER, strict=True):
        page.locator(f"#person-2-{field}").fill(value)
    page.locator("#may_bind").check()
    press(page.get_by_role("button", name="Show me the document"))


def type_code(page: Page, site: Site, email: str) -> None:
    """Ask for the code, and sign."""
    before = len(site.mailbox.received)
    press(page.get_by_role("button", name="Send me the code"))
    page.locator("#digits").fill(site.mailbox.code(email, after=before))
    if page.locator("#may_bind").count():
        page.locator("#may_bind").check()
    press(page.get_by_role("button", name=re.compile("^Sign (the|all)")))
