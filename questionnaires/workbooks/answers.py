"""A whole form as a workbook: every question that may be asked of a supplier, with the answers so far.

It goes out to be filled in and comes back through ``answer_reading``. All cells that are written in are set to text, so
that codes, dates and zeros in front survive, and nothing that somebody wrote becomes a formula.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from questionnaires.allowed_answers import allowed
from questionnaires.answers import Acknowledgement, AnswerType, Files, Record, SeveralOf, Table
from questionnaires.journey import counted
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers, Value
from questionnaires.whole_form import FormQuestion, FormSection, whole_form
from questionnaires.workbooks.answer_sheets import (
    FORM_ROWS,
    HEADINGS,
    NOTES,
    PART_MARK,
    READ_ME,
    SHEETS,
    TICK,
    WIDTHS,
    FormOf,
    Head,
    choices_of,
    comment_prompt,
    table_sheet,
)
from questionnaires.workbooks.answer_tables import write_table
from questionnaires.workbooks.choice_lists import ChoiceLists
from questionnaires.workbooks.xlsx import Book, new_book

_COLUMNS = {head: column for column, head in enumerate(Head)}
_OPEN_SHEET = {"format_columns": True, "format_rows": True}


def write_answers(questionnaire: Questionnaire, language: str, answers: Answers, form_of: FormOf) -> bytes:
    """Return the workbook (XLSX) of a form.

    Args:
        questionnaire: with the supplier's facts.
        language: of the texts.
        answers: so far; those that do not count are left out.
        form_of: whose form it is.
    """
    with new_book() as (book, file):
        _write_read_me(book, questionnaire, language, form_of)
        lists = ChoiceLists(SHEETS["lists"].in_language(language))
        rows = _Rows(book, language, counted(questionnaire, answers), lists)
        rows.begin()
        for section in whole_form(questionnaire, language):
            rows.write_section(section)
        for question in rows.tables:
            write_table(book, lists, questionnaire, question, rows.answers.get(question.id), language)
        _write_form(book, questionnaire, language, form_of)
        lists.write(book)
    return file.getvalue()


@dataclass
class _Rows:
    """The sheet of answers, row by row."""

    book: Book
    language: str
    answers: Answers
    lists: ChoiceLists
    tables: list[Question] = field(default_factory=list)
    sheet: Any = None
    row: int = 0
    """The one written last, counted from 0."""

    def begin(self) -> None:
        """Make the sheet with its headings."""
        titles = [text.in_language(self.language) for text in HEADINGS.values()]
        name = SHEETS["answers"].in_language(self.language)
        self.sheet = self.book.add_sheet(name, titles, list(WIDTHS.values()), 2)
        self.sheet.protect("", _OPEN_SHEET)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)

    def write_section(self, part: FormSection) -> None:
        """Write a section's heading and its questions."""
        self._next()
        for head in Head:
            self._put(head, "", self.book.heading)
        self._put(Head.QUESTION, part.section.title.in_language(self.language), self.book.heading)
        self._put(Head.ASKED_IF, part.asked_if, self.book.heading)
        if part.section.introduction:
            self._next()
            self._put(Head.QUESTION, part.section.introduction.in_language(self.language), self.book.quiet)
        for each in part.questions:
            self._write_question(each)

    def _write_question(self, each: FormQuestion) -> None:
        question, kind = each.question, each.question.type
        self._write_clauses(kind)
        self._next()
        self._put(Head.KEY, question.id, self.book.quiet)
        self._put(Head.QUESTION, self._question_text(question))
        self._put(Head.HELP, self._help(question), self.book.quiet)
        self._put(Head.ASKED_IF, each.asked_if, self.book.quiet)
        self._put(Head.ALLOWED, allowed(kind, self.language), self.book.quiet)
        self._write_answer(question, self.answers.get(question.id))
        if question.comment:
            self._put(Head.ABOUT_COMMENT, comment_prompt(question.comment, kind, self.language), self.book.quiet)
            self._field(Head.COMMENT, str(self.answers.get(question.comment_key) or ""))
        else:
            self._put(Head.COMMENT, "", self.book.closed)
        self._write_parts(question, self.answers.get(question.id))

    def _write_answer(self, question: Question, value: Value) -> None:
        kind = question.type
        if isinstance(kind, Files):
            self._closed(_files(kind, value, self.language))
        elif isinstance(kind, Table):
            self.tables.append(question)
            self._closed(self._note("on_sheet", sheet=table_sheet(question.id)))
        elif isinstance(kind, Record | SeveralOf):
            self._closed(self._note("rows_below"))
        else:
            self._field(Head.ANSWER, kind.to_cell(value, self.language))
            self._offer(kind)
            self._put(Head.UNIT, _unit(kind, self.language), self.book.quiet)

    def _write_parts(self, question: Question, value: Value) -> None:
        """Write a row for each part of a record, or for each option of several."""
        kind = question.type
        if isinstance(kind, Record):
            cells = kind.to_cells(value, self.language)
            for part in kind.parts:
                self._begin_part(question, part.name, part.label.in_language(self.language))
                self._put(Head.ALLOWED, allowed(part.type, self.language), self.book.quiet)
                self._field(Head.ANSWER, cells[part.name])
                self._offer(part.type)
        elif isinstance(kind, SeveralOf):
            ticked = value if isinstance(value, list) else []
            for option in kind.options:
                self._begin_part(question, option.code, option.text.in_language(self.language))
                note = self._note("exclusive" if option.exclusive else "tick")
                self._put(Head.ALLOWED, note, self.book.quiet)
                self._field(Head.ANSWER, TICK if option.code in ticked else "")

    def _begin_part(self, question: Question, name: str, label: str) -> None:
        self._next()
        self._put(Head.KEY, f"{question.id}{PART_MARK}{name}", self.book.quiet)
        self._put(Head.QUESTION, f"    {label}")
        self._put(Head.COMMENT, "", self.book.closed)

    def _write_clauses(self, kind: AnswerType) -> None:
        """Write what has to be read before it is accepted."""
        if not isinstance(kind, Acknowledgement):
            return
        texts = [kind.document.in_words(self.language)] if kind.document else []
        for clause in kind.clauses:
            title, text = clause.title.in_language(self.language), clause.text.in_language(self.language)
            texts.append(f"{clause.no} {title}\n{text}")
        for text in texts:
            self._next()
            self._put(Head.QUESTION, text, self.book.quiet)

    def _question_text(self, question: Question) -> str:
        text = question.text.in_language(self.language)
        return text if question.required else f"{text} {self._note('optional')}"

    def _help(self, question: Question) -> str:
        parts = [question.help.in_language(self.language)] if question.help else []
        if question.evidence:
            parts.append(self._note("good_to_have", evidence=question.evidence.in_language(self.language)))
        return "\n".join(parts)

    def _offer(self, kind: AnswerType) -> None:
        choices = choices_of(kind, self.language)
        if choices:
            self.lists.offer(self.sheet, choices, (self.row, _COLUMNS[Head.ANSWER], self.row, _COLUMNS[Head.ANSWER]))

    def _note(self, name: str, **parts: str) -> str:
        return NOTES[name].in_language(self.language).format(**parts)

    def _closed(self, text: str) -> None:
        self._put(Head.ANSWER, text, self.book.closed)

    def _field(self, head: Head, text: str) -> None:
        self._put(head, text, self.book.field)

    def _put(self, head: Head, text: str, cell: Any = None) -> None:
        self.sheet.write_blank(self.row, _COLUMNS[head], None, cell or self.book.cell)
        self.book.write(self.sheet, self.row, _COLUMNS[head], text, cell)

    def _next(self) -> None:
        self.row += 1


