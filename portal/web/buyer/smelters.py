"""The smelters that suppliers name: all of them, one of them, and as a file for a spreadsheet."""

from __future__ import annotations

import re
from datetime import date

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.extensions import db
from portal.services import smelter_facts, smelter_matching, smelter_register, smelters
from portal.services.csv_files import as_csv
from portal.services.handed_workbooks import Handed, all_handed, newest_of
from portal.services.smelter_register import ORDERS, Named, Standing, Wanted
from portal.services.uploads import XLSX
from portal.services.xlsx_files import as_xlsx
from portal.web import smelter_words
from portal.web.access import open_to
from portal.web.asking import handed_on, words
from portal.web.buyer import bp
from portal.web.buyer.rights import READERS
from portal.web.buyer.supplier_filter import Order
from portal.web.downloads import send_content
from portal.web.languages import choose_language
from portal.web.paging import page_of


@bp.get("/smelters", endpoint="smelters")
@open_to(*READERS)
def page() -> ResponseReturnValue:
    """Show the smelters that the newest workbooks name."""
    handed = _newest()
    every, wanted = smelter_register.named(db.session, handed), _wanted()
    statuses = smelters.newest_list(db.session)
    return render_template(
        "buyer/smelters/list.html",
        page=page_of(_sorted(smelter_register.fitting(every, wanted))),
        every=every,
        good=sum(each.is_good for each in every),
        suppliers=len({each.supplier_id for each in handed}),
        doubtful=smelter_matching.count_open(db.session, handed),
        statuses_of=statuses.as_of if statuses else None,
        templates=smelters.newest_templates(db.session),
        wanted=wanted,
        given=handed_on("page"),
        order=_order(),
        words=smelter_words,
        Standing=Standing,
    )


@bp.get("/smelters.csv")
@open_to(*READERS)
def smelters_csv() -> ResponseReturnValue:
    """Send the smelters chosen on the page as CSV, all pages of them."""
    text = as_csv(_table(), separator=";" if choose_language() == "nb" else ",")
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="smelters.csv")
    return response


@bp.get("/smelters.xlsx")
@open_to(*READERS)
def smelters_xlsx() -> ResponseReturnValue:
    """Send the smelters chosen on the page as a workbook, all pages of them."""
    return send_content(as_xlsx(_table(), _("Smelters")), "smelters.xlsx", XLSX)


@bp.get("/smelters/<smelter_id>")
@open_to(*READERS)
def smelter(smelter_id: str) -> ResponseReturnValue:
    """Show one smelter: names, status over time, who named it."""
    is_an_id = re.fullmatch("[A-Z0-9-]{1,32}", smelter_id)
    found = (smelter_facts.find(db.session, smelter_id) if is_an_id else None) or abort(404)
    return render_template("buyer/smelters/smelter.html", smelter=found, words=smelter_words)


def _newest() -> list[Handed]:
    return list(newest_of(all_handed(db.session)).values())


def _wanted() -> Wanted:
    return Wanted(words("text"), words("metal"), words("status"), words("country"))


def _order() -> Order:
    name = request.args.get("sort", "name")
    return Order(name if name in ORDERS else "name", request.args.get("order") == "desc")


def _sorted(found: list[Named]) -> list[Named]:
    order = _order()
    return sorted(found, key=ORDERS[order.name], reverse=order.descending)


def _table() -> list[list[str]]:
    headings = [
        _("Smelter"), _("Smelter ID"), _("Metal"), _("Country"), _("Status"), _("Last audit"), _("Audit cycle, years"),
        _("Suppliers"),
    ]  # fmt: skip
    found = _sorted(smelter_register.fitting(smelter_register.named(db.session, _newest()), _wanted()))
    return [headings, *(_cells(each) for each in found)]


def _cells(each: Named) -> list[str]:
    status = each.status
    return [
        each.name,
        each.smelter_id,
        smelter_words.metal(each.metal),
        each.country,
        smelter_words.status(status.status) if status else _("Not in the list"),
        _day(status.audited if status else None),
        str(status.cycle_years or "") if status else "",
        str(each.suppliers),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
