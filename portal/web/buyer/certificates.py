"""The register of suppliers' certificates, on a page and as a file for a spreadsheet."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.clock import clock
from portal.extensions import db
from portal.services import certificate_register
from portal.services.certificate_register import ORDERS, Listed, Standing, Validity, Wanted
from portal.services.csv_files import as_csv
from portal.web.access import open_to
from portal.web.asking import chosen, handed_on, words
from portal.web.buyer import bp
from portal.web.buyer.rights import READERS
from portal.web.buyer.supplier_filter import Order
from portal.web.current import installation
from portal.web.evidence_words import LEVELS
from portal.web.filters import country, in_language
from portal.web.languages import choose_language
from portal.web.paging import page_of

VALIDITIES = {
    Validity.VALID: lazy_gettext("Valid"),
    Validity.WITHIN_30: lazy_gettext("Expires within 30 days"),
    Validity.WITHIN_60: lazy_gettext("Expires within 60 days"),
    Validity.WITHIN_90: lazy_gettext("Expires within 90 days"),
    Validity.EXPIRED: lazy_gettext("Expired"),
}
STANDINGS = {
    Standing.EXPIRED: lazy_gettext("Expired"),
    Standing.ENDS_SOON: lazy_gettext("Expires soon"),
    Standing.VALID: lazy_gettext("Valid"),
}


@bp.get("/certificates")
@open_to(*READERS)
def certificates() -> ResponseReturnValue:
    """Show the certificates in force, those that expire first on top."""
    every, wanted, today = _every(), _wanted(), clock().date()
    return render_template(
        "buyer/certificates/register.html",
        page=page_of(_sorted(certificate_register.fitting(every, wanted, today))),
        every=len(every),
        expired=len(certificate_register.fitting(every, Wanted(Validity.EXPIRED), today)),
        soon=len(certificate_register.fitting(every, Wanted(Validity.WITHIN_90), today)),
        wanted=wanted,
        given=handed_on("page"),
        order=_order(),
        kinds=certificate_register.kinds(every, choose_language()),
        validities=VALIDITIES,
        today=today,
    )


@bp.get("/certificates.csv")
@open_to(*READERS)
def certificates_csv() -> ResponseReturnValue:
    """Send the certificates chosen on the page, all pages of them."""
    today = clock().date()
    found = _sorted(certificate_register.fitting(_every(), _wanted(), today))
    rows = [_headings(), *(_cells(each, today) for each in found)]
    text = as_csv(rows, separator=";" if choose_language() == "nb" else ",")
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="certificates.csv")
    return response


def _every() -> list[Listed]:
    return certificate_register.find(db.session, installation().catalogue)


def _wanted() -> Wanted:
    return Wanted(chosen(Validity, "validity"), words("supplier"), words("kind"))


def _order() -> Order:
    name = request.args.get("sort", "valid_until")
    return Order(name if name in ORDERS else "valid_until", request.args.get("order") == "desc")


def _sorted(found: list[Listed]) -> list[Listed]:
    order, language = _order(), choose_language()
    return sorted(found, key=lambda each: ORDERS[order.name](each, language), reverse=order.descending)


def _headings() -> list[str]:
    return [
        _("Supplier"), _("Country"), _("Certificate"), _("Number"), _("Issued by"), _("Valid until"), _("State"),
        _("Days left"), _("Evidence"), _("Checked by"), _("Files"), _("Questionnaire"), _("Question"),
    ]  # fmt: skip


def _cells(each: Listed, today: date) -> list[str]:
    return [
        each.supplier.name,
        country(each.supplier.country),
        each.kind(choose_language()),
        each.value["number"],
        each.value["issuer"],
        each.valid_until.isoformat(),
        str(STANDINGS[each.standing(today)]),
        str(max(each.days_left(today), 0)),  # a minus would look like a formula to a spreadsheet
        str(LEVELS[each.level]),
        each.check.checked_by.display_name if each.check else "",
        ", ".join(file.name for file in each.files),
        in_language(each.questionnaire.title),
        each.question.id,
    ]