def _files(kind: Files, value: Value, language: str) -> str:
    names = kind.display(value, language)
    note = NOTES["on_page"].in_language(language)
    return note + "\n" + NOTES["there"].in_language(language).format(files=names) if names else note


def _unit(kind: AnswerType, language: str) -> str:
    unit = getattr(kind, "unit", None)
    return unit.in_language(language) if unit else ""


def _write_read_me(book: Book, questionnaire: Questionnaire, language: str, form_of: FormOf) -> None:
    def note(name: str, **parts: str) -> str:
        return NOTES[name].in_language(language).format(**parts)

    title = note("title", title=questionnaire.title.in_language(language))
    sheet = book.add_sheet(SHEETS["read_me"].in_language(language), [title], [100], 0)
    lines = [note("asked_by", asked_by=form_of.asked_by, supplier=form_of.supplier)]
    lines += [note("due", due=form_of.due)] if form_of.due else []
    lines += [note("not_signed"), questionnaire.introduction.in_language(language), ""]
    for row, line in enumerate([*lines, *(text.in_language(language) for text in READ_ME)], start=1):
        book.write(sheet, row, 0, line)
    sheet.protect("", _OPEN_SHEET)


def _write_form(book: Book, questionnaire: Questionnaire, language: str, form_of: FormOf) -> None:
    said = {
        "key": questionnaire.key,
        "edition": questionnaire.edition,
        "digest": questionnaire.digest,
        "language": language,
        "reference": form_of.reference,
    }
    sheet = book.add_sheet(SHEETS["form"].in_language(language), ["", ""], [30, 72], 0)
    for row, (key, text) in enumerate(FORM_ROWS.items(), start=1):
        book.write(sheet, row, 0, text.in_language(language), book.quiet)
        book.write(sheet, row, 1, said[key], book.quiet)
    sheet.protect("", _OPEN_SHEET)


__all__ = ["FormOf", "write_answers"]
