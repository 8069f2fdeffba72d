"""Where each value stands in a CMRT 6 or EMRT 1 and 2: addresses only, since labels are translated.

Source: the workbooks' own input cells, the same in CMRT 6.01 to 6.6 and in all EMRT of one generation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.minerals.model import Asked, Kind, Mineral

DECLARATION, SMELTERS, PRODUCTS, MINES = "Declaration", "Smelter List", "Product List", "Mine List"
LOOKUP, CHECKER = "Smelter Look-up", "Checker"
REVISION = "J3"
LANGUAGE = "D3"
ANSWER, COMMENT = "D", "G"
"""Columns; merged to the right, the value is in the first."""

YES_NO = ("Yes", "No")
YES_NO_UNKNOWN = ("Yes", "No", "Unknown")
ALL = "100%"
"""The number 1 formatted as a percentage until CMRT 6.22 and in EMRT 1, a text later."""
SHARES = (ALL, "Greater than 90%", "Greater than 75%", "Greater than 50%", "50% or less", "None")

SMELTER_COLUMNS: Mapping[str, str] = {
    "id_typed": "A", "metal": "B", "lookup": "C", "name": "D", "country": "E", "smelter_id": "F", "id_source": "G",
    "street": "H", "city": "I", "state": "J", "contact_name": "K", "contact_email": "L", "next_steps": "M",
    "mine_names": "N", "mine_countries": "O", "recycled": "P", "comments": "Q", "standard_name": "R",
}  # fmt: skip
MINE_COLUMNS: Mapping[str, str] = {
    "metal": "A", "smelter_names": "B", "mine_name": "C", "mine_id": "D", "country": "F", "comments": "M",
}  # fmt: skip
LOOKUP_COLUMNS: Mapping[str, str] = {
    "metal": "A", "alias": "B", "standard_name": "C", "country": "D", "smelter_id": "E", "street": "G", "city": "H",
    "state": "I",
}  # fmt: skip
FIRST_SMELTER, FIRST_MINE, FIRST_PRODUCT, FIRST_LISTED = 5, 5, 6, 5

_PRODUCTS_3 = {"number": "B", "name": "C", "comments": "D"}
_PRODUCTS_5 = {"number": "B", "name": "C", "requester_number": "D", "requester_name": "E", "comments": "F"}


@dataclass(frozen=True, slots=True)
class MineralQuestion:
    """A question asked of each mineral, one row below the other."""

    asked: Asked
    number: int
    """In the workbook."""
    first_row: int
    answers: tuple[str, ...]
    more: Mapping[Mineral, tuple[str, ...]]
    """Answers that only some minerals have besides."""


@dataclass(frozen=True, slots=True)
class CompanyQuestion:
    """A question asked of the company once, or of each mineral (`by_mineral`)."""

    letter: str
    row: int
    answers: tuple[str, ...] = YES_NO
    by_mineral: bool = False
    more: Mapping[Mineral, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The addresses of one generation of one kind."""

    kind: Kind
    company: Mapping[str, str]
    """Name of a field → cell of the Declaration."""
    minerals: tuple[Mineral, ...]
    """In the order of the rows; of an EMRT 2 all that can be selected."""
    selectors: tuple[str, ...]
    """Cells of the Declaration in which minerals are selected (EMRT 2)."""
    questions: tuple[MineralQuestion, ...]
    company_questions: tuple[CompanyQuestion, ...]
    website: str
    """The comment that must hold an address when the policy is said to be public."""
    closing: frozenset[str]
    """Answers to the first or second question after which the rest is not asked for that mineral."""
    has_mines: bool
    last_smelter: int
    """Row; files with more are read on."""


def layout_of(kind: Kind, version: str) -> Layout:
    """Return the layout of a version, `6.5` say; raises KeyError for a generation that is not known."""
    return _LAYOUTS[kind, version.partition(".")[0]]


def product_columns(kind: Kind, version: str) -> Mapping[str, str]:
    """Return the columns of the product list: requester columns came with CMRT 6.6 and EMRT 2.1."""
    major, _, minor = version.partition(".")
    if kind is Kind.CMRT:
        return _PRODUCTS_5 if (major, minor[:1]) >= ("6", "6") else _PRODUCTS_3
    return _PRODUCTS_5 if major == "2" and minor[:1] >= "1" else _PRODUCTS_3


def _company(start: int, date_row: int) -> dict[str, str]:
    names = (
        "unique_id", "unique_id_authority", "address", "contact_name", "contact_email", "contact_phone",
        "authorizer_name", "authorizer_title", "authorizer_email", "authorizer_phone",
    )  # fmt: skip
    fields = {"company_name": "D8", "scope": "D9", "scope_description": "D10"}
    return (
        fields | {name: f"D{start + number}" for number, name in enumerate(names)} | {"effective_date": f"D{date_row}"}
    )


