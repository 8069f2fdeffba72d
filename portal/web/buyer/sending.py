"""Before and at the sending of a campaign: the checklist, the mail as it will be read, the button."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from portal.clock import clock
from portal.config import DAYS_LINK_LASTS
from portal.extensions import db
from portal.mail.messages import Reader
from portal.mail.rendering import Words
from portal.models import Campaign
from portal.services import campaigns
from portal.services.campaigns import Audience, CampaignError
from portal.services.invitation_preview import preview
from portal.services.suppliers import active_contacts
from portal.web.access import open_to
from portal.web.buyer import bp, progress_table
from portal.web.buyer.campaign_words import explain
from portal.web.buyer.campaigns import find
from portal.web.buyer.rights import SENDERS
from portal.web.current import installation, queue, signed_in_user
from portal.web.languages import LANGUAGES
from portal.web.transactions import after_commit, mark_failed


@dataclass(frozen=True, slots=True)
class ShownMail:
    """The mail in one language, as one of its readers will get it."""

    language: str
    reader: Reader
    words: Words


@bp.get("/campaigns/<uuid:campaign_id>/send", endpoint="send_page")
@open_to(*SENDERS)
def send_page(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would be sent to whom; nothing is sent yet."""
    campaign = find(campaign_id)
    audience, today = campaigns.audience(db.session, campaign), clock().date()
    return render_template(
        "buyer/campaigns/send.html",
        campaign=campaign,
        titles=progress_table.titles(campaign),
        audience=audience,
        mails=[_shown(campaign, audience, language) for language in audience.languages or ("en",)],
        by_smtp=installation().settings.smtp_url is not None,
        is_past=campaign.due_on <= today,
        outlasts_link=(campaign.due_on - today).days > DAYS_LINK_LASTS,
        DAYS_LINK_LASTS=DAYS_LINK_LASTS,
        LANGUAGES=LANGUAGES,
    )


@bp.post("/campaigns/<uuid:campaign_id>/send", endpoint="send_campaign")
@open_to(*SENDERS)
def send(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Ask everybody in the audience who was not asked yet."""
    campaign = find(campaign_id)
    try:
        count = campaigns.send(db.session, campaign, installation().catalogue, now=clock(), by=signed_in_user())
    except CampaignError as error:
        mark_failed()
        flash(explain(error), "danger")
        return redirect(url_for("buyer.send_page", campaign_id=campaign_id), 303)
    after_commit(queue().wake_outbox)
    if count:
        flash(ngettext("One supplier is asked; the mail is on its way.",
                       "%(num)d suppliers are asked; the mails are on their way.", count), "success")  # fmt: skip
    else:
        flash(_("Everybody was asked before; nothing was sent again."), "info")
    return redirect(url_for("buyer.campaign", campaign_id=campaign_id), 303)


def _shown(campaign: Campaign, audience: Audience, language: str) -> ShownMail:
    """The mail to the first reader of that language; to an invented one where there is nobody yet."""
    readers = [
        (Reader(contact.name, contact.email, language), request.supplier.name)
        for request in audience.ready
        for contact in active_contacts(request.supplier)
        if contact.language == language
    ]
    with force_locale(language):
        link = _("[the supplier’s personal link]")
        example = (Reader("", "", language), _("[the supplier]"))
    reader, supplier = readers[0] if readers else example
    mail = preview(
        campaign, installation().catalogue, reader, supplier, sender=signed_in_user(), link=link,
        organisation=installation().settings.organisation, now=clock(),
    )  # fmt: skip
    return ShownMail(language, reader, mail)
