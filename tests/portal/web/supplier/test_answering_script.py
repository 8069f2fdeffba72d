"""The page's script in a real browser: it saves each answer as it is given, and says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from portal.installation import Installation
from portal.models import Answer
from tests.chromium import chromium
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor

pytestmark = pytest.mark.browser
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, gone with this module."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The portal, served to a browser on this machine, with forgery tokens as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(
    browser: Browser,
    address: str,
    app: Flask,
    installation: Installation,
    make: Make,
) -> Iterator[Page]:
    """A supplier's phone, just inside."""
    visitor = Visitor(app, installation, make.invitation(make.request(make.campaign(keys=("human-rights",)))))
    context = browser.new_context(viewport=PHONE, locale="en-GB", base_url=address)
    opened = context.new_page()
    opened.goto(f"/i/{visitor.token}")
    opened.get_by_role("button", name="Start").click()
    opened.goto(f"{visitor.home}/human-rights/governance", wait_until="networkidle")
    yield opened
    context.close()


def go(page: Page, section: str) -> None:
    page.goto(page.url.rpartition("/")[0] + "/" + section)


def stored(session: Session) -> dict[str, Any]:
    found = {row.question: row.value for row in session.execute(sa.select(Answer.question, Answer.value))}
    session.rollback()
    return found


def test_an_answer_is_saved_as_it_is_given(page: Page, session: Session) -> None:
    expect(page.locator("#saving")).to_have_text("Each answer is saved at once. Nothing is sent until you sign.")
    page.get_by_label("Yes").first.check()
    expect(page.locator("#saving")).to_contain_text("Not sent yet.")
    expect(page.locator("#progress-words")).to_contain_text("1 of 44")
    assert stored(session) == {"HR-01": "yes"}


def test_a_comment_opens_at_once_and_is_saved_with_a_pause(page: Page, session: Session) -> None:
    comment = page.locator("[name=HR-01_comment]")
    expect(comment).to_be_hidden()
    page.locator("#HR-01-no").check()
    with page.expect_response(lambda answer: "Next+year." in (answer.request.post_data or "")):
        comment.press_sequentially("Next year.")
    expect(page.locator("#saving")).to_contain_text("Not sent yet.")
    assert stored(session) == {"HR-01": "no", "HR-01#comment": "Next year."}


def test_a_wrong_answer_is_told_beside_the_question_and_then_forgotten(page: Page, session: Session) -> None:
    field = page.locator("[name=HR-04]")
    field.fill("many")
    field.blur()
    expect(page.locator("#HR-04-problem")).to_contain_text("Write a number")
    expect(page.locator("#saving")).to_contain_text("Not saved")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("40")
    field.blur()
    expect(page.locator("#HR-04-problem")).to_be_hidden()
    expect(page.locator("#saving")).to_contain_text("Not sent yet.")
    assert stored(session) == {"HR-04": "40"}


def test_a_question_comes_and_goes_with_the_answer_it_depends_on(page: Page) -> None:
    go(page, "health-and-safety")
    expect(page.locator("#HR-38")).to_be_hidden()
    page.locator("#HR-38-any-yes").check()
    expect(page.locator("#HR-38")).to_be_visible()
    page.locator("#HR-38-any-no").check()
    expect(page.locator("#HR-38")).to_be_hidden()


def test_without_a_connection_the_answer_waits_and_goes_later(page: Page, session: Session) -> None:
    page.context.set_offline(True)
    page.locator("#HR-01-yes").check()
    expect(page.locator("#saving")).to_contain_text("no connection")
    assert stored(session) == {}
    page.context.set_offline(False)
    expect(page.locator("#saving")).to_contain_text("Not sent yet.", timeout=10_000)
    assert stored(session) == {"HR-01": "yes"}


def test_an_ended_visit_is_told_and_the_answer_stays_on_the_page(page: Page) -> None:
    page.context.clear_cookies()
    page.locator("#HR-02-field").fill("Li Wei")
    page.locator("#HR-02-field").blur()
    expect(page.locator("#saving")).to_contain_text("your visit has ended")
    expect(page.locator("#HR-02-field")).to_have_value("Li Wei")


def test_rows_are_added_and_pasted_from_a_spreadsheet(page: Page, session: Session) -> None:
    go(page, "due-diligence")
    page.locator("#HR-06 button[name=add_row]").click()
    expect(page.locator("#HR-06 tbody tr")).to_have_count(5)
    rows = "\n".join(f"Plant {number}\t1 Road\tChina\tMoulding\t{number}00" for number in range(1, 8))
    page.locator("[name=HR-06-1-name]").evaluate(
        """(cell, text) => {
            const board = new DataTransfer();
            board.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: board, bubbles: true, cancelable: true}));
        }""",
        rows,
    )
    expect(page.locator("#HR-06 tbody tr")).to_have_count(7)
    expect(page.locator("#saving")).to_contain_text("Not sent yet.")
    table = stored(session)["HR-06"]
    assert table[6] == {"name": "Plant 7", "address": "1 Road", "country": "CN", "activity": "Moulding", "workers": 700}


def test_a_row_is_saved_when_it_is_left_and_not_before(page: Page, session: Session) -> None:
    go(page, "due-diligence")
    page.locator("[name=HR-06-1-name]").fill("Plant")
    page.locator("[name=HR-06-1-activity]").fill("Moulding")
    page.locator("[name=HR-06-1-country]").select_option("CN")
    page.locator("[name=HR-06-1-workers]").fill("12")
    assert stored(session) == {}
    page.locator("#HR-07-components").check()
    expect(page.locator("#progress-words")).to_contain_text("2 of 44")
    assert set(stored(session)) == {"HR-06", "HR-07"}


def test_none_of_these_takes_the_other_ticks_away(page: Page) -> None:
    go(page, "due-diligence")
    page.locator("#HR-08-agencies").check()
    page.locator("#HR-08-none").check()
    expect(page.locator("#HR-08-agencies")).not_to_be_checked()
    page.locator("#HR-08-agencies").check()
    expect(page.locator("#HR-08-none")).not_to_be_checked()
