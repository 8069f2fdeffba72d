"""A filled workbook back into answers: each that fits, and each cell that does not, with a sentence.

An empty cell says nothing. Rows are known by the key in their first column and columns by their headings, so they may
have been sorted or moved; words are understood in every language of the edition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from questionnaires.answers import AnswerError, AnswerType, Files, Record, SeveralOf, Table
from questionnaires.answers.acknowledgement import is_tick
from questionnaires.answers.cells import Cell
from questionnaires.errors import QuestionnaireError
from questionnaires.journey import walk
from questionnaires.model import Question, Questionnaire
from questionnaires.texts import ENGLISH, Text
from questionnaires.values import Answers, Value
from questionnaires.whole_form import whole_form
from questionnaires.workbooks.answer_rows import Rows, TableRows, find_form, find_rows, find_table
from questionnaires.workbooks.answer_sheets import IDS_ROW, NOTES, PART_MARK, Head, table_sheet
from questionnaires.workbooks.places import cell_name
from questionnaires.workbooks.sheets import Sheets, find_sheet, is_blank

Locate: TypeAlias = Callable[[AnswerError], str | None]


class OtherWorkbook(QuestionnaireError):
    """The workbook is not this form's; ``code`` says what it is.

    Codes: no_form, other_questionnaire, other_edition, other_request.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Something in a cell that is not taken."""

    cell: str
    """As Excel names it: ``Answers!F12``."""
    question: str
    """Its id; empty where it is not known which question was meant."""
    reason: AnswerError | Text

    def message(self, language: str) -> str:
        """Return the sentence for the person who filled it in."""
        return (
            self.reason.message(language) if isinstance(self.reason, AnswerError) else self.reason.in_language(language)
        )


@dataclass
class Filled:
    """What a workbook says."""

    answers: dict[str, Value] = field(default_factory=dict)
    """Canonical, by question or comment key; nothing for empty cells, and for those that do not fit."""
    cells: dict[str, str] = field(default_factory=dict)
    """Where each stands."""
    problems: list[CellProblem] = field(default_factory=list)


def check_form(sheets: Sheets, questionnaire: Questionnaire, reference: str) -> None:
    """Raise OtherWorkbook unless a workbook is the form of this questionnaire in this request."""
    said = find_form(sheets)
    expected = (
        ("other_questionnaire", {"key": questionnaire.key}),
        ("other_edition", {"edition": questionnaire.edition, "digest": questionnaire.digest}),
        ("other_request", {"reference": reference}),
    )
    if not said or find_rows(sheets) is None:
        raise OtherWorkbook("no_form")
    for code, wanted in expected:
        if any(said.get(key) != value for key, value in wanted.items()):
            raise OtherWorkbook(code)


def read_answers(questionnaire: Questionnaire, sheets: Sheets, today: date, before: Answers) -> Filled:
    """Return what a workbook says, which ``check_form`` has let through.

    Args:
        questionnaire: with the supplier's facts.
        sheets: the workbook's cells, by sheet, from A1 on.
        today: for dates that may not lie ahead.
        before: the answers so far; they and those of the workbook decide which columns a table has.
    """
    rows = find_rows(sheets)
    if rows is None:
        raise OtherWorkbook("no_form")
    questions = [each.question for section in whole_form(questionnaire, ENGLISH) for each in section.questions]
    reading = _Reading(questionnaire, rows, sheets, today, before)
    reading.refuse_strangers({key for question in questions for key in _row_keys(question)})
    for question in questions:
        reading.read(question)
    return reading.filled


@dataclass
class _Reading:
    """One workbook, question by question."""

    questionnaire: Questionnaire
    rows: Rows
    sheets: Sheets
    today: date
    before: Answers
    filled: Filled = field(default_factory=Filled)

    def refuse_strangers(self, known: set[str]) -> None:
        """Tell of rows that hold something and belong to no question, or to one that has a row already."""
        for row in self.rows.repeated:
            self._tell(
                self.rows.cell(row, Head.ANSWER),
                row.key.partition(PART_MARK)[0],
                NOTES["repeated"].filled(key=Text(row.key)),
            )
        for row in self.rows.nameless + [row for row in self.rows.by_key.values() if row.key not in known]:
            if not is_blank(row.cells.get(Head.ANSWER)) or not is_blank(row.cells.get(Head.COMMENT)):
                self._tell(self.rows.cell(row, Head.ANSWER), "", NOTES["unknown_row"])

    def read(self, question: Question) -> None:
        """Take a question's answer and comment."""
        kind = question.type
        if isinstance(kind, Table):
            self._read_table(question, kind)
        elif isinstance(kind, Record):
            self._read_record(question, kind)
        elif isinstance(kind, SeveralOf):
            self._read_several(question, kind)
        elif not isinstance(kind, Files):
            self._read_cell(question, question.id, kind, Head.ANSWER)
        if question.comment:
            self._read_cell(question, question.comment_key, question.comment.type, Head.COMMENT)

    def _read_cell(self, question: Question, key: str, kind: AnswerType, head: Head) -> None:
        row = self.rows.by_key.get(question.id)
        if row is None:
            return
        at, cell = self.rows.cell(row, head), row.cells.get(head)
        self._take(question, key, kind, at, lambda: None if is_blank(cell) else kind.from_cell(cell, ENGLISH))

    def _read_record(self, question: Question, kind: Record) -> None:
        cells: dict[str, Cell] = {}
        places: dict[str, str] = {}
        for part in kind.parts:
            if row := self.rows.by_key.get(f"{question.id}{PART_MARK}{part.name}"):
                cells[part.name] = None if is_blank(row.cells.get(Head.ANSWER)) else row.cells.get(Head.ANSWER)
                places[part.name] = self.rows.cell(row, Head.ANSWER)

        def locate(error: AnswerError) -> str | None:
            label = error.parameters.get("part")
            return next((places.get(part.name) for part in kind.parts if part.label == label), None)

        if places:
            at = next(iter(places.values()))
            self._take(question, question.id, kind, at, lambda: kind.from_cells(cells, ENGLISH), locate)

    def _read_several(self, question: Question, kind: SeveralOf) -> None:
        ticked, is_clear = [], True
        at = ""
        for code in kind.codes:
            row = self.rows.by_key.get(f"{question.id}{PART_MARK}{code}")
            if row is None:
                continue
            at = at or self.rows.cell(row, Head.ANSWER)
            try:
                ticked += [code] if is_tick(row.cells.get(Head.ANSWER)) else []
            except AnswerError as error:
                is_clear = False
                self._tell(self.rows.cell(row, Head.ANSWER), question.id, error)
        if is_clear and at:
            self._take(question, question.id, kind, at, lambda: kind.parse({"values": ticked}))

    def _read_table(self, question: Question, most: Table) -> None:
        """Take a table's rows, as far as its columns are asked after the answers before it."""
        table = find_table(self.sheets, question.id, most)
        if table is None:
            self._tell_headless(question)
            return
        kind = self._as_asked(question, most)
        asked = table.with_columns(kind)
        if table.untitled:
            self._tell(table.untitled, question.id, NOTES["untitled"])
        elif asked.rows:
            before = len(self.filled.problems)
            if len(asked.rows) <= kind.maximum_rows:
                self._tell_cells(question, kind, asked)
            if len(self.filled.problems) == before:
                self._take_table(question, kind, asked)

    def _take_table(self, question: Question, kind: Table, table: TableRows) -> None:
        cells = [row.cells for row in table.rows]
        self._take(
            question, question.id, kind, table.first_cell, lambda: kind.from_rows(cells, ENGLISH), table.place_of
        )

    def _tell_headless(self, question: Question) -> None:
        name = find_sheet(self.sheets, table_sheet(question.id))
        if name and any(not is_blank(cell) for row in self.sheets[name] for cell in row):
            self._tell(cell_name(name, IDS_ROW, 1), question.id, NOTES["headless"])

    def _as_asked(self, question: Question, most: Table) -> Table:
        if not any(column.ask_if for column in most.columns):
            return most
        seen = walk(self.questionnaire, {**self.before, **self.filled.answers}).seen
        kind = self.questionnaire.question(question.id).given(seen).type
        return kind if isinstance(kind, Table) else most

    def _tell_cells(self, question: Question, kind: Table, table: TableRows) -> None:
        """Tell of every cell that does not fit; the type's own error names the first few."""
        for row in table.rows:
            for column in kind.columns:
                try:
                    column.from_cell(row.cells.get(column.id), ENGLISH)
                except AnswerError as error:
                    self._tell(table.cell(row, column.id), question.id, error)

    def _take(
        self,
        question: Question,
        key: str,
        kind: AnswerType,
        at: str,
        read: Callable[[], Value],
        locate: Locate = lambda _: None,
    ) -> None:
        try:
            value = read()
            kind.check_on(value, self.today)
        except AnswerError as error:
            for part, place in _spread(error, at, locate):
                self._tell(place, question.id, part)
        else:
            if value is not None:
                self.filled.answers[key], self.filled.cells[key] = value, at

    def _tell(self, cell: str, question: str, reason: AnswerError | Text) -> None:
        self.filled.problems.append(CellProblem(cell, question, reason))


def _row_keys(question: Question) -> Iterator[str]:
    yield question.id
    if isinstance(question.type, Record):
        yield from (f"{question.id}{PART_MARK}{part.name}" for part in question.type.parts)
    if isinstance(question.type, SeveralOf):
        yield from (f"{question.id}{PART_MARK}{code}" for code in question.type.codes)


def _spread(error: AnswerError, at: str, locate: Locate) -> Iterator[tuple[AnswerError, str]]:
    """Yield an error, or each that it gathers, with its cell."""
    gathered = error.parameters.get("cells")
    if not isinstance(gathered, tuple):
        yield error, at
        return
    for one in gathered:
        problem, place = one.parameters.get("problem"), locate(one)
        yield (problem, place) if isinstance(problem, AnswerError) and place else (one, at)
