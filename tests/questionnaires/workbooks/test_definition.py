"""An edition as a workbook holds all that its files say, and every fault in it has a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from questionnaires.answers import Files
from questionnaires.errors import DefinitionErrors, Problem, QuestionnaireError
from questionnaires.loading import load_edition
from questionnaires.loading.answer_types import COLUMN_TYPES, QUESTION_TYPES
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from questionnaires.schema import definition_schema
from questionnaires.schema.definition import column_keys, question_keys
from questionnaires.workbooks.definition import (
    WorkbookDefinition,
    empty_definition,
    read_definition,
    write_definition,
)
from questionnaires.workbooks.layout import LAYOUTS
from questionnaires.workbooks.places import WorkbookErrors

TINY = Path(__file__).parents[1] / "tiny"
Sheets = dict[str, list[list[Any]]]
SheetsOf = Callable[[bytes], Sheets]
FAULTS: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("faults.yaml").read_text("utf-8"))
Told = list[tuple[str | None, str, str, str]]


def _as_told(fault: dict[str, Any]) -> str:
    return f"{fault['told'][0]}: {fault['says'][:40]}"


@pytest.fixture
def sheets(sheets_of: SheetsOf) -> Sheets:
    """The workbook to start from, as it is read."""
    return sheets_of(empty_definition(["nb"]))


def _loaded(sheets: Sheets, *, draft: bool = False) -> Questionnaire:
    definition = read_definition(sheets)
    return load_files(definition.name, definition.files, draft=draft)


def _cell(sheets: Sheets, sheet: str, row: int, heading: str) -> tuple[list[Any], int]:
    return sheets[sheet][row - 1], sheets[sheet][0].index(heading)


def _change(sheets: Sheets, sheet: str, row: int, heading: str, value: object) -> None:
    cells, column = _cell(sheets, sheet, row, heading)
    cells[column] = value


def _told(sheets: Sheets) -> Told:
    """Return cell, place, key and sentence of each fault, whether the workbook or the loader finds it."""
    found: WorkbookDefinition | None = None
    try:
        found = read_definition(sheets)
        load_files(found.name, found.files)
    except WorkbookErrors as refused:
        return [(refused.cell_of(each), each.place, each.key, each.sentence) for each in refused.problems]
    except DefinitionErrors as refused:
        assert found
        return [(found.cell_of(each), each.place, each.key, each.sentence) for each in refused.problems]
    return []


def test_nothing_of_an_edition_is_lost_on_the_way(edition: Questionnaire, sheets_of: SheetsOf) -> None:
    read = read_definition(sheets_of(write_definition(edition)))
    again = load_files(read.name, read.files)
    assert replace(again, digest=edition.digest) == edition


def test_every_key_of_the_language_has_a_column_or_a_sheet() -> None:
    described = definition_schema()
    keys = {
        "Questionnaire": set(described["properties"]),
        "Sections": set(described["$defs"]["section"]["properties"]),
        "Questions": {key for name in QUESTION_TYPES for key in question_keys(name).allowed},
        "Columns": {key for name in COLUMN_TYPES for key in column_keys(name).allowed},
        "Deviations": set(described["$defs"]["deviation"]["properties"]),
        "Rules": set(described["$defs"]["rule"]["properties"]),
    }
    sheets = {"sections", "questions", "options", "columns", "clauses", "deviations", "rules"}
    for sheet, wanted in keys.items():
        assert wanted - sheets <= {heading.path[0] for heading in LAYOUTS[sheet].headings}, sheet


def test_documents_of_any_kind_are_still_of_any_kind(sheets_of: SheetsOf) -> None:
    edition = load_edition(TINY / "documented" / "2026-1")
    written = edition.source["questionnaire.yaml"].replace(b"{kinds: [pdf, image], required: true", b"{required: true")
    edition = load_files(edition.name, {**edition.source, "questionnaire.yaml": written})
    again = _loaded(sheets_of(write_definition(edition)))
    assert again.question("P-audit") == edition.question("P-audit")
    assert again.question("P-audit").documents == Files(maximum_files=2)


def test_a_draft_comes_back_with_the_same_gaps(sheets_of: SheetsOf, edition: Questionnaire) -> None:
    definition = {"questionnaire.yaml": edition.source["questionnaire.yaml"]}
    draft = load_files(edition.name, definition, draft=True)
    read = read_definition(sheets_of(write_definition(draft)))
    assert list(read.files) == ["questionnaire.yaml"]
    assert load_files(read.name, read.files, draft=True).gaps == draft.gaps != ()


def test_the_workbook_to_start_from_has_two_questions_that_load(sheets_of: SheetsOf) -> None:
    started = _loaded(sheets_of(empty_definition(["nb", "sv"])))
    assert [question.id for question in started.questions] == ["EX-01", "EX-02"]
    assert started.languages == ("en", "nb")
    assert sheets_of(empty_definition(["nb", "sv"]))["Questions"][0][2:5] == ["text [en]", "text [nb]", "text [sv]"]


def test_a_new_language_needs_no_more_than_its_columns(sheets: Sheets) -> None:
    for sheet, rows in sheets.items():
        for column, title in enumerate(list(rows[0])):
            if str(title).endswith("[nb]"):
                for row in rows:
                    row.append(row[column] if row is not rows[0] else title.replace("[nb]", "[sv]"))
        assert sheet
    assert _loaded(sheets).languages == ("en", "nb", "sv")


@pytest.mark.parametrize("code", ["swedish", "SV", "s", ""])
def test_a_language_is_named_by_its_two_letters(code: str) -> None:
    with pytest.raises(QuestionnaireError, match="is no code of a language"):
        empty_definition([code])


def test_headings_stand_in_any_order_in_norwegian_or_english(sheets: Sheets) -> None:
    expected = _loaded(sheets)
    norwegian = {each.name: each.norwegian for layout in LAYOUTS.values() for each in layout.headings}
    turned: Sheets = {}
    for english, rows in sheets.items():
        name = LAYOUTS[english].norwegian.upper() if english in LAYOUTS else english
        turned[name] = [list(reversed([*row, None])) for row in rows] + [[None] * 3]
        for column, title in enumerate(turned[name][0]):
            words, bracket, language = str(title or "").partition(" [")
            if name not in ("Read me", "SPØRRESKJEMA"):
                turned[name][0][column] = f" {norwegian.get(words, words).title()}\u00a0 {bracket.strip()}{language}"
    assert _loaded(turned) == expected


def test_what_excel_makes_of_cells_is_survived(sheets: Sheets) -> None:
    expected = _loaded(sheets)
    _change(sheets, "Questionnaire", 3, "value", datetime.fromisoformat("2026-01-01"))  # Excel's idea of 2026-1
    _change(sheets, "Questionnaire", 6, "value", 5.0)
    _change(sheets, "Questions", 3, "comment required", True)
    _change(sheets, "Questions", 2, "not known", "\u00a0Ja ")
    _change(sheets, "Questions", 2, "type", "Yes\u00a0no")
    _change(sheets, "Deviations", 2, "when", "\u00a0=\u00a0us")
    sheets["Questions"].append([None, " ", "\u00a0"])
    assert _loaded(sheets) == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [(15.0, 15), ("15", 15), ("1 000", 1000), ("1\u00a0000", 1000), (12.5, 12.5), ("12,5", 12.5), ("-3", -3)],
)
def test_numbers_are_understood_as_excel_and_people_write_them(sheets: Sheets, written: object, read: float) -> None:
    _change(sheets, "Questions", 2, "type", "decimal")
    _change(sheets, "Questions", 2, "not known", None)
    _change(sheets, "Questions", 3, "ask if", None)
    _change(sheets, "Questions", 2, "at least", written)
    assert _loaded(sheets).question("EX-01").type.at_least == read  # type: ignore[attr-defined]


def test_a_number_that_could_be_two_is_refused_with_its_cell(sheets: Sheets) -> None:
    _change(sheets, "Questions", 2, "type", "decimal")
    _change(sheets, "Questions", 2, "not known", None)
    _change(sheets, "Questions", 3, "ask if", None)
    _change(sheets, "Questions", 2, "at most", "1,234")
    ((cell, *_, sentence),) = _told(sheets)
    assert (cell, sentence) == ("Questions!M2", "at_most must be a number")


@pytest.mark.parametrize(
    "written", [date(2026, 2, 1), datetime.fromisoformat("2026-02-01"), "2026-02-01", "01.02.2026"]
)
def test_dates_are_understood_as_excel_and_people_write_them(sheets: Sheets, written: object) -> None:
    for heading, value in {
        "type": "acknowledgement",
        "not known": None,
        "label [en]": "Yes",
        "label [nb]": "Ja",
        "document number": 39.0,
        "document version": "4",
        "document effective from": written,
        "document adopted by [en]": "The board",
        "document adopted by [nb]": "Styret",
    }.items():
        _change(sheets, "Questions", 2, heading, value)
    _change(sheets, "Questions", 3, "ask if", None)
    document = _loaded(sheets).question("EX-01").type.document  # type: ignore[attr-defined]
    assert (document.number, document.effective_from) == ("39", date(2026, 2, 1))


@pytest.mark.parametrize("fault", FAULTS["workbook"], ids=_as_told)
def test_a_row_that_does_not_fit_is_told_with_its_cell(sheets: Sheets, fault: dict[str, Any]) -> None:
    _change(sheets, **fault["write"])
    *place, sentence = _told(sheets)[0]
    assert place == fault["told"]
    assert sentence.startswith(fault["says"])


@pytest.mark.parametrize("fault", FAULTS["loader"], ids=_as_told)
def test_what_the_loader_refuses_is_told_with_the_cell_that_holds_it(sheets: Sheets, fault: dict[str, Any]) -> None:
    _change(sheets, **fault["write"])
    *place, sentence = next(each for each in _told(sheets) if [*each[1:3]] == fault["told"][1:])
    assert place == fault["told"]
    assert sentence.startswith(fault["says"])


def test_a_fault_in_a_column_of_a_table_has_its_cell(sheets: Sheets) -> None:
    _change(sheets, "Questions", 2, "type", "table")
    _change(sheets, "Questions", 2, "not known", None)
    _change(sheets, "Questions", 3, "ask if", None)
    columns = sheets["Columns"][0]
    row = {"question": "EX-01", "column": "kind", "text [en]": "Kind", "type": "one_of", "ask if": "EX-02 answered"}
    sheets["Columns"].append([row.get(heading) for heading in columns])
    sheets["Options"].append(["EX-01", "kind", "a", "A", "A", None])
    assert {each[:3] for each in _told(sheets)} == {
        ("Columns!G2", "EX-01: columns kind: ask_if", "question"),
        ("Columns!D2", "EX-01: columns kind", "text"),
        ("Columns!B2", "EX-01: columns kind", "options"),
    }


def test_a_repeated_question_is_mended_where_it_is_written(sheets_of: SheetsOf, edition: Questionnaire) -> None:
    read = read_definition(sheets_of(write_definition(edition)))
    for section in edition.sections:
        for question in section.questions:
            cell = read.cell_of(Problem(edition.name, question.id, "differs", "changed"))
            assert cell
            assert cell.startswith("Questions!")


def test_all_faults_of_a_workbook_are_told_at_once_each_of_them_once(sheets: Sheets) -> None:
    _change(sheets, "Questions", 3, "ask if", "EX-01")
    _change(sheets, "Options", 3, "question", "EX-08")
    sheets["Questions"][0][sheets["Questions"][0].index("basis")] = "base"
    sheets["Optons"] = [["question"]]
    del sheets["Sections"]
    assert [each[:3] for each in _told(sheets)] == [
        ("Optons!A1", "Optons", ""),
        (None, "Sections", ""),
        ("Questions!AL1", "Questions row 1", "base"),
        ("Questions!I3", "Questions row 3", "ask if"),
        ("Options!A3", "Options row 3", "question"),
    ]


def test_words_below_no_heading_are_not_lost_in_silence(sheets: Sheets) -> None:
    sheets["Options"][1] += [None, "important"]
    ((cell, _, _, sentence),) = _told(sheets)
    assert (cell, sentence) == ("Options!H2", "Options!H2 stands below no heading")


def test_a_sheet_without_end_is_not_read_to_its_end(sheets: Sheets) -> None:
    sheets["Rules"] += [["odd", "EX-01 answered", "EX-01", "minor", None, "So.", "Så."]] * 2_001
    cell, place, _, sentence = _told(sheets)[-1]
    assert (cell, place, sentence) == ("Rules!A2002", "Rules row 2002", "more than 2000 rows")


def test_a_heading_that_stands_twice_is_refused(sheets: Sheets) -> None:
    sheets["Rules"][0] += ["Hvis"]
    ((cell, place, key, sentence),) = _told(sheets)
    assert (cell, place, key, sentence) == ("Rules!H1", "Rules row 1", "Hvis", "stands there twice")


@pytest.mark.parametrize("sheets", [{}, {"Ark1": [["Hei"]]}, {"Questions": [["text"], [None]], "Sections": []}])
def test_a_workbook_that_is_something_else_is_refused_in_words(sheets: Sheets) -> None:
    assert ("Questionnaire", "", "the sheet Questionnaire is missing") in [each[1:] for each in _told(sheets)]


def test_excel_is_told_to_leave_conditions_and_editions_alone_and_offers_lists() -> None:
    workbook = openpyxl.load_workbook(BytesIO(empty_definition(["nb"])))
    deviations, questions = workbook["Deviations"], workbook["Questions"]
    assert deviations["B2"].value == "= us"
    assert deviations["B2"].data_type == "s"
    assert deviations.column_dimensions["B"].width > 20
    assert {workbook[name]["A2"].number_format for name in LAYOUTS if workbook[name]["A2"].value} == {"@"}
    offered = {str(each.sqref): each.formula1 for each in questions.data_validations.dataValidation}
    assert offered["A2:A2001"] == "Sections!$A$2:$A$2000"
    assert "yes_partly_no" in str(offered["G2:G2001"])
    assert questions.freeze_panes == "C2"
