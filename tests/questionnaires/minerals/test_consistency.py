"""Each rule broken alone, starting from a workbook in which nothing is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from questionnaires.minerals import wording
from questionnaires.minerals.consistency import RULES, find
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.consistency.versions import VERSIONS, age
from questionnaires.minerals.findings import Finding
from questionnaires.minerals.known import Known, Status
from questionnaires.minerals.model import Asked, Kind, Mineral, Settings, SmelterRow, Workbook
from tests.questionnaires.minerals.declared import (
    blank,
    commenting,
    declared,
    filling,
    known,
    listing,
    not_identified,
    not_listed,
    saying,
    smelter,
    supplying,
    telling,
)

TIN, GOLD, TUNGSTEN, COBALT = Mineral.TIN, Mineral.GOLD, Mineral.TUNGSTEN, Mineral.COBALT
PRODUCTS = {"scope": "B. Product (or List of Products)"}
USER_DEFINED = {"scope": "C. User defined [Specify in 'Description of scope']"}
COVERED, AREAS, RECYCLED = Asked.COVERED_COUNTRIES, Asked.HIGH_RISK_AREAS, Asked.RECYCLED
COVERAGE, IDENTIFIED, REPORTED = Asked.COVERAGE, Asked.ALL_IDENTIFIED, Asked.ALL_REPORTED


@dataclass(frozen=True)
class Broken:
    """How a workbook comes to break one rule."""

    code: str
    cell: str
    change: Callable[[Workbook], Workbook] = lambda workbook: workbook
    kind: Kind = Kind.CMRT
    knowing: Callable[[Known], Known] = lambda known: known
    also: tuple[str, ...] = ()
    """Rules that cannot but be broken with it."""


def _say(*answers: tuple[Asked, str], mineral: Mineral = TIN) -> Callable[[Workbook], Workbook]:
    return lambda workbook: saying(workbook, {(asked, mineral): value for asked, value in answers})


def _tell(letter: str, value: str, comment: str | None = None) -> Callable[[Workbook], Workbook]:
    def change(workbook: Workbook) -> Workbook:
        told = telling(workbook, {letter: value})
        return told if comment is None else commenting(told, letter, comment)

    return change


def _fill(**values: str) -> Callable[[Workbook], Workbook]:
    return lambda workbook: filling(workbook, values)


def _tin(**values: str) -> Callable[[Workbook], Workbook]:
    """Change the row of the tin smelter."""
    return lambda workbook: listing(workbook, replace(smelter(TIN), **values), smelter(GOLD, 6))  # type: ignore[arg-type]


def _add(*rows: SmelterRow) -> Callable[[Workbook], Workbook]:
    return lambda workbook: listing(workbook, *workbook.smelters, *rows)


def _list(*rows: SmelterRow) -> Callable[[Workbook], Workbook]:
    return lambda workbook: listing(workbook, *rows)


def _supply(*numbers: str) -> Callable[[Workbook], Workbook]:
    return lambda workbook: supplying(filling(workbook, PRODUCTS), *numbers)


def _without_sheet(name: str) -> Callable[[Workbook], Workbook]:
    return lambda workbook: replace(workbook, sheets=tuple(each for each in workbook.sheets if each != name))


def _dated(day: date | None, released: date = date(2025, 4, 25)) -> Callable[[Workbook], Workbook]:
    return lambda workbook: replace(workbook, effective_date=day, released=released)


def _recycled(**values: str) -> Callable[[Workbook], Workbook]:
    return lambda workbook: _tin(**values)(saying(workbook, {(RECYCLED, TIN): "Yes"}))


def _with_status(status: Status | None) -> Callable[[Known], Known]:
    def change(known: Known) -> Known:
        others = {smelter_id: each for smelter_id, each in known.statuses.items() if smelter_id != "CID000101"}
        return replace(known, statuses={**others, "CID000101": status} if status else others)

    return change


def _no_statuses(known: Known) -> Known:
    return replace(known, statuses={})


def _former(known: Known) -> Known:
    return replace(known, statuses={}, former=frozenset({"CID000999"}))


def _asking(*products: str) -> Callable[[Known], Known]:
    return lambda known: replace(known, requested=products)


LONG = "x" * 256
NOT_ANSWERED = tuple((asked, "") for asked in Asked if asked not in {Asked.USED, COVERED})
NOTHING_CLAIMED = ((AREAS, ""), (IDENTIFIED, ""))
ALL_BROKEN = [
    Broken("M1a", "Declaration!D27", _list(smelter(GOLD))),
    Broken("M1b", "Smelter List!C5", _list(not_identified(TIN, 5), smelter(GOLD, 6)), also=("Q3b",)),
    Broken("M2a", "Smelter List!B7", _add(replace(smelter(TIN, 7), metal="Tantalum", id_typed="", smelter_id=""))),
    Broken("M2a", "Smelter List!B5", _say((Asked.USED, "Unknown"), *NOT_ANSWERED, mineral=COBALT), Kind.EMRT),
    Broken("M2b", "Smelter List!B7", _add(replace(not_listed(TIN, 7), metal="Zinc"))),
    Broken("M3a", "Declaration!D45", _say((AREAS, "Nei"))),
    Broken("M3a", "Declaration!D54", _say((AREAS, "DRC only"), mineral=COBALT), Kind.EMRT, also=("Q6a",)),
    Broken("M3b", "Declaration!D79", _tell("C", "Ja")),
    Broken("M3b", "Declaration!D120", _tell("C/Cobalt", "Soon"), Kind.EMRT),
    Broken("M3c", "Declaration!D9", _fill(scope="All that we make")),
    Broken("M3d", "Smelter List!P5", _tin(recycled="Partly")),
    Broken("M4", "Declaration!D32", _say((Asked.REMAINS, "No"), mineral=Mineral.TANTALUM)),
    Broken("M4", "Declaration!D47", _say((Asked.USED, "Yes"), (Asked.REMAINS, "No"), (AREAS, "No"), mineral=TUNGSTEN)),
    Broken("Q1", "Declaration!D45", _say((COVERED, "Yes"), (AREAS, "Unknown")), also=("Q6a",)),
    Broken("Q2a", "Declaration!D39", _say((COVERAGE, "Greater than 90%"), (IDENTIFIED, ""))),
    Broken("Q2a", "Declaration!D54", _say((COVERAGE, "Greater than 75%"), (IDENTIFIED, ""), mineral=COBALT), Kind.EMRT),
    Broken("Q2b", "Declaration!D39", _say((IDENTIFIED, "No"))),
    Broken("Q2b", "Declaration!D54", _say((IDENTIFIED, "Unknown"), mineral=COBALT), Kind.EMRT),
    Broken("Q3a", "Declaration!D63", _say((COVERAGE, "Greater than 90%"), (COVERED, ""))),
    Broken("Q3b", "Declaration!D63", _add(not_identified(TIN, 7))),
    Broken("Q4a", "Declaration!D69", _say((REPORTED, "No"))),
    Broken("Q4b", "Declaration!D57", _say((COVERAGE, "50% or less"), (COVERED, ""), (IDENTIFIED, ""))),
    Broken("Q4b", "Declaration!D78", _say((COVERAGE, "Did not survey"), *NOTHING_CLAIMED, mineral=COBALT), Kind.EMRT),
    Broken("Q5a", "Declaration!D51", _say((RECYCLED, "Yes"), (AREAS, "Yes")), also=("Q6a",)),
    Broken("Q5b", "Smelter List!P5", _recycled(recycled="No")),
    Broken("Q5c", "Smelter List!N5", _recycled(mine_names="Kjøli gruve")),
    Broken("Q6a", "Declaration!D39", _say((COVERED, "Yes"), (AREAS, "Yes"))),
    Broken("Q6a", "Declaration!D45", _say((AREAS, "Yes"))),
    Broken("Q6b", "Declaration!D39", _say((COVERED, "Unknown"))),
    Broken("C1a", "Declaration!G77", _tell("B", "Yes", "-")),
    Broken("C1b", "Declaration!D75", _tell("A", "No")),
    Broken("C1c", "Declaration!G83", _tell("E", "Yes, using other format (describe)")),
    Broken("C1c", "Declaration!G133", _tell("E", "Yes, Using Other Format (Describe)"), Kind.EMRT),
    Broken("C1d", "Declaration!D81", _tell("D", "No")),
    Broken("C1d", "Declaration!D87", _tell("G", "No")),
    Broken("I1a", "Declaration!D22", lambda workbook: filling(_dated(None)(workbook), {"effective_date": ""})),
    Broken("I1b", "Declaration!D22", lambda workbook: filling(_dated(None)(workbook), {"effective_date": "last May"})),
    Broken("I1c", "Declaration!D22", _dated(date(2026, 6, 2))),
    Broken("I1d", "Declaration!D22", _dated(date(2025, 5, 31))),
    Broken("I1e", "Declaration!D22", _dated(date(2026, 5, 1), released=date(2026, 5, 2))),
    Broken("I2a", "Declaration!D18", _fill(authorizer_name="Same as above")),
    Broken("I2b", "Declaration!D14", _fill(address="#12 Main Street")),
    Broken("I2b", "Declaration!G81", _tell("D", "Yes", "=see website")),
    Broken("I2c", "Declaration!D14", _fill(address=LONG)),
    Broken("I3a", "Product List!B6", _fill(**PRODUCTS)),
    Broken("I3b", "Product List!B6", _supply("A-1"), knowing=_asking("a-1", "A-2")),
    Broken("I3c", "Declaration!D10", _fill(**USER_DEFINED)),
    Broken("S1a", "Smelter List!A5", _tin(id_typed="DUNS 12345", smelter_id="DUNS 12345")),
    Broken("S1b", "Smelter List!A5", _tin(id_typed="2CHN001", smelter_id="2CHN001")),
    Broken("S1c", "Smelter List!A5", _tin(id_typed="#N/A", smelter_id="#N/A")),
    Broken("S2a", "Smelter List!A5", _tin(id_typed="CID000888", smelter_id="CID000888"), knowing=_no_statuses),
    Broken("S2b", "Smelter List!A5", _tin(id_typed="CID000999", smelter_id="CID000999"), knowing=_former),
    Broken("S3a", "Smelter List!B7", _add(replace(smelter(GOLD, 7), metal="Tin"))),
    Broken("S3b", "Smelter List!C5", _tin(lookup="Another Works")),
    Broken("S3b", "Smelter List!D5", _tin(name="Another Works")),
    Broken("S3c", "Smelter List!E5", _tin(country="FRANCE")),
    Broken("S4a", "Smelter List!A7", _add(smelter(TIN, 7))),
    Broken("S4b", "Smelter List!D8", _add(not_listed(TIN, 7, "Nyverket A/S"), not_listed(TIN, 8, "NYVERKET AS"))),
    Broken("S4c", "Smelter List!A5", _tin(smelter_id="CID000202")),
    Broken("S5a", "Smelter List!D7", _add(not_listed(TIN, 7, name=""))),
    Broken("S5b", "Smelter List!D7", _add(replace(not_identified(GOLD, 7), name="Gullhytta")), also=("Q3b",)),
    Broken("S5b", "Smelter List!E7", _add(replace(not_identified(GOLD, 7), country="PERU")), also=("Q3b",)),
    Broken("S6a", "Smelter List!A5", knowing=_with_status(Status("Eligible"))),
    Broken("S6b", "Smelter List!A5", knowing=_with_status(Status("Active", date(2023, 5, 1), 3))),
    Broken("S6c", "Smelter List!A5", knowing=_with_status(None)),
    Broken("V1a", "Declaration!J3", lambda workbook: replace(workbook, version="6.5")),
    Broken("V1b", "Declaration!J3", lambda workbook: replace(workbook, version="6.55")),
    Broken("V1c", "Checker!A1", _without_sheet("Checker")),
    Broken("V1c", "Mine List!A1", _without_sheet("Mine List"), Kind.EMRT),
    Broken("V1d", "Declaration!J3", lambda workbook: replace(workbook, sheets=(*workbook.sheets, "Sheet1"))),
]  # fmt: skip


def _found(broken: Broken) -> list[Finding]:
    workbook = broken.change(declared(broken.kind))
    return list(find(workbook, broken.knowing(known(broken.kind))))


@pytest.mark.parametrize(
    ("kind", "version"), [(Kind.CMRT, "6.6.1"), (Kind.CMRT, "6.01"), (Kind.EMRT, "1.3"), (Kind.EMRT, "2.11.1")]
)
def test_nothing_is_found_in_a_good_workbook(kind: Kind, version: str) -> None:
    assert list(find(declared(kind, version), known(kind, version))) == []


@pytest.mark.parametrize("broken", ALL_BROKEN, ids=lambda broken: f"{broken.code}-{broken.cell}")
def test_a_rule_that_is_broken_alone_is_found_alone(broken: Broken) -> None:
    found = _found(broken)
    assert [str(finding.place) for finding in found if finding.code == broken.code] == [broken.cell]
    assert {finding.code for finding in found} == {broken.code, *broken.also}
    assert all(finding.level is RULES[finding.code][0] for finding in found)


def test_every_rule_is_broken_once() -> None:
    assert {broken.code for broken in ALL_BROKEN} == set(RULES)


@pytest.mark.parametrize("broken", ALL_BROKEN, ids=lambda broken: f"{broken.code}-{broken.cell}")
def test_rules_that_need_what_is_not_known_are_silent(broken: Broken) -> None:
    quiet = {"I1c", "I1d", "I3b", "S2a", "S2b", "S3a", "S3b", "S3c", "S6a", "S6b", "S6c"}
    bare = Known(settings=known(broken.kind).settings)
    found = {finding.code for finding in find(broken.change(declared(broken.kind)), bare)}
    assert found == {broken.code, *broken.also} - quiet


def test_a_list_of_other_metals_says_nothing_about_these() -> None:
    of_gold = replace(
        known(), references=tuple(each for each in known().references if each.metal == "Gold"), statuses={}
    )
    workbook = _tin(id_typed="CID000888", smelter_id="CID000888")(declared())
    assert list(find(workbook, of_gold)) == []


def test_capitals_do_not_make_an_answer_another() -> None:
    workbook = saying(
        declared(), {(asked, TIN): value.upper() for (asked, mineral), value in _answers() if mineral is TIN}
    )
    assert list(find(workbook, known())) == []


def _answers() -> list[tuple[tuple[Asked, Mineral], str]]:
    return [(key, answer.value) for key, answer in declared().answers.items() if answer.value]


def test_an_alias_the_standard_name_or_one_without_accents_is_the_smelter() -> None:
    for name in ("Smelterei Süd", "SMELTEREI SUD", "Smelterei Süd G.m.b.H."):
        assert list(find(_tin(lookup=name)(declared()), known())) == []


@pytest.mark.parametrize("name", ["Recycled", "recycled/scrap", "RCOI confirmed as per RMI", "N/A", "unknown", "-"])
def test_these_are_no_mines(name: str) -> None:
    assert list(find(_recycled(mine_names=name)(declared()), known())) == []


def test_the_limits_are_the_installations() -> None:
    lenient = replace(known(), settings=Settings(24, "None", {Kind.CMRT: "6.5", Kind.EMRT: "2.1"}))
    old = replace(_dated(date(2025, 5, 31))(declared()), version="6.5")
    assert list(find(old, lenient)) == []
    nobody = _say((COVERAGE, "None"), (COVERED, ""), (IDENTIFIED, ""))(old)
    assert list(find(nobody, lenient)) == []


def test_answers_about_the_company_count_only_when_a_mineral_is_used() -> None:
    workbook = saying(declared(), {(Asked.USED, mineral): "No" for mineral in declared().minerals})
    workbook = listing(_tell("D", "No")(_tell("A", "No")(workbook)))
    assert {finding.code for finding in find(workbook, known())} == {"M4"}


def test_in_a_blank_template_only_what_is_not_there_is_found() -> None:
    assert {finding.code for finding in find(blank(Kind.CMRT, "6.6.1"), known())} == {"I1a", "M1a"}


@pytest.mark.parametrize("kind", Kind)
def test_versions_are_known_in_their_order(kind: Kind) -> None:
    assert sorted(VERSIONS[kind], key=age) == list(VERSIONS[kind])


def test_names_are_folded() -> None:
    assert folded("Sønnavær, Ltd.") == folded("SONNAVAER LTD")
    assert folded("华锡") == "华锡"


@pytest.mark.parametrize("broken", ALL_BROKEN, ids=lambda broken: f"{broken.code}-{broken.cell}")
def test_every_finding_is_told_with_all_its_facts(broken: Broken) -> None:
    for finding in _found(broken):
        for language in wording.LANGUAGES:
            told = f"{wording.sentence(finding, language)} {wording.mend(finding, language)}"
            assert "{" not in told
            assert "  " not in told
