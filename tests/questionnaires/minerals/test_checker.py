"""The workbook's own Checker: the same empty fields, by its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from questionnaires.minerals.checker import missing
from questionnaires.minerals.model import Asked, Kind, Mineral, ProductRow, SmelterRow, Workbook
from tests.questionnaires.minerals.declared import (
    blank,
    commenting,
    declared,
    filling,
    listing,
    not_identified,
    not_listed,
    saying,
    selecting,
    smelter,
    supplying,
    telling,
)

Change = Callable[[Workbook], Workbook]

CMRT_VERSIONS = ["6.01", "6.1", "6.22", "6.31", "6.4", "6.5", "6.6", "6.6.1"]
BLANKS = [
    *((Kind.CMRT, version, 52) for version in CMRT_VERSIONS),
    *((Kind.EMRT, version, 31) for version in ("1.1", "1.11", "1.2", "1.3")),
    *((Kind.EMRT, version, 68) for version in ("2.0", "2.1", "2.11")),
]


@pytest.mark.parametrize(("kind", "version", "count"), BLANKS)
def test_a_blank_template_lacks_as_many_fields_as_its_checker_says(kind: Kind, version: str, count: int) -> None:
    assert len(missing(blank(kind, version))) == count


@pytest.mark.parametrize(("kind", "version"), [(kind, version) for kind, version, _ in BLANKS])
def test_a_complete_workbook_lacks_nothing(kind: Kind, version: str) -> None:
    assert missing(declared(kind, version)) == ()


def test_the_rows_of_a_blank_cmrt_are_those_of_its_checker() -> None:
    rows = [4, 5, 7, 8, 9, 10, 11, 12]
    rows += [first + each for first in (14, 19, 24, 29, 34, 39, 44, 49) for each in range(4)]
    rows += [54, 55, 57, 58, 59, 60, 62, 63, 65, 66, 67, 68]
    assert [each.row for each in missing(blank(Kind.CMRT, "6.5"))] == rows


def test_the_rows_of_a_blank_emrt_are_those_of_its_checker() -> None:
    rows = [4, 5, 9, 10, 11, 12, 13, 15]
    rows += [first + each for first in (17, 28, 39, 50, 61, 72, 83) for each in range(6)]
    rows += [94, 95, *range(98, 104), 108, 109, 110, 111, *range(114, 120)]
    assert [each.row for each in missing(blank(Kind.EMRT, "2.1"))] == rows


def _without(field: str) -> Change:
    return lambda workbook: filling(workbook, {field: ""})


def _answered(asked: Asked, mineral: Mineral, value: str = "") -> Change:
    return lambda workbook: saying(workbook, {(asked, mineral): value})


def _told(letter: str, value: str = "") -> Change:
    return lambda workbook: telling(workbook, {letter: value})


def _scope(value: str) -> Change:
    return lambda workbook: filling(workbook, {"scope": value})


def _smelters(*rows: SmelterRow) -> Change:
    return lambda workbook: listing(workbook, *rows)


TIN, GOLD, COBALT, MICA = Mineral.TIN, Mineral.GOLD, Mineral.COBALT, Mineral.MICA
PRODUCTS, USER_DEFINED = "B. Product (or List of Products)", "C. User defined [Specify in 'Description of scope']"
CMRT_ROWS: list[tuple[Change, list[tuple[int, str]]]] = [
    (_without("company_name"), [(4, "Declaration!D8")]),
    (_without("scope"), [(5, "Declaration!D9")]),
    (_scope(USER_DEFINED), [(6, "Declaration!D10")]),
    (_scope("All that we make"), [(6, "Declaration!D10")]),
    (_scope("a. company"), []),
    (_without("contact_name"), [(7, "Declaration!D15")]),
    (_without("contact_email"), [(8, "Declaration!D16")]),
    (lambda workbook: filling(workbook, {"contact_email": "n/a"}), [(8, "Declaration!D16")]),
    (_without("contact_phone"), [(9, "Declaration!D17")]),
    (_without("authorizer_name"), [(10, "Declaration!D18")]),
    (_without("authorizer_email"), [(11, "Declaration!D20")]),
    (_without("effective_date"), [(12, "Declaration!D22")]),
    (_answered(Asked.COVERED_COUNTRIES, TIN), [(25, "Declaration!D39")]),
    (_answered(Asked.HIGH_RISK_AREAS, TIN), [(30, "Declaration!D45")]),
    (_answered(Asked.RECYCLED, GOLD), [(36, "Declaration!D52")]),
    (_answered(Asked.COVERAGE, GOLD), [(41, "Declaration!D58")]),
    (_answered(Asked.ALL_IDENTIFIED, GOLD), [(46, "Declaration!D64")]),
    (_answered(Asked.ALL_REPORTED, TIN), [(50, "Declaration!D69")]),
    (_told("A"), [(54, "Declaration!D75")]),
    (_told("B"), [(55, "Declaration!D77")]),
    (lambda workbook: commenting(workbook, "B", "-"), [(56, "Declaration!G77")]),
    (_told("C"), [(57, "Declaration!D79")]),
    (_told("D"), [(58, "Declaration!D81")]),
    (_told("E"), [(59, "Declaration!D83")]),
    (_told("F"), [(60, "Declaration!D85")]),
    (_told("G"), [(62, "Declaration!D87")]),
    (_told("H"), [(63, "Declaration!D89")]),
    (_scope(PRODUCTS), [(64, "Product List!B6")]),
    (_smelters(smelter(GOLD)), [(66, "Smelter List!B5")]),
    (_smelters(smelter(TIN), not_identified(GOLD, 6)), []),
    (_smelters(smelter(TIN), replace(smelter(GOLD), lookup="")), [(67, "Smelter List!B5")]),
    (_smelters(smelter(TIN), smelter(GOLD, 2505)), [(67, "Smelter List!B5")]),
    (_smelters(smelter(TIN), smelter(GOLD, 6), not_listed(GOLD, 7, name="")), [(69, "Smelter List!D7")]),
    (_smelters(smelter(TIN), smelter(GOLD, 6), not_listed(GOLD, 7, country="")), [(69, "Smelter List!E7")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CMRT_ROWS)
def test_each_row_of_a_cmrt_looks_at_its_cell(change: Change, expected: list[tuple[int, str]]) -> None:
    found = missing(change(declared(Kind.CMRT)))
    assert [(each.row, str(each.place)) for each in found] == expected


EMRT_ROWS: list[tuple[Change, list[tuple[int, str]]]] = [
    (_without("contact_email"), [(10, "Declaration!D20")]),
    (_without("effective_date"), [(15, "Declaration!D26")]),
    (_answered(Asked.HIGH_RISK_AREAS, MICA), [(40, "Declaration!D55")]),
    (_answered(Asked.ALL_REPORTED, COBALT), [(83, "Declaration!D102")]),
    (lambda workbook: commenting(workbook, "B", ""), [(96, "Declaration!G117")]),
    (_told("C/Mica"), [(99, "Declaration!D121")]),
    (_told("G"), [(111, "Declaration!D137")]),
    (_scope(PRODUCTS), [(112, "Product List!B6")]),
    (_smelters(smelter(COBALT)), [(115, "Smelter List!B5")]),
    (_smelters(smelter(COBALT), smelter(MICA, 2498)), [(115, "Smelter List!B5")]),
    (_smelters(smelter(COBALT), smelter(MICA, 6), not_listed(MICA, 7, name="")), [(124, "Smelter List!D7")]),
    (selecting, [(7, "Declaration!D12")]),
]


@pytest.mark.parametrize(("change", "expected"), EMRT_ROWS)
def test_each_row_of_an_emrt_looks_at_its_cell(change: Change, expected: list[tuple[int, str]]) -> None:
    found = missing(change(declared(Kind.EMRT)))
    assert [(each.row, str(each.place)) for each in found] == expected


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        ("Yes", "", [20, 25, 30, 35, 40, 45, 50]),
        ("", "Yes", [15, 20, 25, 30, 35, 40, 45, 50]),
        ("", "No", [15, 20, 25, 30, 35, 40, 45, 50]),
        ("Perhaps", "No", [20, 25, 30, 35, 40, 45, 50]),
        ("No", "", []),
        ("no", "", []),
        ("Yes", "No", []),
    ],
)
def test_a_cmrt_reads_an_answer_only_after_a_yes_to_those_before(first: str, second: str, rows: list[int]) -> None:
    workbook = saying(declared(Kind.CMRT), {(Asked.USED, TIN): first, (Asked.REMAINS, TIN): second})
    assert [each.row for each in missing(workbook)] == rows


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        ("", "Yes", [17]),
        ("", "No", [17]),
        ("Yes", "", [28]),
        ("Unknown", "", []),
        ("Not declaring", "", []),
        ("Yes", "Unknown", []),
        ("Yes", "No", []),
    ],
)
def test_in_an_emrt_unknown_closes_the_gate_as_well(first: str, second: str, rows: list[int]) -> None:
    workbook = saying(declared(Kind.EMRT), {(Asked.USED, COBALT): first, (Asked.REMAINS, COBALT): second})
    assert [each.row for each in missing(workbook)] == rows


@pytest.mark.parametrize("kind", Kind)
def test_who_uses_none_of_the_minerals_answers_for_the_company_alone(kind: Kind) -> None:
    workbook = declared(kind)
    workbook = saying(workbook, {(Asked.USED, mineral): "No" for mineral in workbook.minerals})
    workbook = listing(telling(workbook, dict.fromkeys(workbook.company_answers, "")))
    assert missing(workbook) == ()


def test_only_the_first_row_of_the_products_is_looked_at() -> None:
    workbook = filling(declared(), {"scope": PRODUCTS})
    assert missing(supplying(workbook, "A-1")) == ()
    assert [each.row for each in missing(replace(workbook, products=(ProductRow(7, "A-1"),)))] == [64]


@pytest.mark.parametrize(("version", "last"), [("1.3", 2500), ("2.0", 2504), ("2.1", 2497)])
def test_smelters_below_the_end_of_the_list_do_not_count(version: str, last: int) -> None:
    workbook = declared(Kind.EMRT, version)
    assert missing(listing(workbook, smelter(COBALT), smelter(MICA, last))) == ()
    beyond = missing(listing(workbook, smelter(COBALT), smelter(MICA, last + 1)))
    assert [(each.what, each.mineral) for each in beyond] == [("smelters", MICA)]
