"""A supplier takes the whole form away as a workbook, fills it in, and finds the answers on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.asking import CONTACT, ask, installation_of
from tests.journeys.conftest import Look
from tests.journeys.people import Respondent, open_page, press
from tests.journeys.site import Site
from tests.portal.filled_workbooks import fill

pytestmark = pytest.mark.browser
KEY = "human-rights"


@pytest.fixture
def link(site: Site) -> str:
    """The link to a request for one questionnaire, which was mailed to the supplier."""
    parts = installation_of(site)
    ask(parts, KEY)
    parts.engine.dispose()
    return site.mailbox.link(CONTACT)


def test_a_workbook_goes_out_and_comes_back_with_answers(
    browser: Browser, link: str, look: Look, tmp_path: Path
) -> None:
    supplier = Respondent(open_page(browser, phone=True))
    supplier.follow(link)
    page = supplier.page
    overview = page.url.partition(f"/{KEY}/")[0]
    page.goto(f"{overview}/{KEY}/child-labour")
    page.locator("[id='HR-18-field']").fill("17")
    press(page.get_by_role("button", name="Save and go on").last)
    page.goto(overview)
    page.locator("summary").filter(has_text="All questions at once").click()
    look(page, "at-once-overview")
    path = _fill_in(page, tmp_path)

    press(page.get_by_role("link", name="Upload the filled workbook"))
    look(page, "at-once-page")
    page.get_by_label("Filled workbook").set_input_files(path)
    press(page.get_by_role("button", name="See what would change"))
    assert page.get_by_text("Choose one of the alternatives").count() == 1
    assert not page.locator("[id='take-HR-18']").is_checked()
    look(page, "at-once-difference")
    press(page.get_by_role("button", name="Norsk bokmål"))
    look(page, "at-once-difference-nb")
    page.locator("[id='take-HR-18']").check()
    press(page.get_by_role("button", name="Overfør disse svarene"))
    assert page.get_by_text("4 svar ble overført.").count() == 1

    page.goto(f"{overview}/{KEY}/child-labour")
    assert page.locator("[id='HR-18-field']").input_value() == "16"
    page.goto(f"{overview}/{KEY}/governance")
    assert page.locator("input[name='HR-01'][value=partly]").is_checked()
    assert page.locator("textarea[name='HR-01_comment']").input_value() == "The board decides in March. 三月"


def _fill_in(page: Page, folder: Path) -> Path:
    """Download the workbook, fill it in with one mistake, and return where it lies."""
    with page.expect_download() as download:
        page.get_by_role("link", name="The form as an Excel workbook").click()
    cells = {
        "HR-01": "Partly",
        "HR-01#comment": "The board decides in March. 三月",
        "HR-04": "40 %",
        "HR-18": 16,
        "HR-19": "perhaps",
        "HR-09": "No",
    }
    sites = [["Verk 1", "Gate 1, Oslo", "Norway", "Welding", 12], ["Verk 2", "Gate 2, Bergen", "NO", "Painting", 8]]
    path = folder / "filled.xlsx"
    path.write_bytes(fill(download.value.path().read_bytes(), cells, {"HR-06": sites}))
    return path
