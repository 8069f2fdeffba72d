"""Reading CMRT and EMRT workbooks, by whatever program they were saved."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from questionnaires.minerals.json_form import from_json, to_json
from questionnaires.minerals.layout import DECLARATION, LOOKUP, PRODUCTS, SMELTERS
from questionnaires.minerals.model import Asked, Kind, Listed, Mineral, Place, Scope
from questionnaires.minerals.reading import read
from questionnaires.minerals.references import References
from questionnaires.minerals.refusals import NotReadable
from tests.questionnaires.minerals.workbooks import (
    DATE,
    LANGUAGES,
    SMELTERS_KNOWN,
    VERSIONS,
    Book,
    Error,
    Formula,
    build,
    smelter,
    uncalculated,
)

_BESIDE = [parent / "shared" / "minerals" for parent in Path(__file__).parents]
TEMPLATES = next((folder for folder in _BESIDE if folder.exists()), Path("nowhere"))
TIN, TINN, GOLD = SMELTERS_KNOWN[:3]
needs_templates = pytest.mark.skipif(not TEMPLATES.exists(), reason="the templates are not ours to copy")


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_every_version_is_read(kind: Kind, version: str) -> None:
    workbook = read(build(kind=kind, version=version))

    assert (workbook.kind, workbook.version, workbook.released) == (kind, version, date(2025, 4, 25))
    assert workbook.company["company_name"].value == "Bjørk Fasteners AS"
    assert workbook.effective_date == DATE
    assert workbook.scope is Scope.COMPANY
    assert all(workbook.answers.values())
    assert all(workbook.company_answers.values())
    assert workbook.answers[Asked.USED, workbook.minerals[0]].value == "Yes"


@needs_templates
@pytest.mark.parametrize(
    ("file", "kind", "version", "released", "missing", "aliases"),
    [
        ("RMI_CMRT_6.22.xlsx", Kind.CMRT, "6.22", date(2022, 5, 11), 52, 628),
        ("RMI_CMRT_6.4_en.xlsx", Kind.CMRT, "6.4", date(2024, 4, 26), 52, 660),
        ("RMI_CMRT_6.5.xlsx", Kind.CMRT, "6.5", date(2025, 4, 25), 52, 637),
        ("RMI_EMRT_2.1.xlsx", Kind.EMRT, "2.1", date(2025, 10, 17), 68, 491),
    ],
)  # fmt: skip
def test_every_template_is_read(
    file: str, kind: Kind, version: str, released: date, missing: int, aliases: int
) -> None:
    workbook = read((TEMPLATES / "templates" / file).read_bytes(), with_references=True)

    assert (workbook.kind, workbook.version, workbook.released) == (kind, version, released)
    assert (workbook.checker_missing, len(workbook.references)) == (missing, aliases)
    assert not any(workbook.answers.values())
    assert (workbook.smelters, workbook.mines, workbook.products) == ((), (), ())


@needs_templates
def test_a_templates_reference_list_is_read_whole() -> None:
    workbook = read((TEMPLATES / "templates" / "RMI_CMRT_6.5.xlsx").read_bytes(), with_references=True)
    with (TEMPLATES / "smelters_cmrt_all_versions.csv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if "6.5" in row.values()]

    assert len(workbook.references) == len(listed)
    assert len({line.smelter_id for line in workbook.references if line.smelter_id.startswith("CID")}) == 349


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_changes_nothing(language: str) -> None:
    workbook = read(build(language=language))

    assert workbook.language == language
    assert replace(workbook, language="English") == read(build())


def test_each_value_knows_its_cell() -> None:
    workbook = read(build(comments={(Asked.COVERAGE, Mineral.GOLD): "two are late"}))

    answer = workbook.answers[Asked.COVERAGE, Mineral.GOLD]
    assert (str(answer.place), str(answer.comment_place)) == ("Declaration!D58", "Declaration!G58")
    assert answer.comment == "two are late"
    assert workbook.company["effective_date"].place == Place(DECLARATION, "D22")
    assert workbook.company_answers["H"].place == Place(DECLARATION, "D89")
    assert str(workbook.smelters[1].place("E")) == "Smelter List!E6"


def test_the_minerals_of_an_emrt_2_are_those_that_were_selected() -> None:
    book = Book(
        Kind.EMRT, "2.1", minerals=(Mineral.NICKEL, Mineral.COBALT), answers={(Asked.USED, Mineral.NICKEL): "Unknown"},
        company_answers={"C/Nickel": "No"}, mines=[{"metal": "Nickel", "smelter_names": "Dal", "mine_name": "Gruve"}],
        products=[{"number": "P-1", "requester_number": "R-1", "comments": "ok"}],
    )  # fmt: skip

    workbook = read(build(book))

    assert workbook.minerals == (Mineral.COBALT, Mineral.NICKEL)
    assert workbook.answers[Asked.USED, Mineral.NICKEL].place.cell == "D31"
    assert workbook.answer(Asked.USED, Mineral.NICKEL) == "Unknown"
    assert workbook.company_answers["C/Nickel"].place.cell == "D121"
    assert workbook.mines[0].mine_name == "Gruve"
    assert (workbook.products[0].requester_number, workbook.products[0].comments) == ("R-1", "ok")


@pytest.mark.parametrize("value", [1, 1.0, "100%", "100 %", " 100%\u00a0", "1"])
def test_all_suppliers_are_100_percent_however_they_are_written(value: Any) -> None:
    assert read(build(answers={Asked.COVERAGE: value})).answer(Asked.COVERAGE, Mineral.TIN) == "100%"


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [("Yes ", "Yes"), ("\u00a0NO", "No"), ("Ja", "Ja"), ("\u200b", ""), (True, "TRUE"), ("Y_x0000_es_x000D_", "Yes")],
)
def test_answers_are_those_of_the_drop_down_where_it_can_be_told(typed: Any, read_as: str) -> None:
    assert read(build(answers={Asked.USED: typed})).answer(Asked.USED, Mineral.TIN) == read_as


@pytest.mark.parametrize(
    "value",
    [
        DATE,
        (DATE - date(1899, 12, 30)).days,
        (DATE - date(1899, 12, 30)).days + 0.5,
        "46057",
        "04-Feb-2026",
        "2026-02-04",
        "2026-02-04T00:00:00",
        "4 February 2026",
        "February 4th, 2026",
        "04.02.2026",
        "2026年2月4日",
        " 04-feb-2026\u00a0",
    ],
)
def test_a_date_in_every_shape(value: Any) -> None:
    assert read(build(company={"effective_date": value})).effective_date == DATE


@pytest.mark.parametrize("value", ["02/03/2026", "soon", "31-Feb-2026", 7, "2026-13-01", -1.0, "4 Foo 2026"])
def test_what_is_no_date_or_may_be_two_is_kept_as_typed(value: Any) -> None:
    workbook = read(build(company={"effective_date": value}))

    assert workbook.effective_date is None
    assert workbook.company["effective_date"].value == str(int(value) if isinstance(value, float) else value)


def test_control_characters_and_line_breaks_do_not_come_through() -> None:
    evil = "Kari_x000D__x000A_Bcc: all@x.example\n\u202egnp.exe\u0085\u2028end_x0000_"

    workbook = read(build(company={"contact_name": evil}, smelters=[smelter(TIN, comments=evil)]))

    assert workbook.company["contact_name"].value == "Kari Bcc: all@x.example gnp.exe end"
    assert workbook.smelters[0].comments == "Kari Bcc: all@x.example gnp.exe end"


@pytest.mark.parametrize(
    "row",
    [
        smelter(TIN),
        uncalculated(TIN),
        {"id_typed": " cid900001\u00a0"},
        {"smelter_id": "CID900001"},
        {"lookup": "Fjord Tinn", "metal": "tin"},
        {"lookup": "fjord tin works"},
        {"id_typed": "CID900001", "metal": Error(), "country": Error("#REF!"), "lookup": 0},
        {"id_typed": "CID900001", "metal": "#N/A", "lookup": Formula(value="")},
    ],
    ids=["calculated", "no cached values", "id only", "id in F only", "alias", "alias only", "errors", "error as text"],
)
def test_a_smelter_is_known_by_any_of_its_keys(row: dict[str, Any]) -> None:
    (found,) = read(build(smelters=[row])).smelters

    assert (found.metal, found.country, found.smelter_id.upper()) == ("Tin", "NORWAY", "CID900001")
    assert found.standard_name == "Fjord Tin Works" or row["lookup"] == "Fjord Tin Works"
    assert found.lookup in {"Fjord Tin Works", "Fjord Tinn", "fjord tin works"}


def test_an_alias_of_two_metals_wants_the_metal() -> None:
    rows = [{"lookup": "Both Metals"}, {"lookup": "Both Metals", "metal": "Tungsten"}]

    without, with_metal = read(build(smelters=rows)).smelters

    assert (without.metal, without.smelter_id) == ("", "")
    assert with_metal.smelter_id == "CID900008"


def test_what_was_typed_is_not_overwritten_by_the_list() -> None:
    row = {"id_typed": "CID900001", "country": "GHANA", "smelter_id": "CID900002", "metal": Formula()}

    (found,) = read(build(smelters=[row])).smelters

    assert (found.country, found.id_typed, found.smelter_id) == ("GHANA", "CID900001", "CID900002")


@pytest.mark.parametrize("lookup", ["Smelter not listed", "Smelter Not Yet Identified"])
def test_a_smelter_that_is_not_listed_stays_so(lookup: str) -> None:
    (found,) = read(build(smelters=[{"metal": "Tin", "lookup": lookup, "name": "Nye Tinn"}])).smelters

    assert (found.lookup, found.smelter_id, found.country) == (lookup, "", "")
    assert found.is_not_listed or found.is_not_identified


def test_a_list_from_elsewhere_completes_what_the_own_list_does_not_know() -> None:
    known = References.of([Listed("Gold", "Sølv", "Sølv Refinery", "CHILE", "CID900099")])
    content = build(smelters=[uncalculated(TIN), {"id_typed": "CID900099"}])

    assert [row.country for row in read(content).smelters] == ["NORWAY", ""]
    assert [row.country for row in read(content, known).smelters] == ["NORWAY", "CHILE"]


def test_gaps_between_rows_and_more_rows_than_the_template_has() -> None:
    rows = [{**smelter(TIN), "row": number} for number in (5, 9, 800)]
    rows += [{"id_typed": f"CID{number:06}", "row": number} for number in range(2_400, 3_200)]

    workbook = read(build(smelters=rows, products=[{"number": "P-1"}, {"name": "late", "row": 90}]))

    assert [row.row for row in workbook.smelters[:4]] == [5, 9, 800, 2_400]
    assert len(workbook.smelters) == 803
    assert [row.row for row in workbook.products] == [6, 90]


def test_renamed_and_added_sheets_are_seen_through() -> None:
    plain = build(products=[{"number": "P-1"}])
    renamed = build(
        products=[{"number": "P-1"}], extra=["Sheet1", "Notes"],
        renamed={DECLARATION: "Our answers", SMELTERS: "smelter  list ", PRODUCTS: "Product List (2)"},
    )  # fmt: skip

    workbook = read(renamed)

    assert {DECLARATION, SMELTERS, PRODUCTS, "Sheet1"} <= set(workbook.sheets)
    assert replace(workbook, sheets=()) == replace(read(plain), sheets=())


def test_sheets_that_somebody_deleted_are_empty() -> None:
    workbook = read(build(left_out=frozenset({SMELTERS, PRODUCTS, LOOKUP, "Checker", "L"})))

    assert (workbook.smelters, workbook.products, workbook.checker_missing) == ((), (), None)
    assert SMELTERS not in workbook.sheets


def test_a_workbook_saved_by_a_program_that_does_not_calculate() -> None:
    content = build(smelters=[uncalculated(TIN), smelter(GOLD)], titled=False, missing=None)
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(content)).save(saved)

    workbook = read(saved.getvalue())

    assert workbook == read(content)
    assert workbook.smelters[0].country == "NORWAY"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (build(cells={DECLARATION: {"J3": "Revision 5.12\nApril 29, 2020"}}), "too_old", "CMRT 5.12"),
        (build(cells={DECLARATION: {"J3": "Revision 7.0\nMay 1, 2028"}}), "too_new", "CMRT 7.0"),
        (build(cells={DECLARATION: {"D2": "(CRT)", "J3": "Revision 2.2"}}), "other_template", "CRT 2.2"),
        (build(cells={DECLARATION: {"J3": "Revision 1.3"}}, extra=["Minerals Scope"]), "other_template", "AMRT 1.3"),
        (build(cells={DECLARATION: {"J3": None}, SMELTERS: {"Q3": None}}), "no_declaration", "“Smelter List”"),
        (build(left_out=frozenset({DECLARATION})), "no_declaration", "Declaration"),
        (build(kind=Kind.EMRT, version="1.3", titled=False, left_out=frozenset({"L"})), "unknown_template", "1.3"),
    ],
    ids=["CMRT 5", "CMRT 7", "CRT", "AMRT", "no revision", "no declaration", "no title"],
)
def test_other_templates_are_refused_by_what_they_are(content: bytes, code: str, words: str) -> None:
    with pytest.raises(NotReadable) as caught:
        read(content)

    assert caught.value.code == code
    assert words in caught.value.sentence()
    assert words in caught.value.sentence("nb")


def test_a_revision_that_somebody_typed_over_is_found_beside_the_smelters() -> None:
    assert read(build(cells={DECLARATION: {"J3": "v6"}})).version == "6.5"


def test_a_workbook_as_json_is_the_same_workbook() -> None:
    book = Book(Kind.EMRT, "2.1", smelters=[smelter(TIN)], mines=[{"metal": "Cobalt"}], products=[{"number": "1"}])
    workbook = read(build(book), with_references=True)

    assert len(workbook.references) == len(SMELTERS_KNOWN)
    assert from_json(to_json(workbook)) == workbook


@pytest.mark.parametrize(("kind", "version"), [(Kind.CMRT, "6.01"), (Kind.EMRT, "1.3"), (Kind.EMRT, "2.1")])
def test_without_a_calculated_title_the_kind_is_known_all_the_same(kind: Kind, version: str) -> None:
    assert read(build(kind=kind, version=version, titled=False)).kind is kind
