"""The invitation as a campaign's audience will read it, shown before anything is sent and without any link."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from portal.config import DAYS_LINK_LASTS, MINUTES_CODE_LASTS
from portal.mail import messages
from portal.mail.messages import Asked, Reader
from portal.mail.rendering import Words, render
from portal.models import Campaign, User
from portal.services.links import LINK_LIFETIME
from questionnaires.burden import Burden
from questionnaires.model import Questionnaire

NOBODY = uuid.UUID(int=0)
"""Stands for the invitation that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who would get the mail: a contact of the audience, or an example."""

    reader: Reader
    supplier: str
    questionnaires: tuple[Questionnaire, ...]
    """What this supplier is asked."""
    burden: Burden
    """How much that is."""


def preview(
    campaign: Campaign, recipient: Recipient, *, sender: User, link: str, organisation: str, now: datetime
) -> Words:
    """Return the mail to one reader.

    Args:
        campaign: its title, date and message.
        recipient: who reads it.
        sender: who is about to send.
        link: words that stand where the supplier's personal link will be.
        organisation: who asks.
        now: when it would be sent.
    """
    reader = recipient.reader
    draft = messages.invitation(
        reader,
        Asked(recipient.supplier, campaign.title, campaign.due_on, sender.display_name, sender.email),
        invitation_id=NOBODY,
        questionnaires=[each.title.in_language(reader.language) for each in recipient.questionnaires],
        least_minutes=recipient.burden.least_minutes,
        most_minutes=recipient.burden.most_minutes,
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
