"""A form as a workbook: nothing is lost on the way out and back, and what does not fit is told by its cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from openpyxl.utils import get_column_letter

from portal.demo.answering import answer_all
from portal.services.workbook_child import read_sheets
from questionnaires.catalogue import Catalogue
from questionnaires.journey import counted
from questionnaires.model import Questionnaire
from questionnaires.workbooks.answer_reading import Filled, OtherWorkbook, check_form, read_answers
from questionnaires.workbooks.answers import FormOf, write_answers
from tests.questionnaires.generated import FACTS, answers_to, load, trees

DAY = date(2026, 11, 26)
FORM = FormOf("request-1", "Testfirma AS", "深圳五金有限公司", "1 December 2026")
LIBRARY = Catalogue.load()
Sheets = dict[str, list[list[Any]]]
SheetsOf = Callable[[bytes], Sheets]
EVERY_ANSWER: dict[str, Any] = {
    "Q-ack": True,
    "Q-yn": "no",
    "Q-ypn": "not_known",
    "Q-one": "blue",
    "Q-several": ["tin", "gold"],
    "Q-whole": 25,
    "Q-share": "12.5",
    "Q-date": "2026-03-02",
    "Q-short": "=1+1",
    "Q-long": "@first\n-second _x000D_ 深圳\n\n\t+last",
}


@pytest.fixture
def every(tiny: Callable[[str], Questionnaire]) -> Questionnaire:
    """One question of each type."""
    return tiny("every-type").asked_of({})


@pytest.fixture
def sheets(every: Questionnaire, sheets_of: SheetsOf) -> Sheets:
    """Its form, with some answers, as somebody reads it."""
    return sheets_of(write_answers(every, "en", EVERY_ANSWER, FORM))


def _write(sheets: Sheets, key: str, cell: Any, heading: str = "Answer") -> str:
    """Write into the row of a key; return the cell's name."""
    rows = sheets["Answers"]
    number = next(number for number, row in enumerate(rows) if row[0] == key)
    column = rows[0].index(heading)
    rows[number][column] = cell
    return f"Answers!{get_column_letter(column + 1)}{number + 1}"


def _said(filled: Filled) -> list[tuple[str, str, str]]:
    return [(one.cell, one.question, one.message("en")) for one in filled.problems]


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("key", LIBRARY.keys())
def test_answers_to_the_library_come_back_as_they_went(key: str, language: str) -> None:
    questionnaire = LIBRARY.newest(key).asked_of({"tier": "high", "supplier_type": "manufacturer"})
    answers = answer_all(questionnaire, Random(key), deviating=0.5)
    sheets = read_sheets(write_answers(questionnaire, language, answers, FORM))
    check_form(sheets, questionnaire, FORM.reference)
    filled = read_answers(questionnaire, sheets, DAY, {})
    assert (filled.answers, filled.problems) == (counted(questionnaire, answers), [])


def test_answers_to_any_edition_come_back_as_they_went(edition: Questionnaire, sheets_of: SheetsOf) -> None:
    for facts in ({}, {"tier": "high", "size": "micro"}):
        questionnaire = edition.asked_of(facts)
        answers = answer_all(questionnaire, Random(7), deviating=0.3)
        for language in ("en", "nb"):
            filled = read_answers(
                questionnaire, sheets_of(write_answers(questionnaire, language, answers, FORM)), DAY, {}
            )
            assert (filled.answers, filled.problems) == (counted(questionnaire, answers), [])


