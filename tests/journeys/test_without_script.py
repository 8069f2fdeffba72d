"""The supplier's part with JavaScript switched off: every page works, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portal.clock import clock
from portal.config import read_settings
from portal.installation import Installation
from portal.models import Campaign, Role
from portal.services import campaigns, requests, suppliers, users
from portal.services.actors import COMMAND_LINE
from portal.services.campaigns import CampaignTerms
from portal.services.progress import RequestState, state_of
from portal.services.suppliers import ContactFacts, SupplierFacts
from tests.journeys.people import PASSWORD, Respondent, open_page, press
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
KEYS = ("code-of-conduct", "conflict-minerals", "human-rights")
CONTACT = "kari@supplier.example"


@pytest.fixture
def installation(any_site: Site) -> Iterator[Installation]:
    """The site's own installation, seen from here."""
    settings = {name: value for name, value in any_site.environment.items() if name.startswith("PORTAL_")}
    parts = Installation(read_settings(settings))
    yield parts
    parts.engine.dispose()


@pytest.fixture
def campaign_id(installation: Installation) -> object:
    """A campaign sent to one supplier."""
    now = clock()
    with installation.new_session.begin() as session:
        buyer = users.add_user(
            session, "buyer@testfirma.example", Role.BUYER, "Buyer", PASSWORD, now=now, by=COMMAND_LINE
        )
        supplier = suppliers.add(session, SupplierFacts("Prøve Metall AS", "NO"), now=now, by=COMMAND_LINE)
        suppliers.add_contact(session, supplier, ContactFacts("Kari Prøve", CONTACT, "en"), now=now, by=COMMAND_LINE)
        terms = CampaignTerms("Self-declaration 2026", 2026, now.date().replace(year=now.year + 1, day=1), KEYS)
        campaign = campaigns.create(session, terms, installation.catalogue, now=now, by=buyer)
        campaigns.choose(session, campaign, [supplier], now=now, by=buyer)
        campaigns.send(session, campaign, installation.catalogue, now=now, by=buyer)
        return campaign.id


def test_a_supplier_answers_and_signs_without_script(
    browser: Browser, any_site: Site, installation: Installation, campaign_id: object
) -> None:
    supplier = Respondent(open_page(browser, phone=True, script=False), script=False)
    supplier.follow(any_site.mailbox.link(CONTACT))
    overview = supplier.page.url
    what_is_typed_wrongly_stays(supplier.page)
    supplier.page.goto(overview)
    supplier.answer_everything(KEYS)
    supplier.sign(any_site, CONTACT, "Kari Prøve")
    with installation.new_session() as session:
        campaign = session.get_one(Campaign, campaign_id)
        (request,) = requests.of_campaign(session, campaign)
        assert state_of(request, clock()) is RequestState.SIGNED
    supplier.page.goto(any_site.mailbox.link(CONTACT))
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
