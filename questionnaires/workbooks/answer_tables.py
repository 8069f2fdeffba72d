"""The sheet of a question that is answered in a table: its columns typed, one row of it a row of the answer."""

from __future__ import annotations

from typing import Any

from questionnaires.allowed_answers import allowed
from questionnaires.answers import Column, Table
from questionnaires.answers.tables import MOST_ROWS
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Value
from questionnaires.whole_form import asked_if
from questionnaires.workbooks.answer_sheets import FIRST_TABLE_ROW, IDS_ROW, NOTES, choices_of, table_sheet
from questionnaires.workbooks.choice_lists import ChoiceLists
from questionnaires.workbooks.xlsx import Book

_OPEN_SHEET = {"format_columns": True, "format_rows": True, "delete_rows": True, "insert_rows": True}
_WIDTHS = {"long_text": 48, "short_text": 28, "one_of": 28, "email": 28, "web_address": 28}
_WIDTH = 18


def write_table(
    book: Book, lists: ChoiceLists, questionnaire: Questionnaire, question: Question, value: Value, language: str
) -> None:
    """Write the sheet of a table question, with the rows so far."""
    kind = question.type
    assert isinstance(kind, Table)  # noqa: S101 - for the type checker
    sheet = book.workbook.add_worksheet(table_sheet(question.id))
    for column, each in enumerate(kind.columns):
        sheet.set_column(column, column, _WIDTHS.get(each.type.name, _WIDTH), book.open_cell)
        _write_heading(book, sheet, column, each, questionnaire, language)
        choices = choices_of(each.type, language)
        if choices:
            lists.offer(sheet, choices, (FIRST_TABLE_ROW - 1, column, FIRST_TABLE_ROW + MOST_ROWS - 1, column))
    heading = book.workbook.add_format({"bold": True})
    sheet.set_row(0, None, heading)
    sheet.write_string(0, 0, f"{question.id}: {question.text.in_language(language)}", heading)
    for number, row in enumerate(kind.to_rows(value, language), start=FIRST_TABLE_ROW - 1):
        for column, each in enumerate(kind.columns):
            book.write(sheet, number, column, row[each.id], book.open_cell)
    sheet.freeze_panes(FIRST_TABLE_ROW - 1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.protect("", _OPEN_SHEET)


def _write_heading(
    book: Book, sheet: Any, column: int, each: Column, questionnaire: Questionnaire, language: str
) -> None:
    text, unit = each.text.in_language(language), getattr(each.type, "unit", None)
    if unit:
        text += f" ({unit.in_language(language)})"
    if not each.required:
        text += f" {NOTES['optional'].in_language(language)}"
    hints = [allowed(each.type, language), asked_if(each.ask_if, questionnaire, language)]
    book.write(sheet, IDS_ROW - 1, column, each.id, book.quiet)
    book.write(sheet, IDS_ROW, column, text, book.heading)
    book.write(sheet, IDS_ROW + 1, column, " ".join(hint for hint in hints if hint), book.quiet)
