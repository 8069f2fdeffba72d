"""The invitation as a campaign's audience will read it, shown before anything is sent and without any link."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.config import DAYS_LINK_LASTS, MINUTES_CODE_LASTS
from portal.mail import messages
from portal.mail.messages import Asked, Reader
from portal.mail.rendering import Words, render
from portal.models import Campaign, User
from portal.services.links import LINK_LIFETIME
from questionnaires.catalogue import Catalogue

NOBODY = uuid.UUID(int=0)
"""Stands for the invitation that does not exist yet."""


def preview(
    campaign: Campaign, catalogue: Catalogue, reader: Reader, supplier: str, *, sender: User, link: str,
    organisation: str, now: datetime,
) -> Words:  # fmt: skip
    """Return the mail to one reader.

    Args:
        campaign: what is asked.
        catalogue: knows the questionnaires' titles.
        reader: a contact of the audience, or an example.
        supplier: the supplier's name.
        sender: who is about to send.
        link: words that stand where the supplier's personal link will be.
        organisation: who asks.
        now: when it would be sent.
    """
    asked = [catalogue.find(one.key, one.edition) for one in campaign.questionnaires]
    draft = messages.invitation(
        reader,
        Asked(supplier, campaign.title, campaign.due_on, sender.display_name, sender.email),
        invitation_id=NOBODY,
        questionnaires=[one.title.in_language(reader.language) for one in asked],
        minutes=sum(one.minutes for one in asked),
        message=campaign.message,
    )
    names = {
        "organisation": organisation,
        "portal_address": "",
        "to_name": reader.name,
        "minutes_code_lasts": MINUTES_CODE_LASTS,
        "days_link_lasts": DAYS_LINK_LASTS,
        "link": link,
        "link_ends_on": (now + LINK_LIFETIME).date(),
    }
    return render(draft.kind, draft.language, {**names, **draft.facts})
