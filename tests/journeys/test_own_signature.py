"""A supplier signs with a certificate of its own: download, sign elsewhere, upload, hand over; anybody can check."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.models import Assessment
from tests.factories import Make
from tests.journeys.asking import CONTACT, ask, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import Respondent, open_page, press
from tests.journeys.site import Site
from tests.portal.pdf import own_signing
from tests.portal.signing_acts import ANSWERS

pytestmark = pytest.mark.browser
KEY = "code-of-conduct"


@pytest.fixture
def supplier(browser: Browser, site: Site) -> Respondent:
    """Somebody who has answered everything."""
    parts = installation_of(site)
    ask(parts, KEY)
    with parts.new_session() as session:
        Make(session, clock()).answers(session.scalars(sa.select(Assessment)).one(), ANSWERS)
    parts.engine.dispose()
    found = Respondent(open_page(browser, phone=True))
    found.follow(site.mailbox.link(CONTACT))
    return found


def test_a_supplier_signs_with_its_own_certificate(
    site: Site, supplier: Respondent, look: Look, tmp_path: Path
) -> None:
    page = supplier.page
    show_the_documents(page)
    press(page.get_by_role("link", name="Sign with your own certificate"))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download the PDF")).click()
    shown = Path(download.value.path()).read_bytes()
    upload(page, tmp_path / "unsigned.pdf", shown)
    assert "carries no signature" in page.locator("#error-summary").inner_text()
    look(page, "own-signature-refused")
    with ThreadPoolExecutor(1) as elsewhere:  # the browser's driver has a loop running in this thread
        signed = elsewhere.submit(sign, shown).result()
    upload(page, tmp_path / "signed.pdf", signed)
    before = len(site.mailbox.received)
    press(page.get_by_role("button", name="Send me the code"))
    look(page, "own-signature-code")
    page.locator("#digits").fill(site.mailbox.code(CONTACT, after=before))
    press(page.get_by_role("button", name="Hand over the signed document"))
    page.wait_for_url("**/receipt")
    page.get_by_role("link", name="Download the signed PDF").wait_for()
    anybody_can_check(page, site, tmp_path, look)


def sign(shown: bytes) -> bytes:
    """Sign as a program of the supplier's own."""
    card = own_signing.issuer(now=clock()).card("Kari Prøve", now=clock())
    return own_signing.sign(shown, card)


def show_the_documents(page: Page) -> None:
    """Say who signs."""
    page.goto(re.sub(r"(/r/[0-9a-f-]+).*", r"\1/sign", page.url))
    page.locator("#name").fill("Kari Prøve")
    page.locator("#title").fill("Managing director")
    page.locator("#may_bind").check()
    press(page.get_by_role("button", name=re.compile("^Show me the")))


def upload(page: Page, path: Path, content: bytes) -> None:
    """Choose a file and send it."""
    path.write_bytes(content)
    page.locator("#files").set_input_files(path)
    press(page.get_by_role("button", name="Upload", exact=True))


def anybody_can_check(page: Page, site: Site, folder: Path, look: Look) -> None:
    """The page for everybody names the certificate, and does not claim to know it."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the signed PDF").click()
    download.value.save_as(folder / "sealed.pdf")
    page.goto(f"{site.address}/verify")
    page.locator("#file").set_input_files(folder / "sealed.pdf")
    press(page.get_by_role("button", name="Check the file"))
    said = page.locator("main").inner_text()
    assert "Proven" in said
    assert "a certificate that this portal does not know" in said
    look(page, "own-signature-verified")
