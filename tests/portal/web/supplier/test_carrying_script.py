"""The page's script and last year's answers: a tick is saved at once, and so is a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.config import Settings
from portal.installation import Installation
from portal.models import Assessment
from tests.factories import Make
from tests.portal.carried_case import CARRYING, CERTIFICATE, TINY, last_year, stored, this_year
from tests.portal.web.supplier.test_answering_script import PHONE, address, browser
from tests.portal.web.supplier.visiting import Visitor

pytestmark = pytest.mark.browser
__all__ = ["address", "browser"]  # fixtures of the other script's tests


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def visitor(app: Flask, installation: Installation, make: Make) -> Visitor:
    return Visitor(app, installation, this_year(make, last_year(make, "carrying", CARRYING)))


@pytest.fixture
def page(browser: Browser, address: str, visitor: Visitor) -> Iterator[Page]:
    """A supplier's phone, at the page with last year's answers."""
    context = browser.new_context(viewport=PHONE, locale="en-GB", base_url=address)
    opened = context.new_page()
    opened.goto(f"/i/{visitor.token}")
    opened.get_by_role("button", name="Start").click()
    opened.goto(f"{visitor.home}/carrying/all", wait_until="networkidle")
    yield opened
    context.close()


def answers(make: Make) -> dict[str, Any]:
    """Return what is answered this year."""
    make.session.rollback()
    (assessment,) = make.session.query(Assessment).filter_by(edition="2027-1")
    return stored(make, assessment.id)


def test_a_tick_is_saved_at_once_and_told_in_its_place(page: Page, make: Make) -> None:
    question = page.locator("#K-worded")
    expect(question.locator(".carried-head")).to_contain_text("confirm or change")
    question.get_by_label("Still right").check()
    expect(question.locator(".carried-state")).to_contain_text("Confirmed, as in your declaration of")
    expect(question.locator(".carried-state")).to_be_focused()
    expect(question.get_by_label("Still right")).to_have_count(0)
    expect(question.locator(".carried-head")).to_have_count(0)
    expect(page.locator("#waiting-words")).to_have_text("2 answers from last year wait for your confirmation.")
    expect(page.locator("#progress-words")).to_contain_text("1 of 7")
    assert answers(make) == {"K-worded": 12}


def test_a_changed_field_is_saved_at_once_and_may_be_changed_back(page: Page, make: Make) -> None:
    question, field = page.locator("#K-worded"), page.locator("[name=K-worded]")
    field.fill("13")
    field.blur()
    expect(question.locator(".carried-state")).to_contain_text("Changed since your declaration of")
    assert answers(make) == {"K-worded": 13}
    field.fill("12")
    field.blur()
    expect(question.locator(".carried-state")).to_contain_text("Confirmed")
    assert answers(make) == {"K-worded": 12}


def test_an_emptied_answer_stays_empty(page: Page, make: Make) -> None:
    for part in ("kind", "number", "issuer", "valid_until"):
        page.locator(f"[name=K-cert-{part}]").fill("")
    page.locator("[name=K-worded]").focus()
    expect(page.locator("#K-cert .carried-state")).to_have_text("You took this answer away.")
    page.reload()
    expect(page.locator("[name=K-cert-kind]")).to_have_value("")
    assert answers(make) == {"K-cert#declined": True}


def test_the_button_for_the_page_goes_when_nothing_waits_any_longer(page: Page, make: Make) -> None:
    everything = page.get_by_role("button", name="Confirm everything on this page that has not changed")
    for question in ("K-same", "K-worded", "K-cert"):
        expect(everything).to_be_visible()
        page.locator(f"#{question}").get_by_label("Still right").check()
        expect(page.locator(f"#{question} .carried-state")).to_be_visible()
    expect(everything).to_be_hidden()
    expect(page.locator("#waiting-words")).to_be_hidden()
    assert answers(make)["K-cert"] == CERTIFICATE


def test_the_button_for_the_page_works_beside_the_script(page: Page, make: Make) -> None:
    page.locator("#K-worded").get_by_label("Still right").check()
    expect(page.locator("#K-worded .carried-state")).to_be_visible()
    page.get_by_role("button", name="Confirm everything on this page that has not changed").click()
    expect(page.locator("h1")).to_have_text("This year")
    assert answers(make) == {"K-same": "no", "K-same#comment": "Next year", "K-worded": 12, "K-cert": CERTIFICATE}
