"""Rules C and I: the answers about the company, and its name, date and scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dateutil.relativedelta import relativedelta

from questionnaires.minerals.consistency.examined import Examined, Found, Rule, quoted
from questionnaires.minerals.findings import Level
from questionnaires.minerals.layout import PRODUCTS
from questionnaires.minerals.model import Place, Scope

MEASURES = ("D", "F", "G")
"""Due diligence, review of answers, corrective action: a No to one weakens the whole programme."""
LONGEST = 255
"""Letters of a cell that portals take."""
_SAME = re.compile(r"^(the )?same\b|^(as|see) above\b|^(ditto|idem)\b", re.IGNORECASE)


def public_without_address(examined: Examined) -> Found:
    """The policy is said to be public, and no address is given."""
    answer = examined.workbook.company_answers["B"]
    if examined.needed and examined.told("B") == "yes" and len(answer.comment) <= 1:
        yield answer.comment_place, {}


def public_without_policy(examined: Examined) -> Found:
    """There is no policy, and it is public."""
    if examined.needed and examined.told("A") == "no" and examined.told("B") == "yes":
        yield examined.workbook.company_answers["A"].place, {}


def other_format_not_described(examined: Examined) -> Found:
    """Suppliers are asked in another format, which is not described."""
    answer = examined.workbook.company_answers["E"]
    if examined.needed and examined.told("E").startswith("yes, using other format") and not answer.comment:
        yield answer.comment_place, {}


def measure_not_taken(examined: Examined) -> Found:
    """No due diligence, no review or no corrective action."""
    for letter in MEASURES:
        if examined.needed and examined.told(letter) == "no":
            yield examined.workbook.company_answers[letter].place, {"letter": letter}


def date_missing(examined: Examined) -> Found:
    """There is no effective date."""
    entry = examined.workbook.company["effective_date"]
    if not entry.value:
        yield entry.place, {}


def date_unreadable(examined: Examined) -> Found:
    """The effective date is none."""
    entry = examined.workbook.company["effective_date"]
    if entry.value and examined.workbook.effective_date is None:
        yield entry.place, {"value": quoted(entry.value)}


def date_to_come(examined: Examined) -> Found:
    """The effective date is in the future."""
    day, today = examined.workbook.effective_date, examined.known.today
    if day and today and day > today:
        yield examined.workbook.company["effective_date"].place, {"date": day.isoformat()}


def date_too_old(examined: Examined) -> Found:
    """The declaration is older than the installation wants."""
    day, today = examined.workbook.effective_date, examined.known.today
    months = examined.known.settings.oldest_months
    if day and today and day < today - relativedelta(months=months):
        yield examined.workbook.company["effective_date"].place, {"date": day.isoformat(), "months": str(months)}


def date_before_template(examined: Examined) -> Found:
    """The declaration is older than the template in which it is written."""
    day, released = examined.workbook.effective_date, examined.workbook.released
    if day and released and day < released:
        facts = {"date": day.isoformat(), "released": released.isoformat()}
        yield examined.workbook.company["effective_date"].place, facts


def authorizer_same(examined: Examined) -> Found:
    """The one who answers for it must be named (Instructions)."""
    for field, entry in examined.workbook.company.items():
        if field.startswith("authorizer_") and _SAME.search(entry.value):
            yield entry.place, {"value": quoted(entry.value)}


def begins_as_a_formula(examined: Examined) -> Found:
    """No cell may begin with = or # (Instructions)."""
    for place, value in _texts(examined):
        if value[:1] in {"=", "#"}:
            yield place, {"value": quoted(value)}


def too_long(examined: Examined) -> Found:
    """Portals cut longer cells off."""
    for place, value in _texts(examined):
        if len(value) > LONGEST:
            yield place, {"length": str(len(value)), "longest": str(LONGEST)}


def _texts(examined: Examined) -> Iterator[tuple[Place, str]]:
    """All that is typed freely into the declaration."""
    for entry in examined.workbook.company.values():
        yield entry.place, entry.value
    for answers in (examined.workbook.answers, examined.workbook.company_answers):
        for answer in answers.values():
            yield answer.comment_place, answer.comment


def no_products(examined: Examined) -> Found:
    """It is about products, and none is listed."""
    listed = any(product.number for product in examined.workbook.products)
    if examined.workbook.scope is Scope.PRODUCT and not listed:
        yield Place(PRODUCTS, "B6"), {}


def product_not_listed(examined: Examined) -> Found:
    """The supplier was asked about a product that is not in the list."""
    if examined.workbook.scope is not Scope.PRODUCT:
        return
    listed = {
        number.casefold()
        for product in examined.workbook.products
        for number in (product.number, product.requester_number)
        if number
    }
    for number in examined.known.requested:
        if listed and number.strip().casefold() not in listed:
            yield Place(PRODUCTS, "B6"), {"value": quoted(number)}


def scope_not_described(examined: Examined) -> Found:
    """It is about something of the supplier's own, which is not described."""
    entry = examined.workbook.company["scope_description"]
    if examined.workbook.scope is Scope.USER_DEFINED and not entry.value:
        yield entry.place, {}


RULES: Mapping[str, tuple[Level, Rule]] = {
    "C1a": (Level.ERROR, public_without_address),
    "C1b": (Level.ERROR, public_without_policy),
    "C1c": (Level.WARNING, other_format_not_described),
    "C1d": (Level.FLAG, measure_not_taken),
    "I1a": (Level.ERROR, date_missing),
    "I1b": (Level.ERROR, date_unreadable),
    "I1c": (Level.ERROR, date_to_come),
    "I1d": (Level.WARNING, date_too_old),
    "I1e": (Level.WARNING, date_before_template),
    "I2a": (Level.WARNING, authorizer_same),
    "I2b": (Level.WARNING, begins_as_a_formula),
    "I2c": (Level.WARNING, too_long),
    "I3a": (Level.ERROR, no_products),
    "I3b": (Level.ERROR, product_not_listed),
    "I3c": (Level.ERROR, scope_not_described),
}
"""A company-wide declaration (scope A) covers every product that was asked about."""
