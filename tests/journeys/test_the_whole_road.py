"""The whole road: import, send, answer on a phone, sign, review, approve, prove."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Look
from tests.journeys.people import PASSWORD, Respondent, go_to, open_page, press, sign_in
from tests.journeys.site import Site
from tests.journeys.tampering import changed_byte, junk_at_the_end, page_added

pytestmark = pytest.mark.browser
KEYS = ("code-of-conduct", "conflict-minerals", "human-rights")
BUYER, APPROVER, AUDITOR = "buyer@testfirma.example", "approver@testfirma.example", "auditor@testfirma.example"
CONTACT = "li@chenxing.example"
CSV = f"""name;national_id;country;criticality;product_groups;supplier_type;contact_name;contact_email;language
深圳晨星电子有限公司;91440300;CN;A;electronics;manufacturer;李小明;{CONTACT};en
Bølgen Plast AS;912345678;Norge;B;plastics;manufacturer;Åse Bølgen;ase@bolgen.example;nb
"""


def test_from_an_imported_list_to_a_proven_declaration(
    browser: Browser, site: Site, look: Look, tmp_path: Path
) -> None:
    for email, role in ((BUYER, "buyer"), (APPROVER, "approver"), (AUDITOR, "auditor")):
        site.add_user(email, role, PASSWORD)
    buyer = sign_in(browser, site, BUYER)
    import_suppliers(buyer, look)
    send_campaign(buyer, look)

    supplier = Respondent(open_page(browser, phone=True))
    supplier.page.goto(site.mailbox.link(CONTACT))
    look(supplier.page, "supplier-link")
    supplier.follow(site.mailbox.link(CONTACT))
    look(supplier.page, "supplier-overview")
    assert "/i/" not in supplier.page.url, "the token is out of the address"
    supplier.answer_everything(KEYS, on_page=at_the_first_of_each_form(look))
    look(supplier.page, "supplier-overview-done")
    supplier.sign(site, CONTACT, "李小明 (Li Xiaoming)", on_page=lambda page, name: look(page, f"supplier-{name}"))
    site.mailbox.wait_for(CONTACT, re.compile("Signed|signed"))

    review(buyer, look)
    approve(sign_in(browser, site, APPROVER), look)
    pdf = download_as_auditor(sign_in(browser, site, AUDITOR), look, tmp_path)
    prove(site, pdf, tmp_path)
    check_on_the_public_page(open_page(browser), site, pdf, look)
    nothing_secret_is_written_down(site)


def at_the_first_of_each_form(look: Look) -> Look:
    """Look at one page of each questionnaire: all their questions are looked at in the preview of an administrator."""
    seen: set[str] = set()

    def look_once(page: Page, name: str) -> None:
        key = next(key for key in KEYS if name.startswith(key))
        if key not in seen:
            seen.add(key)
            look(page, f"supplier-{name}")

    return look_once


def import_suppliers(page: Page, look: Look) -> None:
    look(page, "buyer-work-list-empty")
    go_to(page, "Suppliers")
    look(page, "buyer-suppliers-empty")
    page.goto(page.url.rstrip("/") + "/import")
    look(page, "buyer-import")
    page.get_by_label("File").set_input_files({"name": "s.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    press(page.get_by_role("button", name="See what it would do"))
    look(page, "buyer-import-dry-run")
    press(page.get_by_role("button", name="Import 2 rows"))
    go_to(page, "Suppliers")
    assert page.get_by_text("深圳晨星电子有限公司").count() == 1
    look(page, "buyer-suppliers")


def send_campaign(page: Page, look: Look) -> None:
    go_to(page, "Campaigns")
    press(page.get_by_role("link", name="Make a campaign").first)
    look(page, "buyer-campaign-new")
    page.get_by_label("Title").fill("Self-declaration 2026")
    page.get_by_label("Reporting year").fill("2026")
    for key in KEYS:
        page.locator(f"input[name=questionnaires][value={key}]").check()
    page.get_by_label("To be signed by").fill("2099-01-31")
    press(page.get_by_role("button", name="Go on to the suppliers"))
    look(page, "buyer-audience")
    press(page.get_by_role("button", name="Choose all 2 that fit"))
    press(page.get_by_role("link", name="Go on to the mail").first)
    look(page, "buyer-send")
    assert "/i/" not in page.content(), "a buyer never sees a link"
    press(page.get_by_role("button", name="Send to 2 suppliers"))
    look(page, "buyer-campaign")


def review(page: Page, look: Look) -> None:
    go_to(page, "Work list")
    look(page, "buyer-work-list")
    for title in ("Code of Conduct", "Conflict minerals", "Human rights"):
        go_to(page, "Work list")
        row = page.get_by_role("row").filter(has_text=title)
        press(row.get_by_role("link").first)
        look(page, f"buyer-assessment-{title.split()[0].lower()}")
        decide_on_all(page)
        press(page.get_by_role("button", name="Hand over for approval"))
    assert page.get_by_role("button", name="Approve the declaration").count() == 0, "who asked cannot approve"


def decide_on_all(page: Page) -> None:
    """Flag every proposal."""
    proposals = page.locator("details").filter(has=page.get_by_text("Decide", exact=True))
    while proposals.count():
        if not proposals.first.evaluate("details => details.open"):
            proposals.first.locator("summary").click()
        press(proposals.first.get_by_role("button", name="Flag as a deviation"))


def approve(page: Page, look: Look) -> None:
    look(page, "approver-work-list")
    row = page.get_by_role("row").filter(has_text="Human rights")
    press(row.get_by_role("link").first)
    look(page, "approver-assessment")
    press(page.get_by_role("button", name="Approve the declaration"))
    look(page, "approver-approved")


def download_as_auditor(page: Page, look: Look, tmp_path: Path) -> Path:
    look(page, "auditor-archive")
    page.locator("#q").fill("晨星")
    press(page.get_by_role("button", name="Search"))
    row = page.get_by_role("row").filter(has_text="Human rights")
    press(row.get_by_role("link").first)
    look(page, "auditor-declaration")
    with page.expect_download() as evidence:
        page.get_by_role("link", name="Download the evidence (ZIP)").click()
    folder = tmp_path / "evidence"
    evidence.value.save_as(tmp_path / "evidence.zip")
    shutil.unpack_archive(tmp_path / "evidence.zip", folder)
    subprocess.run(["sha256sum", "--check", "--quiet", "MANIFEST.sha256"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-I", "verify.py"], cwd=folder, check=True)
    with page.expect_download() as signed:
        page.get_by_role("link", name="Download the signed PDF").click()
    path = tmp_path / "signed.pdf"
    signed.value.save_as(path)
    assert path.read_bytes() == (folder / "signed.pdf").read_bytes()
    go_to(page, "Ledger")
    press(page.get_by_role("button", name="Check the whole ledger"))
    look(page, "auditor-ledger")
    return path


def prove(site: Site, pdf: Path, tmp_path: Path) -> None:
    report = json.loads(site.portal("verify", "--json", str(pdf)).stdout)
    assert "proven" in json.dumps(report)
    assert site.portal("ledger", "verify").exit_code == 0
    whole = pdf.read_bytes()
    tampered = {"byte": changed_byte(whole), "page": page_added(whole), "junk": junk_at_the_end(whole)}
    for name, content in tampered.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    answer = site.portal("verify", "--json", *(str(tmp_path / f"{name}.pdf") for name in tampered), check=False)
    found = {Path(each["file"]).stem: each for each in json.loads(answer.stdout)}
    assert answer.exit_code == 1
    assert {name: each["verdict"] for name, each in found.items()} == dict.fromkeys(tampered, "not_proven")
    assert all(each["problems"] for each in found.values()), "it says why"
    if shutil.which("pdfsig"):
        words = subprocess.run(["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, check=False).stdout
        assert words.count("Signature is Valid") == 2, words


def check_on_the_public_page(page: Page, site: Site, pdf: Path, look: Look) -> None:
    page.goto(f"{site.address}/verify")
    look(page, "verify")
    page.locator("#file").set_input_files(pdf)
    press(page.get_by_role("button", name="Check the file"))
    look(page, "verify-proven")
    assert "李小明" in page.content()


def nothing_secret_is_written_down(site: Site) -> None:
    """Neither the logs nor the database hold a link's token or a code."""
    token = site.mailbox.link(CONTACT).rsplit("/", 1)[1].encode()
    code = site.mailbox.code(CONTACT).encode()
    log = (site.data_dir / "processes.log").read_bytes()
    database = (site.data_dir / "portal.sqlite").read_bytes()
    assert token not in log + database
    assert code not in log
    with sqlite3.connect(site.data_dir / "portal.sqlite") as connection:
        for (row,) in connection.execute("SELECT facts || subject || coalesce(last_error, '') FROM outgoing_mails"):
            assert code.decode() not in row
