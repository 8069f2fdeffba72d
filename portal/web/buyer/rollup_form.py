"""The fields of a minerals roll-up: which suppliers, what the company says itself, and the template to write into."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import lazy_gettext

from portal.clock import clock
from portal.services.rollups import VERSIONS
from portal.web.current import installation, signed_in_user
from questionnaires.minerals.declaring import Company, keys_of
from questionnaires.minerals.layout import CompanyQuestion, layout_of
from questionnaires.minerals.model import Asked, Kind, Mineral, ProductRow
from questionnaires.minerals.rollup import Own, RollUp, Rule

LONGEST = 500
"""Characters of a field."""
MOST_PRODUCTS = 2_000
SCOPES = (
    "A. Company",
    "B. Product (or List of Products)",
    "C. User defined [Specify in 'Description of scope']",
)
FIELDS = {
    "company_name": lazy_gettext("Company name"),
    "unique_id": lazy_gettext("Company’s unique ID"),
    "unique_id_authority": lazy_gettext("Authority of that ID (DUNS, VAT …)"),
    "address": lazy_gettext("Address"),
    "contact_name": lazy_gettext("Contact: name"),
    "contact_email": lazy_gettext("Contact: e-mail"),
    "contact_phone": lazy_gettext("Contact: phone"),
    "authorizer_name": lazy_gettext("Authorizer: name"),
    "authorizer_title": lazy_gettext("Authorizer: title"),
    "authorizer_email": lazy_gettext("Authorizer: e-mail"),
    "authorizer_phone": lazy_gettext("Authorizer: phone"),
}
LETTERS = {
    "A": lazy_gettext("Have you established a responsible minerals sourcing policy?"),
    "B": lazy_gettext("Is the policy on your website? (Then write its address beside it.)"),
    "C": lazy_gettext("Do you require suppliers to source from smelters that an independent audit has validated?"),
    "D": lazy_gettext("Have you implemented due diligence measures for responsible sourcing?"),
    "E": lazy_gettext("Do you survey your relevant suppliers?"),
    "F": lazy_gettext("Do you review what suppliers answer against what you expect?"),
    "G": lazy_gettext("Does your review include managing corrective actions?"),
    "H": lazy_gettext("Must you file an annual conflict minerals disclosure?"),
}
QUESTIONS = {
    Asked.USED: lazy_gettext("Used in the product or its production"),
    Asked.REMAINS: lazy_gettext("Remains in the product"),
    Asked.COVERED_COUNTRIES: lazy_gettext("From the covered countries"),
    Asked.HIGH_RISK_AREAS: lazy_gettext("From conflict-affected and high-risk areas"),
    Asked.RECYCLED: lazy_gettext("All from recycled or scrap sources"),
    Asked.COVERAGE: lazy_gettext("Suppliers that have answered"),
    Asked.ALL_IDENTIFIED: lazy_gettext("All smelters identified"),
    Asked.ALL_REPORTED: lazy_gettext("All smelter information reported"),
}
"""The questions on minerals, in short: the workbook has the full text."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A question that the company answers itself."""

    key: str
    """`A`, or `C/Cobalt`."""
    text: str
    mineral: str
    answers: tuple[str, ...]


def kind_asked() -> Kind:
    """Return the kind that address or form names; a CMRT unless it is the other."""
    return Kind.EMRT if request.values.get("kind") == Kind.EMRT else Kind.CMRT


def suppliers_chosen() -> frozenset[uuid.UUID] | None:
    """Return the suppliers that are ticked; None where nobody has chosen yet."""
    if "chosen" not in request.values:
        return None
    found = set()
    for value in request.values.getlist("supplier"):
        try:
            found.add(uuid.UUID(value))
        except ValueError:
            continue
    return frozenset(found)


def own_answers(kind: Kind) -> Own:
    """Return what the company says itself of minerals; only what the template offers counts."""
    plan = layout_of(kind, VERSIONS[kind])
    found = {}
    for question in plan.questions:
        for mineral in plan.minerals:
            value = request.form.get(name_of(question.asked, mineral), "")
            if value in question.answers:
                found[question.asked, mineral] = value
    return Own(found)


def name_of(asked: Asked, mineral: Mineral) -> str:
    """Return the name of the field for an answer of one's own."""
    return f"own-{asked}-{mineral}"


def open_questions(result: RollUp) -> list[tuple[Asked, Mineral, tuple[str, ...]]]:
    """Return what only the company can answer, or has answered, with the answers to choose from."""
    plan = layout_of(result.kind, VERSIONS[result.kind])
    return [
        (question.asked, mineral, question.answers)
        for question in plan.questions
        for mineral in result.minerals
        if result.answers[question.asked, mineral].rule in (Rule.LEFT, Rule.OWN, Rule.NOTHING_REPORTED)
    ]


def letters_of(kind: Kind, minerals: Iterable[Mineral]) -> list[Letter]:
    """Return the questions on the company, in their order."""
    chosen = tuple(minerals)
    return [
        Letter(key, str(LETTERS[question.letter]), key.partition("/")[2], _offered(question))
        for question in layout_of(kind, VERSIONS[kind]).company_questions
        for key, _ in keys_of(question, chosen)
    ]


def _offered(question: CompanyQuestion) -> tuple[str, ...]:
    return question.answers


def company() -> Company:
    """Return what the form says of the company."""
    fields = {name: _text(name) for name in (*FIELDS, "scope_description")}
    scope = request.form.get("scope", "")
    fields["scope"] = scope if scope in SCOPES else ""
    letters: Mapping[str, str] = {
        name.removeprefix("letter-"): _text(name) for name in request.form if name.startswith("letter-")
    }
    comments = {name.removeprefix("comment-"): _text(name) for name in request.form if name.startswith("comment-")}
    return Company(fields, _day(), letters, comments, _products())


def filled_in() -> dict[str, str]:
    """Return what the fields hold: what was posted, or what is known before anybody writes."""
    if request.method == "POST":
        return {name: request.form[name] for name in request.form}
    user = signed_in_user()
    return {
        "company_name": installation().settings.organisation,
        "contact_name": user.display_name,
        "contact_email": user.email,
        "scope": SCOPES[0],
        "effective_date": clock().date().isoformat(),
    }


def _text(name: str) -> str:
    return " ".join(request.form.get(name, "").split())[:LONGEST]


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("effective_date", ""))
    except ValueError:
        return None


def _products() -> tuple[ProductRow, ...]:
    """A line is a product: its number, and after a semicolon or a tab its name."""
    lines = [line.replace("\t", ";").partition(";") for line in request.form.get("products", "").splitlines()]
    rows = [(" ".join(number.split())[:LONGEST], " ".join(name.split())[:LONGEST]) for number, _, name in lines]
    return tuple(ProductRow(0, number, name) for number, name in rows[: MOST_PRODUCTS + 1] if number)
