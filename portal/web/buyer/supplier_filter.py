"""The register's filters and order, in the query string, for the list and for choosing an audience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal.mail.message import one_line
from portal.models import CompanySize, Criticality, RiskTier, SupplierType
from portal.services.supplier_search import ORDERS, Activity, Choices, Minerals, SupplierFilter
from portal.web.asking import chosen, chosen_id, handed_on
from portal.web.buyer import words
from portal.web.filters import country


@dataclass(frozen=True, slots=True)
class Field:
    """One filter with its choices."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str
    """The choice in use; empty where there is none."""


NAMES = ("text", "country", "criticality", "type", "size", "tier", "minerals", "group", "owner", "active")
"""Of the filters' fields."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by."""

    name: str
    descending: bool

    def address(self, name: str) -> str:
        """Return the address of the list sorted by a column; by the present one, the other way round."""
        kept: dict[str, Any] = dict(handed_on("page", "sort", "order"))
        kept.update(request.view_args or {})
        direction = "desc" if name == self.name and not self.descending else "asc"
        return url_for(str(request.endpoint), **kept, sort=name, order=direction)

    def of(self, name: str) -> str:
        """Return the column's value of `aria-sort`."""
        if name != self.name:
            return "none"
        return "descending" if self.descending else "ascending"


def wanted(activity: Activity = Activity.ACTIVE) -> SupplierFilter:
    """Return what the address asks for; words that mean nothing do not restrict."""
    return SupplierFilter(
        text=one_line(request.args.get("text", ""))[:200],
        country=one_line(request.args.get("country", "")) or None,
        criticality=chosen(Criticality, "criticality"),
        supplier_type=chosen(SupplierType, "type"),
        size=chosen(CompanySize, "size"),
        tier=chosen(RiskTier, "tier"),
        minerals=chosen(Minerals, "minerals"),
        product_group=one_line(request.args.get("group", "")) or None,
        owner_id=chosen_id("owner"),
        activity=chosen(Activity, "active") or activity,
    )


def order() -> Order:
    """Return how the address wants a list sorted."""
    name = request.args.get("sort", "name")
    return Order(name if name in ORDERS else "name", request.args.get("order") == "desc")


def fields(choices: Choices) -> list[Field]:
    """Return the filters that are chosen from a list."""
    every = ("", _("All"))
    in_use = {Activity.ACTIVE: _("In use"), Activity.RETIRED: _("Retired"), Activity.ALL: _("All")}
    options = {
        "country": (_("Country"), [every, *((code, country(code)) for code in choices.countries)]),
        "criticality": (_("Criticality"), [every, *((one.value, one.value) for one in Criticality)]),
        "type": (_("Supplier type"), [every, *words.type_choices()[1:]]),
        "size": (_("Size"), [every, *words.size_choices()[1:]]),
        "tier": (_("Risk tier"), [every, *words.tier_choices()[1:]]),
        "minerals": (_("3TG relevant"), [every, *words.minerals_choices()]),
        "group": (_("Product group"), [every, *((group, group) for group in choices.product_groups)]),
        "owner": (_("Responsible buyer"), [every, *((str(one.id), one.display_name) for one in choices.owners)]),
        "active": (_("In use"), [(one.value, name) for one, name in in_use.items()]),
    }
    return [Field(name, label, listed, request.args.get(name, "")) for name, (label, listed) in options.items()]


def given() -> Mapping[str, str]:
    """Return the filters in use, to hand them on."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}
