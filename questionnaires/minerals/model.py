"""What a CMRT or EMRT workbook says, as frozen objects: each value with the cell in which it stands.

Values are kept as they were typed, trimmed and without control characters; "" is an empty cell. Answers, scopes and
names of minerals are English in every language of the workbook.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


class Kind(enum.StrEnum):
    """Which of the two templates of the Responsible Minerals Initiative it is."""

    CMRT = "CMRT"
    """Conflict Minerals Reporting Template: tin, tantalum, tungsten and gold (3TG)."""
    EMRT = "EMRT"
    """Extended Minerals Reporting Template: cobalt, mica, and from 2.0 copper, graphite, lithium and nickel."""


class Mineral(enum.StrEnum):
    """A mineral by the name that the workbooks use."""

    TANTALUM = "Tantalum"
    TIN = "Tin"
    GOLD = "Gold"
    TUNGSTEN = "Tungsten"
    COBALT = "Cobalt"
    COPPER = "Copper"
    GRAPHITE = "Graphite"
    LITHIUM = "Lithium"
    MICA = "Mica"
    NICKEL = "Nickel"


class Asked(enum.StrEnum):
    """A question asked of each mineral, by what it is about: CMRT and EMRT number them differently."""

    USED = "used"
    """Intentionally added or used in the product or its production (1)."""
    REMAINS = "remains"
    """Remains in the product (2)."""
    COVERED_COUNTRIES = "covered-countries"
    """Smelters source from the covered countries (CMRT 3; not in the EMRT)."""
    HIGH_RISK_AREAS = "high-risk-areas"
    """Smelters source from conflict-affected and high-risk areas, CAHRAs (CMRT 4, EMRT 3)."""
    RECYCLED = "recycled"
    """All of it from recycled or scrap sources (CMRT 5, EMRT 4)."""
    COVERAGE = "coverage"
    """Share of relevant suppliers that have answered (CMRT 6, EMRT 5)."""
    ALL_IDENTIFIED = "all-identified"
    """All smelters identified (CMRT 7, EMRT 6)."""
    ALL_REPORTED = "all-reported"
    """All smelter information reported (CMRT 8, EMRT 7)."""


class Scope(enum.StrEnum):
    """What the declaration is about: the first letter of the cell."""

    COMPANY = "A"
    PRODUCT = "B"
    USER_DEFINED = "C"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell: `Declaration!D26`."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one cell."""

    value: str
    place: Place

    def __bool__(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and the comment beside it."""

    value: str
    """Of the drop-down where it can be told: 1, 1.0 and "100 %" are "100%"."""
    place: Place
    comment: str
    comment_place: Place

    def __bool__(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True, slots=True)
class SmelterRow:
    """A line of the smelter list, as typed; `None`-free: what is empty is ""."""

    row: int
    """Of the sheet, from 1."""
    id_typed: str
    """Column A."""
    metal: str
    """B, or by the reference list where the cell has no cached value."""
    lookup: str
    """C: an alias of the reference list, "Smelter not listed" or "Smelter not yet identified"."""
    name: str
    """D."""
    country: str
    """E, or by the reference list."""
    smelter_id: str
    """F, or A where F has no cached value."""
    id_source: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    contact_name: str = ""
    contact_email: str = ""
    next_steps: str = ""
    mine_names: str = ""
    mine_countries: str = ""
    recycled: str = ""
    """P: all of it recycled or scrap: Yes, No, Unknown."""
    comments: str = ""
    standard_name: str = ""
    """R (hidden), or by the reference list."""

    def place(self, column: str) -> Place:
        """Return a cell of this row."""
        return Place("Smelter List", f"{column}{self.row}")

    @property
    def is_not_listed(self) -> bool:
        """Whether the supplier says that the reference list does not have it."""
        return self.lookup.casefold() == "smelter not listed"

    @property
    def is_not_identified(self) -> bool:
        """Whether the supplier does not know the smelter yet."""
        return self.lookup.casefold() == "smelter not yet identified"


@dataclass(frozen=True, slots=True)
class MineRow:
    """A line of the mine list (EMRT 2)."""

    row: int
    metal: str
    smelter_names: str
    mine_name: str
    mine_id: str = ""
    country: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A line of the product list."""

    row: int
    number: str
    name: str = ""
    requester_number: str = ""
    requester_name: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One alias of a smelter in a reference list (`Smelter Look-up` of a template)."""

    metal: str
    alias: str
    standard_name: str
    country: str
    smelter_id: str
    street: str = ""
    city: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """One workbook, read."""

    kind: Kind
    version: str
    """As in "Revision 6.5": `6.5`."""
    released: date | None
    """The date below the revision."""
    language: str
    """Declaration!D3."""
    sheets: tuple[str, ...]
    """In their order; one that was renamed, by the name that the template gives it."""
    company: Mapping[str, Entry]
    """By the names of `layout.Layout.company`: company_name, scope, scope_description, contact_email, …"""
    effective_date: date | None
    """None also where the cell is no date: `company["effective_date"]` has what was typed."""
    minerals: tuple[Mineral, ...]
    """That it asks about; in an EMRT 2 those that were selected, alphabetically."""
    answers: Mapping[tuple[Asked, Mineral], Answer]
    """Every cell, also empty ones."""
    company_answers: Mapping[str, Answer]
    """By letter, A to H; where a question is asked of each mineral (EMRT C), by `C/Cobalt`."""
    smelters: tuple[SmelterRow, ...]
    mines: tuple[MineRow, ...] = ()
    products: tuple[ProductRow, ...] = ()
    references: tuple[Listed, ...] = ()
    """The workbook's own reference list, where it was asked for."""
    checker_missing: int | None = None
    """What the workbook's Checker counted when it was last calculated (Checker!D2), where that is cached."""

    def answer(self, asked: Asked, mineral: Mineral) -> str:
        """Return an answer; "" where it is empty or not asked in this kind."""
        found = self.answers.get((asked, mineral))
        return found.value if found else ""

    @property
    def scope(self) -> Scope | None:
        """What it is about; None where the cell is empty or none of the three."""
        letter = self.company["scope"].value[:2]
        return next((scope for scope in Scope if letter == f"{scope}."), None)


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the rules, chosen by the installation."""

    oldest_months: int = 12
    """How old an effective date may be."""
    least_coverage: str = "Greater than 50%"
    """The least answer to question 6 (EMRT 5) that raises no flag."""
    newest: Mapping[Kind, str] = field(
        default_factory=lambda: MappingProxyType({Kind.CMRT: "6.6.1", Kind.EMRT: "2.11.1"})
    )
    """Newest known version of each kind."""
