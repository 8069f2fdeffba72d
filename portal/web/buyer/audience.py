"""Whom a campaign asks: by filter, or one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.clock import clock
from portal.extensions import db
from portal.models import Request, Supplier
from portal.services import campaigns, supplier_search
from portal.services.suppliers import active_contacts
from portal.web.access import open_to
from portal.web.buyer import bp, supplier_filter, words
from portal.web.buyer.campaigns import find
from portal.web.buyer.rights import SENDERS
from portal.web.current import signed_in_user
from portal.web.paging import page_of_query

PER_PAGE = 100


@bp.get("/campaigns/<uuid:campaign_id>/audience", endpoint="audience")
@open_to(*SENDERS)
def audience_page(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show suppliers to tick, and who is in already."""
    campaign = find(campaign_id)
    query = supplier_search.select(db.session, supplier_filter.wanted())
    requests = db.session.scalars(sa.select(Request).where(Request.campaign_id == campaign_id))
    members = {each.supplier_id: each.sent_at for each in requests}
    return render_template(
        "buyer/campaigns/audience.html",
        campaign=campaign,
        page=page_of_query(db.session, query, PER_PAGE),
        members=members,
        audience=campaigns.audience(db.session, campaign),
        wanted=supplier_filter.wanted(),
        fields=supplier_filter.fields(supplier_search.choices(db.session)),
        given=supplier_filter.given(),
        active_contacts=active_contacts,
        words=words,
    )


@bp.post("/campaigns/<uuid:campaign_id>/audience", endpoint="choose_audience")
@open_to(*SENDERS)
def choose(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Take in those who are ticked, leave out those who are shown and not ticked."""
    campaign = find(campaign_id)
    ticked, shown = _ids(request.form.getlist("supplier")), _ids(request.form.getlist("shown"))
    chosen = db.session.scalars(sa.select(Supplier).where(Supplier.id.in_(ticked)))
    added = campaigns.choose(db.session, campaign, chosen, now=clock(), by=signed_in_user())
    removed = campaigns.leave_out(db.session, campaign, shown - ticked, now=clock(), by=signed_in_user())
    _tell(added, removed)
    return redirect(_back(campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/audience/all", endpoint="choose_all")
@open_to(*SENDERS)
def choose_all(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Take in all whom the filter shows."""
    campaign = find(campaign_id)
    found = supplier_search.find_all(db.session, supplier_filter.wanted())
    _tell(campaigns.choose(db.session, campaign, found, now=clock(), by=signed_in_user()), 0)
    return redirect(_back(campaign_id), 303)


def _ids(texts: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _tell(added: int, removed: int) -> None:
    if added:
        flash(ngettext("One supplier was added.", "%(num)d suppliers were added.", added), "success")
    if removed:
        flash(ngettext("One supplier was taken out.", "%(num)d suppliers were taken out.", removed), "success")
    if not added and not removed:
        flash(_("The audience is as it was."), "info")


def _back(campaign_id: uuid.UUID) -> str:
    kept: dict[str, Any] = dict(supplier_filter.given())
    return url_for("buyer.audience", campaign_id=campaign_id, **kept)
