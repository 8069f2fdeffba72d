"""A campaign that is on its way, for journeys that begin with the supplier."""

from __future__ import annotations

from datetime import timedelta

from portal.clock import clock
from portal.config import read_settings
from portal.installation import Installation
from portal.models import Role
from portal.services import campaigns, suppliers, users
from portal.services.actors import COMMAND_LINE
from portal.services.campaigns import CampaignTerms
from portal.services.suppliers import ContactFacts, SupplierFacts
from tests.journeys.people import PASSWORD
from tests.journeys.site import Site

BUYER, CONTACT, SUPPLIER = "buyer@testfirma.example", "kari@supplier.example", "Prøve Metall AS"


def installation_of(site: Site) -> Installation:
    """Return the site's own installation, seen from here; its engine is to be disposed of."""
    settings = {name: value for name, value in site.environment.items() if name.startswith("PORTAL_")}
    return Installation(read_settings(settings))


def ask(parts: Installation, *keys: str) -> None:
    """Send a campaign with these questionnaires to one supplier, by a buyer who can sign in."""
    now = clock()
    with parts.new_session.begin() as session:
        buyer = users.add_user(session, BUYER, Role.BUYER, "Berit Buyer", PASSWORD, now=now, by=COMMAND_LINE)
        supplier = suppliers.add(session, SupplierFacts(SUPPLIER, "NO"), now=now, by=COMMAND_LINE)
        suppliers.add_contact(session, supplier, ContactFacts("Kari Prøve", CONTACT, "en"), now=now, by=COMMAND_LINE)
        terms = CampaignTerms("Self-declaration 2026", now.year, (now + timedelta(days=30)).date(), keys)
        campaign = campaigns.create(session, terms, parts.catalogue, now=now, by=buyer)
        campaigns.choose(session, campaign, [supplier], now=now, by=buyer)
        campaigns.send(session, campaign, parts.catalogue, now=now, by=buyer)
