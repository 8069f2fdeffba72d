"""What changed since last year: in the whole chain, and at one supplier."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.clock import clock
from portal.extensions import db
from portal.services import smelter_changes
from portal.services.handed_workbooks import all_handed
from portal.web import smelter_words
from portal.web.access import open_to
from portal.web.asking import chosen_id
from portal.web.buyer import bp
from portal.web.buyer.rights import READERS
from portal.web.paging import page_of

PER_PAGE = 10
"""Statuses that turned; each names its suppliers."""


@bp.get("/smelters/changes", endpoint="smelter_changes")
@open_to(*READERS)
def page() -> ResponseReturnValue:
    """Compare two days, a year apart unless asked otherwise; or, with `?supplier=`, its two newest workbooks."""
    handed, today = all_handed(db.session), clock().date()
    suppliers = sorted({(each.supplier, each.supplier_id) for each in handed}, key=lambda pair: pair[0].casefold())
    supplier_id = chosen_id("supplier")
    if supplier_id in {each for _, each in suppliers}:
        changes = smelter_changes.of_supplier(db.session, handed, supplier_id, today) if supplier_id else []
        return render_template("buyer/smelters/supplier_changes.html", changes=changes, words=smelter_words)
    end = _day("to", today)
    start = min(_day("from", end - relativedelta(years=1)), end)
    chain = smelter_changes.of_chain(db.session, handed, start, end)
    return render_template(
        "buyer/smelters/changes.html",
        chain=chain, turned=page_of(chain.turned, PER_PAGE), worse=sum(each.change.is_worse for each in chain.turned),
        addresses={each: url_for("buyer.smelter_changes", supplier=each) for _, each in suppliers},
        start=start, end=end, today=today, words=smelter_words,
    )  # fmt: skip


def _day(name: str, usual: date) -> date:
    """Return the day that the address asks for; one that is none, or far off, is the usual one."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return usual
    return found if 2000 <= found.year <= 2100 else usual