@given(data=some.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answers_to_any_form_come_back_as_they_went(data: Any, sheets_of: SheetsOf) -> None:
    questionnaire = load(data.draw(trees())).asked_of(data.draw(FACTS))
    answers = data.draw(answers_to(questionnaire))
    sheets = sheets_of(write_answers(questionnaire, "en", answers, FORM))
    filled = read_answers(questionnaire, sheets, date(2199, 1, 1), {})
    assert (filled.answers, filled.problems) == (counted(questionnaire, answers), [])


def test_an_empty_form_says_nothing(edition: Questionnaire, sheets_of: SheetsOf) -> None:
    questionnaire = edition.asked_of({})
    filled = read_answers(questionnaire, sheets_of(write_answers(questionnaire, "nb", {}, FORM)), DAY, {})
    assert filled == Filled()


def test_hostile_words_are_words_in_real_files_too(every: Questionnaire) -> None:
    content = write_answers(every, "nb", EVERY_ANSWER, FORM)
    assert read_answers(every, read_sheets(content), DAY, {}).answers == EVERY_ANSWER
    cells = [cell for sheet in openpyxl.load_workbook(BytesIO(content)) for row in sheet.rows for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    answers = openpyxl.load_workbook(BytesIO(content))["Svar"]
    assert {cell.number_format for column in ("F", "I") for cell in answers[column]} <= {"@", "General"}


@pytest.mark.parametrize(
    ("key", "cell", "expected"),
    [
        ("Q-yn", "ja ", "yes"),
        ("Q-yn", "YES", "yes"),
        ("Q-yn", True, "yes"),
        ("Q-one", "red", "red"),
        ("Q-one", "  Blue", "blue"),
        ("Q-whole", 1000.0, 1000),
        ("Q-whole", "1 000", 1000),
        ("Q-share", "40 %", "40"),
        ("Q-share", "12,5", "12.5"),
        ("Q-share", 40.0, "40"),
        ("Q-date", date(2026, 1, 31), "2026-01-31"),
        ("Q-date", datetime(2026, 1, 31, 12, 30), "2026-01-31"),  # noqa: DTZ001 - as a spreadsheet has it
        ("Q-date", "31.1.2026", "2026-01-31"),
        ("Q-short", 47.0, "47"),
        ("Q-ack", "x", True),
    ],
)
def test_answers_are_understood_as_people_write_them(
    every: Questionnaire, sheets: Sheets, key: str, cell: Any, expected: Any
) -> None:
    at = _write(sheets, key, cell)
    filled = read_answers(every, sheets, DAY, {})
    assert (filled.answers[key], filled.cells[key], filled.problems) == (expected, at, [])


@pytest.mark.parametrize(
    ("key", "cell", "words"),
    [
        ("Q-yn", "perhaps", "Choose one of the alternatives"),
        ("Q-whole", "a few", "Write a whole number"),
        ("Q-share", 0.4, "two ways"),
        ("Q-date", "2027-01-01", "cannot be later than today"),
        ("Q-date", "soon", "Write a date that exists"),
        ("Q-several/gold", "perhaps", "Write yes if it is so"),
        ("Q-short", "x" * 50, "50 characters long"),
    ],
)
def test_what_does_not_fit_is_told_by_its_cell(
    every: Questionnaire, sheets: Sheets, key: str, cell: Any, words: str
) -> None:
    at = _write(sheets, key, cell)
    filled = read_answers(every, sheets, DAY, {})
    question = key.partition("/")[0]
    assert [(place, asked) for place, asked, _ in _said(filled)] == [(at, question)]
    assert words in filled.problems[0].message("en")
    assert filled.problems[0].message("nb") != filled.problems[0].message("en")
    assert question not in filled.answers
    assert len(filled.answers) == len(EVERY_ANSWER) - 1, "the others are taken"


def test_cells_of_a_table_are_told_one_by_one(every: Questionnaire, sheets: Sheets) -> None:
    columns = sheets["Q-table"][1]
    for name in ("A", "B", None, "D", "E", "F", "G", "H"):
        row = dict.fromkeys(columns) | ({"name": name, "workers": "many"} if name else {})
        sheets["Q-table"].append([row[column] for column in columns])
    letter = get_column_letter(columns.index("workers") + 1)
    filled = read_answers(every, sheets, DAY, {})
    assert [one.cell for one in filled.problems] == [f"Q-table!{letter}{row}" for row in (5, 6, 8, 9, 10, 11, 12)]
    assert "Q-table" not in filled.answers


def test_a_table_without_its_columns_and_words_beside_one_are_told(every: Questionnaire, sheets: Sheets) -> None:
    sheets["Q-table"].append([*[None] * 40, "stray"])
    assert [one.cell for one in read_answers(every, sheets, DAY, {}).problems] == ["Q-table!AO5"]
    sheets["Q-table"][1] = [None]
    assert [one.cell for one in read_answers(every, sheets, DAY, {}).problems] == ["Q-table!A2"]


def test_too_many_rows_are_told_once(every: Questionnaire, sheets: Sheets) -> None:
    sheets["Q-table"] += [["name"] for _ in range(501)]
    filled = read_answers(every, sheets, DAY, {})
    assert [place for place, _, _ in _said(filled)] == ["Q-table!A5"]
    assert "501 rows" in filled.problems[0].message("en")


def test_five_hundred_rows_fit(every: Questionnaire, sheets: Sheets) -> None:
    sheets["Q-table"] += [[f"name {number}"] for number in range(500)]
    assert len(read_answers(every, sheets, DAY, {}).answers["Q-table"]) == 500  # type: ignore[arg-type]


def test_rows_may_be_sorted_and_columns_moved(every: Questionnaire, sheets: Sheets) -> None:
    headings, *rows = sheets["Answers"]
    sheets["Answers"] = [[None, *reversed(row)] for row in ([], headings, *reversed(rows))]
    filled = read_answers(every, sheets, DAY, {})
    assert (filled.answers, filled.problems) == (EVERY_ANSWER, [])


def test_rows_of_no_question_and_repeated_ones_are_told(every: Questionnaire, sheets: Sheets) -> None:
    rows = sheets["Answers"]
    answer = rows[0].index("Answer")
    rows.append([None] * answer + ["what is this"])
    rows.append(["Q-99"] + [None] * (answer - 1) + ["an answer"])
    rows.append(["Q-yn"] + [None] * (answer - 1) + ["yes"])
    filled = read_answers(every, sheets, DAY, {})
    assert sorted(one.cell for one in filled.problems) == [f"Answers!F{len(rows) - 2 + each}" for each in range(3)]
    assert filled.answers == EVERY_ANSWER


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ("Questionnaire", "human-rights", "other_questionnaire"),
        ("Edition", "2025-1", "other_edition"),
        ("Checksum of the edition", "0" * 64, "other_edition"),
        ("Reference", "request-2", "other_request"),
    ],
)
def test_another_form_is_refused(every: Questionnaire, sheets: Sheets, row: str, cell: str, code: str) -> None:
    check_form(sheets, every, FORM.reference)
    next(each for each in sheets["Form"] if each[0] == row)[1] = cell
    with pytest.raises(OtherWorkbook) as refused:
        check_form(sheets, every, FORM.reference)
    assert refused.value.code == code


