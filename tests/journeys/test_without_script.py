"""The supplier's part with JavaScript switched off, on PostgreSQL and Redis: nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.installation import Installation
from portal.models import Campaign
from portal.services import requests
from portal.services.progress import RequestState, state_of
from tests.journeys.asking import CONTACT, ask, installation_of
from tests.journeys.people import Respondent, open_page, press
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
KEYS = ("code-of-conduct", "human-rights")


@pytest.fixture
def installation(large_site: Site) -> Iterator[Installation]:
    """The site's own installation, seen from here."""
    parts = installation_of(large_site)
    yield parts
    parts.engine.dispose()


@pytest.fixture
def campaign_id(installation: Installation) -> object:
    """A campaign sent to one supplier."""
    ask(installation, *KEYS)
    with installation.new_session() as session:
        return session.scalars(sa.select(Campaign.id)).one()


def test_a_supplier_answers_and_signs_without_script(
    browser: Browser, large_site: Site, installation: Installation, campaign_id: object
) -> None:
    supplier = Respondent(open_page(browser, phone=True, script=False), script=False)
    supplier.follow(large_site.mailbox.link(CONTACT))
    overview = supplier.page.url
    what_is_typed_wrongly_stays(supplier.page)
    supplier.page.goto(overview)
    supplier.answer_everything(KEYS)
    supplier.sign(large_site, CONTACT, "Kari Prøve")
    with installation.new_session() as session:
        campaign = session.get_one(Campaign, campaign_id)
        (request,) = requests.of_campaign(session, campaign)
        assert state_of(request, clock()) is RequestState.SIGNED
    supplier.page.goto(large_site.mailbox.link(CONTACT))
    press(supplier.page.locator("main form button").first)
    assert supplier.page.url.endswith("/receipt"), "after signing the same link shows the receipt"


def what_is_typed_wrongly_stays(page: Page) -> None:
    """A number that is none comes back as typed, with a sentence beside it; what was right is kept."""
    page.goto(f"{page.url}/human-rights/child-labour")
    age = page.locator("input[name='HR-18']")
    age.fill("eighteen")
    page.locator("input[name='HR-19'][value='yes']").check()
    press(page.get_by_role("button", name="Save and go on").last)
    assert age.input_value() == "eighteen"
    assert page.locator("#error-summary").is_visible()
    assert page.locator("input[name='HR-19'][value='yes']").is_checked()
    age.fill("18")
    press(page.get_by_role("button", name="Save and leave"))
