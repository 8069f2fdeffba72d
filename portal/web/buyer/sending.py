"""Before and at the sending of a campaign: the checklist, the mail as it will be read, the button."""

from __future__ import annotations

import uuid
from collections import Counter
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
from portal.services import campaign_burden, campaigns
from portal.services.asked_forms import Form
from portal.services.campaign_burden import AudienceBurden
from portal.services.campaigns import CampaignError
from portal.services.invitation_preview import Recipient, preview
from portal.services.suppliers import active_contacts
from portal.web.access import open_to
from portal.web.buyer import bp, progress_table
from portal.web.buyer.campaign_words import explain
from portal.web.buyer.campaigns import find
from portal.web.buyer.rights import SENDERS
from portal.web.current import installation, queue, signed_in_user
from portal.web.languages import LANGUAGES
from portal.web.transactions import after_commit, mark_failed
from questionnaires.burden import burden, together

HEAVIEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ShownMail:
    """The mail in one language, as one of its readers will get it."""

    language: str
    recipient: Recipient
    words: Words
    is_first: bool
    """Of those in its language; the others differ in what is asked."""


@bp.get("/campaigns/<uuid:campaign_id>/send", endpoint="send_page")
@open_to(*SENDERS)
def send_page(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would be sent to whom; nothing is sent yet."""
    campaign = find(campaign_id)
    audience, today = campaigns.audience(db.session, campaign), clock().date()
    whole = campaign_burden.of_audience(db.session, audience.ready, installation().catalogue, today)
    return render_template(
        "buyer/campaigns/send.html",
        campaign=campaign,
        titles=progress_table.titles(campaign),
        audience=audience,
        burden=whole,
        heaviest=whole.suppliers[:HEAVIEST_SHOWN],
        forms=Counter(asked.form for each in whole.suppliers for asked in each.asked),
        Form=Form,
        mails=_mails(campaign, whole),
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


def _mails(campaign: Campaign, whole: AudienceBurden) -> list[ShownMail]:
    """Return the mail to the first reader of each language and choice of forms; to an invented one where nobody is."""
    first: dict[tuple[str, ...], Recipient] = {}
    for asked in sorted(whole.suppliers, key=lambda each: each.request.supplier.name.casefold()):
        questionnaires = tuple(each.questionnaire for each in asked.asked)
        for contact in active_contacts(asked.request.supplier):
            reader = Reader(contact.name, contact.email, contact.language)
            recipient = Recipient(reader, asked.request.supplier.name, questionnaires, asked.total)
            first.setdefault((contact.language, *(each.key for each in questionnaires)), recipient)
    recipients = [first[key] for key in sorted(first)] or [_nobody(campaign)]
    languages = [recipient.reader.language for recipient in recipients]
    return [
        _shown(campaign, recipient, is_first=recipient.reader.language not in languages[:place])
        for place, recipient in enumerate(recipients)
    ]


def _nobody(campaign: Campaign) -> Recipient:
    catalogue = installation().catalogue
    asked = tuple(catalogue.find(each.key, each.edition) for each in campaign.questionnaires)
    return Recipient(Reader("", "", "en"), _("[the supplier]"), asked, together(burden(each) for each in asked))


def _shown(campaign: Campaign, recipient: Recipient, *, is_first: bool) -> ShownMail:
    language = recipient.reader.language
    with force_locale(language):
        link = _("[the supplier’s personal link]")
    organisation = installation().settings.organisation
    words = preview(campaign, recipient, sender=signed_in_user(), link=link, organisation=organisation, now=clock())
    return ShownMail(language, recipient, words, is_first)
