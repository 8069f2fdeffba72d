"""Those who sign while others kill."""

from __future__ import annotations

import os
from datetime import datetime

from portal.installation import Installation
from portal.models import (
    Answer,
    Assessment,
    Campaign,
    CampaignQuestionnaire,
    Contact,
    Invitation,
    Request,
    Role,
    Supplier,
    User,
)
from tests.portal.signing_acts import ANSWERS

KILLS = int(os.environ.get("KILLS", "200"))
"""More by hand: KILLS=2000."""
SUPPLIERS = 400 + KILLS


def make_people(installation: Installation, now: datetime) -> None:
    """Many suppliers whose answers are ready to be signed."""
    with installation.new_session.begin() as session:
        buyer = User(email="b@testfirma.example", name="B", role=Role.BUYER, password_hash="!", created_at=now)
        campaign = Campaign(
            title="2026", reporting_year=2026, due_on=now.date(), created_by=buyer, created_at=now, sent_at=now
        )
        campaign.questionnaires = [CampaignQuestionnaire(key="code-of-conduct", edition="2026-1", position=0)]
        for number in range(SUPPLIERS):
            supplier = Supplier(name=f"Supplier {number}", country="NO", created_at=now)
            contact = Contact(name="Kari", email=f"k{number}@supplier.example", created_at=now)
            supplier.contacts.append(contact)
            request = Request(campaign=campaign, supplier=supplier, due_on=campaign.due_on, sent_at=now, sent_by=buyer)
            assessment = Assessment(
                request=request, questionnaire="code-of-conduct", edition="2026-1", position=0, version=1
            )
            assessment.answers = [Answer(question=key, value=ANSWERS[key], answered_at=now) for key in ANSWERS]
            invitation = Invitation(
                request=request, contact=contact, email=contact.email, language="en", created_at=now, issued_at=now
            )
            session.add_all([assessment, invitation])