def _questions(
    asked: tuple[Asked, ...],
    first: int,
    step: int,
    answers: Mapping[Asked, tuple[str, ...]],
    more: Mapping[Asked, Mapping[Mineral, tuple[str, ...]]],
) -> tuple[MineralQuestion, ...]:
    return tuple(
        MineralQuestion(each, number + 1, first + step * number, answers[each], more.get(each, {}))
        for number, each in enumerate(asked)
    )


_CMRT_ASKED = tuple(Asked)
_EMRT_ASKED = tuple(each for each in Asked if each is not Asked.COVERED_COUNTRIES)
_CMRT_ANSWERS = {
    Asked.USED: YES_NO, Asked.REMAINS: YES_NO, Asked.COVERED_COUNTRIES: YES_NO_UNKNOWN,
    Asked.HIGH_RISK_AREAS: YES_NO_UNKNOWN, Asked.RECYCLED: YES_NO_UNKNOWN, Asked.COVERAGE: SHARES,
    Asked.ALL_IDENTIFIED: YES_NO, Asked.ALL_REPORTED: YES_NO,
}  # fmt: skip
_EMRT_ANSWERS: dict[Asked, tuple[str, ...]] = {}
_EMRT_ANSWERS.update(dict.fromkeys(_EMRT_ASKED, YES_NO_UNKNOWN))
_EMRT_1: dict[Asked, tuple[str, ...]] = {
    **_EMRT_ANSWERS, Asked.USED: (*YES_NO_UNKNOWN, "Not applicable for this declaration"), Asked.COVERAGE: SHARES
}  # fmt: skip
_EMRT_2: dict[Asked, tuple[str, ...]] = {
    **_EMRT_ANSWERS,
    Asked.USED: (*YES_NO_UNKNOWN, "Not declaring"),
    Asked.COVERAGE: (*SHARES, "Did not survey"),
}
_MORE_CAHRA = {Asked.HIGH_RISK_AREAS: {Mineral.COBALT: ("DRC only",), Mineral.MICA: ("India and/or Madagascar only",)}}
_PROCESSORS = "Yes, when more processors are validated"
_SURVEY_CMRT = ("Yes, in conformance with IPC1755 (e.g., CMRT)", "Yes, using other format (describe)", "No")
_SURVEY_EMRT = ("Yes, in conformance with IPC1755 (e.g. EMRT)", "Yes, Using Other Format (Describe)", "No")
_FILING = ("Yes, with the SEC", "Yes, with the EU", "Yes, with the SEC and the EU", "No")

_LAYOUTS: Mapping[tuple[Kind, str], Layout] = {
    (Kind.CMRT, "6"): Layout(
        Kind.CMRT, _company(12, 22), (Mineral.TANTALUM, Mineral.TIN, Mineral.GOLD, Mineral.TUNGSTEN), (),
        _questions(_CMRT_ASKED, 26, 6, _CMRT_ANSWERS, {}),
        tuple(CompanyQuestion(letter, 75 + 2 * number, {"E": _SURVEY_CMRT, "H": _FILING}.get(letter, YES_NO))
              for number, letter in enumerate("ABCDEFGH")),
        "G77", frozenset({"No"}), has_mines=False, last_smelter=2504,
    ),
    (Kind.EMRT, "1"): Layout(
        Kind.EMRT, _company(12, 22), (Mineral.COBALT, Mineral.MICA), (),
        _questions(_EMRT_ASKED, 26, 6, _EMRT_1, _MORE_CAHRA),
        (
            CompanyQuestion("A", 69), CompanyQuestion("B", 71),
            CompanyQuestion("C", 74, YES_NO, by_mineral=True, more={Mineral.MICA: (_PROCESSORS,)}),
            CompanyQuestion("D", 77), CompanyQuestion("E", 79, _SURVEY_EMRT), CompanyQuestion("F", 81),
            CompanyQuestion("G", 83),
        ),
        "G71", frozenset({"No", "Unknown", "Not applicable for this declaration"}), has_mines=False, last_smelter=2500,
    ),
    (Kind.EMRT, "2"): Layout(
        Kind.EMRT, _company(16, 26),
        (Mineral.COBALT, Mineral.COPPER, Mineral.GRAPHITE, Mineral.LITHIUM, Mineral.MICA, Mineral.NICKEL),
        ("D12", "E12", "G12", "D13", "E13", "G13"), _questions(_EMRT_ASKED, 30, 12, _EMRT_2, {}),
        (
            CompanyQuestion("A", 115), CompanyQuestion("B", 117),
            CompanyQuestion("C", 120, ("Yes", _PROCESSORS, "No"), by_mineral=True),
            CompanyQuestion("D", 131), CompanyQuestion("E", 133, _SURVEY_EMRT), CompanyQuestion("F", 135),
            CompanyQuestion("G", 137),
        ),
        "G117", frozenset({"No", "Unknown", "Not declaring"}), has_mines=True, last_smelter=2504,
    ),
}  # fmt: skip
