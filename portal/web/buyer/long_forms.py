"""Suppliers who are offered a short form: who gets the long one instead, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Campaign, Request
from portal.services import campaign_burden, long_forms
from portal.services.campaigns import CampaignError
from portal.web.access import open_to
from portal.web.buyer import bp, words
from portal.web.buyer.campaign_words import explain
from portal.web.buyer.campaigns import find
from portal.web.buyer.rights import SENDERS
from portal.web.current import installation, signed_in_user
from portal.web.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One supplier who is offered a short form, with what the fields beside it hold."""

    request: Request
    is_long: bool
    reason: str
    error: str = ""


@bp.get("/campaigns/<uuid:campaign_id>/long-forms", endpoint="long_forms")
@open_to(*SENDERS)
def long_forms_page(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show who is offered the short form, and for whom the long one is chosen."""
    campaign = find(campaign_id)
    return _page(campaign, [_row(each) for each in _offered(campaign)])


@bp.post("/campaigns/<uuid:campaign_id>/long-forms", endpoint="choose_long_forms")
@open_to(*SENDERS)
def choose(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the long form of those who are ticked, and the short one of those who are shown and not ticked."""
    campaign, shown = find(campaign_id), set(request.form.getlist("shown"))
    rows = [_typed(each) if str(each.id) in shown else _row(each) for each in _offered(campaign)]
    here = [row for row in rows if str(row.request.id) in shown]
    for_nobody = bool(_common_reason().strip()) and not any(row.is_long for row in here)
    if for_nobody or any(row.error for row in rows):
        common_error = _("Tick the suppliers that the reason is for, or take it away.") if for_nobody else ""
        return make_response(_page(campaign, rows, common_error), 422)
    reasons = {row.request.id: row.reason or _common_reason() for row in here if row.is_long}
    changed = long_forms.choose(
        db.session,
        campaign,
        reasons,
        {row.request.id for row in here} - reasons.keys(),
        installation().catalogue,
        now=clock(),
        by=signed_in_user(),
    )
    if changed:
        flash(ngettext("The choice for one supplier is saved.",
                       "The choices for %(num)d suppliers are saved.", changed), "success")  # fmt: skip
    else:
        flash(_("The choices are as they were."), "info")
    return redirect(url_for("buyer.long_forms", campaign_id=campaign_id, page=request.args.get("page")), 303)


def _offered(campaign: Campaign) -> list[Request]:
    return long_forms.offered(db.session, campaign, installation().catalogue)


def _row(asked: Request) -> Row:
    return Row(asked, bool(asked.long_form_reason), asked.long_form_reason)


def _typed(asked: Request) -> Row:
    """The row as it was posted; at fault where only one of tick and reason is there."""
    is_long = str(asked.id) in request.form.getlist("long")
    reason = request.form.get(f"reason-{asked.id}", "").strip()
    return Row(asked, is_long, reason, _fault_of(asked, reason, is_long=is_long))


def _fault_of(asked: Request, reason: str, *, is_long: bool) -> str:
    if not is_long:
        is_new = bool(reason) and reason.splitlines() != asked.long_form_reason.splitlines()
        return _("Tick the long form too, or take the reason away.") if is_new else ""
    try:
        long_forms.clean_reason(reason or _common_reason())
    except CampaignError as refused:
        return explain(refused)
    return ""


def _common_reason() -> str:
    return request.form.get("reason", "")


def _page(campaign: Campaign, rows: list[Row], common_error: str = "") -> Response:
    page = replace(page_of(rows, PER_PAGE), endpoint="buyer.long_forms")
    shown = [row.request for row in page.items]
    burdens = campaign_burden.of_audience(db.session, shown, installation().catalogue, clock().date()).suppliers
    html = render_template(
        "buyer/campaigns/long_forms.html",
        campaign=campaign,
        page=page,
        burdens={each.request.id: each for each in burdens},
        errors=[row for row in page.items if row.error],
        common_reason=_common_reason(),
        common_error=common_error,
        LONGEST_REASON=long_forms.LONGEST_REASON,
        words=words,
    )
    return make_response(html)
