"""Many suppliers' workbooks rolled up: the answers by their rules, the smelters with the files behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from questionnaires.minerals import wording
from questionnaires.minerals.contributions import Contributions, Reason, Source
from questionnaires.minerals.model import Asked, Kind, Listed, Mineral, SmelterRow, Workbook
from questionnaires.minerals.references import References
from questionnaires.minerals.rollup import Own, RollUp, Rule, roll_up, share_word
from questionnaires.minerals.unwritable import NotWritable
from tests.questionnaires.minerals.declared import (
    LISTED,
    declared,
    listing,
    not_identified,
    not_listed,
    saying,
    smelter,
)  # fmt: skip

TIN, GOLD, TANTALUM = Mineral.TIN, Mineral.GOLD, Mineral.TANTALUM
GOOD = declared()
OLDER = Listed("Tin", "Gamleverket", "Gamleverket AS", "NORWAY", "CID000999")


def source(supplier: str, day: date | None = date(2026, 5, 1), scope: str = "A", sha256: str = "") -> Source:
    return Source(supplier, sha256 or supplier * 64, day, scope)


def rolled(
    given: dict[str, Workbook], *, asked: int = 0, own: Own | None = None, listed: tuple[Listed, ...] = ()
) -> RollUp:
    """Roll up a file of each supplier; `asked` more have sent nothing."""
    makes = Contributions(Kind.CMRT, References.of((*LISTED.values(), *listed)))
    contributions = (makes.of(source(name), workbook) for name, workbook in given.items())
    silent = [f"silent {number}" for number in range(asked)]
    return roll_up(contributions, [*given, *silent], Kind.CMRT, "6.5", own)


def said(asked: Asked, *values: str, silent: int = 0, mineral: Mineral = TIN) -> tuple[str, Rule]:
    """Return how answers of suppliers to one question roll up."""
    given = {f"s{n}": saying(GOOD, {(asked, mineral): value}) for n, value in enumerate(values)}
    outcome = rolled(given, asked=silent).answers[asked, mineral]
    return outcome.value, outcome.rule


@pytest.mark.parametrize(
    ("values", "silent", "outcome"),
    [
        (("Yes", "No"), 3, ("Yes", Rule.ANY_YES)),
        (("No", "No"), 0, ("No", Rule.ALL_NO)),
        (("No", "No"), 1, ("", Rule.LEFT)),
        (("No", ""), 0, ("", Rule.LEFT)),
    ],
)
def test_a_mineral_is_used_if_any_uses_it_and_unused_only_if_all_say_so(
    values: tuple[str, ...], silent: int, outcome: tuple[str, Rule]
) -> None:
    assert said(Asked.USED, *values, silent=silent) == outcome


@pytest.mark.parametrize("asked", [Asked.COVERED_COUNTRIES, Asked.HIGH_RISK_AREAS])
@pytest.mark.parametrize(
    ("values", "silent", "outcome"),
    [
        (("No", "Yes"), 2, ("Yes", Rule.ANY_YES)),
        (("No", "Unknown"), 0, ("Unknown", Rule.UNCERTAIN)),
        (("No", ""), 0, ("Unknown", Rule.UNCERTAIN)),
        (("No", "No"), 1, ("Unknown", Rule.UNCERTAIN)),
        (("No", "No"), 0, ("No", Rule.ALL_NO)),
    ],
)
def test_no_risky_source_is_said_only_if_everybody_has_answered_and_says_so(
    asked: Asked, values: tuple[str, ...], silent: int, outcome: tuple[str, Rule]
) -> None:
    assert said(asked, *values, silent=silent) == outcome


def test_no_risky_source_is_not_said_while_a_smelter_is_unknown() -> None:
    some = saying(GOOD, {(Asked.ALL_IDENTIFIED, TIN): "No"})
    result = rolled({"a": GOOD, "b": some})
    assert result.answers[Asked.COVERED_COUNTRIES, TIN].rule is Rule.NO_BUT_INCOMPLETE
    assert result.answers[Asked.ALL_IDENTIFIED, TIN].behind == (source("b"),)


@pytest.mark.parametrize(
    ("values", "silent", "outcome"),
    [
        (("Yes", "Yes"), 0, ("Yes", Rule.ALL_YES)),
        (("Yes", "No"), 0, ("No", Rule.ANY_NO)),
        (("Yes", "Yes"), 1, ("Unknown", Rule.UNCERTAIN)),
        (("Yes", "Unknown"), 0, ("Unknown", Rule.UNCERTAIN)),
    ],
)
def test_all_recycled(values: tuple[str, ...], silent: int, outcome: tuple[str, Rule]) -> None:
    assert said(Asked.RECYCLED, *values, silent=silent) == outcome


@pytest.mark.parametrize(
    ("answered", "relevant", "word"),
    [
        (52, 52, "100%"),
        (51, 52, "Greater than 90%"),
        (9, 10, "Greater than 75%"),
        (3, 4, "Greater than 50%"),
        (1, 2, "50% or less"),
        (0, 3, "None"),
        (0, 0, "None"),
    ],
)
def test_the_share_is_said_in_the_words_of_the_template(answered: int, relevant: int, word: str) -> None:
    assert share_word(answered, relevant) == word


def test_coverage_has_its_denominator() -> None:
    result = rolled({"a": GOOD}, asked=2)
    assert [result.coverage.answered, result.coverage.missing] == [("a",), ("silent 0", "silent 1")]
    assert result.answers[Asked.COVERAGE, TIN].value == "50% or less"


def test_all_is_identified_only_without_rows_that_cannot_be_used() -> None:
    assert said(Asked.ALL_IDENTIFIED, "Yes", "Yes") == ("Yes", Rule.ALL_YES)
    assert said(Asked.ALL_IDENTIFIED, "Yes", silent=1) == ("No", Rule.NOT_ALL_ANSWERED)
    unknown = listing(GOOD, *GOOD.smelters, not_identified(TIN, 9))
    assert rolled({"a": GOOD, "b": unknown}).answers[Asked.ALL_IDENTIFIED, TIN].rule is Rule.NOT_ALL_IDENTIFIED


def test_one_smelter_is_one_line_with_each_file_once() -> None:
    twice = listing(GOOD, *GOOD.smelters, smelter(TIN, 8))
    result = rolled({"a": GOOD, "b": twice})
    tin = next(line for line in result.smelters if line.smelter.metal is TIN)
    assert [tin.smelter.smelter_id, tin.smelter.name, tin.smelter.country, tin.behind] == [
        "CID000101", "Smelterei Süd GmbH", "GERMANY", (source("a"), source("b")),
    ]  # fmt: skip
    assert result.countries == {"GERMANY": {TIN: 1}, "SWEDEN": {GOLD: 1}}


def test_unlisted_smelters_are_one_by_name_and_country_however_written() -> None:
    one, other = not_listed(TIN, 9, "Nye Verket A/S", "NORWAY"), not_listed(TIN, 9, "NYE VERKET AS", "Norway")
    result = rolled({"a": listing(GOOD, one), "b": listing(GOOD, other)})
    assert [(line.smelter.name, len(line.behind)) for line in result.smelters] == [("Nye Verket A/S", 2)]


def test_mines_go_on_only_where_all_agree() -> None:
    def mined(name: str, recycled: str) -> Workbook:
        return listing(GOOD, replace(smelter(TIN), mine_names=name, recycled=recycled))

    (line,) = rolled({"a": mined("Gruve 1", "No"), "b": mined("Gruve 2", "No"), "c": mined("", "")}).smelters
    assert [line.mine_names, line.recycled] == ["", "No"]


@pytest.mark.parametrize(
    ("row", "reason", "lines"),
    [
        (replace(smelter(TIN), metal="Gold"), Reason.OTHER_METAL, 0),
        (replace(smelter(TIN), metal="Lead", smelter_id="", id_typed=""), Reason.NO_METAL, 0),
        (replace(smelter(TIN), metal="Tungsten"), Reason.METAL_NOT_USED, 0),
        (replace(smelter(TIN), lookup=OLDER.alias), Reason.OTHER_NAME, 0),
        (replace(smelter(TIN), id_typed="1TIN001", smelter_id="1TIN001"), Reason.BAD_ID, 0),
        (not_listed(TIN, 5, country=""), Reason.NO_DETAILS, 0),
        (replace(smelter(TIN), id_typed="CID777777", smelter_id="CID777777"), Reason.NOT_IN_LIST, 1),
        (not_identified(TIN, 5), Reason.NOT_IDENTIFIED, 1),
    ],
)
def test_a_row_that_cannot_be_trusted_is_followed_up(row: SmelterRow, reason: Reason, lines: int) -> None:
    result = rolled({"a": listing(GOOD, row)}, listed=(OLDER,))
    assert [(each.reason, each.row, each.source.supplier) for each in result.follow_ups] == [(reason, 5, "a")]
    assert [len(result.smelters), reason.holds_back] == [lines, not lines]


def test_smelters_of_an_unused_mineral_are_dropped() -> None:
    result = rolled({"a": GOOD}, own=Own({(Asked.REMAINS, TIN): "No"}))
    assert result.answers[Asked.REMAINS, TIN].rule is Rule.OWN
    assert result.answers[Asked.COVERAGE, TIN].rule is Rule.NOT_ASKED
    assert {line.smelter.metal for line in result.smelters} == {GOLD}


def test_the_company_answers_what_is_left_and_nothing_else() -> None:
    own = Own({(Asked.USED, TANTALUM): "No", (Asked.COVERAGE, TIN): "100%"})
    result = rolled({"a": GOOD}, asked=1, own=own)
    assert result.answers[Asked.USED, TANTALUM].value == "No"
    assert result.answers[Asked.COVERAGE, TIN].value == "50% or less"


def test_the_newest_file_of_a_supplier_and_scope_counts() -> None:
    makes = Contributions(Kind.CMRT)
    days = [("old", date(2025, 1, 1), "A"), ("new", date(2026, 1, 1), "A"), ("other", date(2024, 1, 1), "B"),
            ("undated", None, "A")]  # fmt: skip
    given = (makes.of(source("a", day, scope, sha256), GOOD) for sha256, day, scope in days)
    result = roll_up(given, ["a"], Kind.CMRT, "6.5")
    assert [each.sha256 for each in result.files] == ["new", "other"]
    assert [each.sha256 for each in result.superseded] == ["old", "undated"]


def test_suppliers_that_are_not_relevant_are_set_aside() -> None:
    makes = Contributions(Kind.CMRT)
    result = roll_up([makes.of(source("a"), GOOD)], ["b"], Kind.CMRT, "6.5")
    assert [result.files, result.set_aside, result.coverage.answered] == [(), (source("a"),), ()]


def test_everything_is_told_in_both_languages() -> None:
    for language in wording.LANGUAGES:
        assert all(wording.rule_sentence(rule, language) for rule in Rule)
        assert all(wording.follow_up_sentence(reason, language) for reason in Reason)
        assert all(wording.unwritable_sentence(NotWritable(code), language) for code in NotWritable.CODES)