@pytest.mark.parametrize("sheet", ["Answers", "Form"])
def test_a_workbook_without_its_sheets_is_no_form(every: Questionnaire, sheets: Sheets, sheet: str) -> None:
    del sheets[sheet]
    with pytest.raises(OtherWorkbook) as refused:
        check_form(sheets, every, FORM.reference)
    assert refused.value.code == "no_form"


CELLS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.dates(),
    some.datetimes(),
    some.sampled_from(["x", "Yes", "ja", "-1", "1,234", "40 %", "31.2.2026", "=1+1", "\ud800", "\0", "٣", "🤷" * 300]),
    some.text(max_size=20),
)


@given(data=some.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_the_cells_is_read_or_told(data: Any, every: Questionnaire, sheets: Sheets) -> None:
    filled_in = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    for rows in filled_in.values():
        for _ in range(data.draw(some.integers(0, 4))):
            row = data.draw(some.sampled_from([*rows, []]))
            row.insert(data.draw(some.integers(0, 10)), data.draw(CELLS))
    filled_in["Q-table"] += data.draw(some.lists(some.lists(CELLS, max_size=10), max_size=4))
    try:
        check_form(filled_in, every, FORM.reference)
        filled = read_answers(every, filled_in, DAY, {})
    except OtherWorkbook:
        return
    for key, value in filled.answers.items():
        question = every.question(key.partition("#")[0])
        (question.comment.type if question.comment and "#" in key else question.type).check(value)
    for problem in filled.problems:
        assert "!" in problem.cell
        assert problem.message("en")
        assert problem.message("nb")


@given(cells=some.lists(CELLS, min_size=40, max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_the_answers_is_an_answer_or_a_problem(
    cells: list[Any], every: Questionnaire, sheets: Sheets
) -> None:
    rows = [list(row) for row in sheets["Answers"]]
    answer = rows[0].index("Answer")
    for row, cell in zip(rows[3:], cells, strict=False):
        row[answer] = cell
    filled = read_answers(every, {**sheets, "Answers": rows}, DAY, {})
    for key, value in filled.answers.items():
        every.question(key).type.check(value)
    assert all(problem.message("nb") for problem in filled.problems)
