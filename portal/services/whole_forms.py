"""All questions of one questionnaire at once, as a workbook to fill in or as a PDF to read and print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models import Assessment
from portal.pdf import form_facts as printed
from portal.services.answer_import import reference_of
from portal.services.documents import clauses_of
from questionnaires.allowed_answers import allowed
from questionnaires.answers import AnswerType, Files, LongText, Record, SeveralOf, Table
from questionnaires.answers.choices import OneOf
from questionnaires.answers.locales import date_in_words
from questionnaires.journey import Walk, walk
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers, Value
from questionnaires.whole_form import FormQuestion, FormSection, asked_if, whole_form
from questionnaires.workbooks.answer_sheets import comment_prompt
from questionnaires.workbooks.answers import FormOf, write_answers

_EMPTY_ROWS = 5
"""Of a table in a blank form."""
_LONG = 900
"""Characters from which a question may run over a page's end."""


@dataclass(frozen=True, slots=True)
class Copy:
    """How a form is wanted."""

    language: str
    organisation: str
    """Who asks."""
    answers: Answers | None
    """None: a blank form."""


def workbook_of(assessment: Assessment, questionnaire: Questionnaire, copy: Copy) -> bytes:
    """Return the form as a workbook (XLSX), with the answers as far as they count."""
    request = assessment.request
    form_of = FormOf(
        reference=reference_of(assessment),
        asked_by=copy.organisation,
        supplier=request.supplier.name,
        due=date_in_words(request.due_on, copy.language),
    )
    return write_answers(questionnaire, copy.language, copy.answers or {}, form_of)


def form_of(assessment: Assessment, questionnaire: Questionnaire, copy: Copy, now: datetime) -> printed.FormFacts:
    """Return what the form says as a PDF."""
    language, request = copy.language, assessment.request
    way = walk(questionnaire, copy.answers or {})
    printing = _Printing(questionnaire, language, None if copy.answers is None else way)
    return printed.FormFacts(
        language=language,
        blank=copy.answers is None,
        questionnaire_title=questionnaire.title.in_language(language),
        edition=questionnaire.edition,
        introduction=questionnaire.introduction.in_language(language),
        organisation=copy.organisation,
        campaign_title=request.campaign.title,
        reporting_year=request.campaign.reporting_year,
        supplier_name=request.supplier.name,
        due=date_in_words(request.due_on, language),
        sections=tuple(printing.section(part) for part in whole_form(questionnaire, language)),
        made_at=now,
    )


@dataclass(frozen=True)
class _Printing:
    """One copy of a form."""

    questionnaire: Questionnaire
    language: str
    way: Walk | None
    """What is asked after the answers; None in a blank form."""

    def section(self, part: FormSection) -> printed.FormSection:
        """Return a section as it is printed."""
        introduction = part.section.introduction
        return printed.FormSection(
            title=part.section.title.in_language(self.language),
            asked_if=part.asked_if,
            introduction=introduction.in_language(self.language) if introduction else "",
            questions=tuple(self._question(each) for each in part.questions),
        )

    def _question(self, each: FormQuestion) -> printed.FormQuestion:
        question = self._as_asked(each.question)
        value, comment = self._answer(question.id), self._answer(question.comment_key)
        text = question.text.in_language(self.language)
        help_text = question.help.in_language(self.language) if question.help else ""
        return printed.FormQuestion(
            id=question.id,
            text=text,
            help=help_text,
            asked_if=each.asked_if,
            is_optional=not question.required,
            is_left_out=self.way is not None and question.id not in {asked.id for asked in self.way.questions},
            is_long=isinstance(question.type, Table) or len(text + help_text + str(value) + str(comment)) > _LONG,
            clauses=clauses_of(question, self.language),
            fields=self._fields(question.type, value),
            table=self._table(question.type, value),
            comment=self._comment(question, comment),
            documents=self._documents(question),
        )

    def _as_asked(self, question: Question) -> Question:
        """Return a question as it is asked after the answers, with those columns only."""
        asked = self.way.questions if self.way else []
        return next((each for each in asked if each.id == question.id), question)

    def _answer(self, key: str) -> Value:
        return self.way.seen.get(key) if self.way else None

    def _fields(self, kind: AnswerType, value: Value) -> tuple[printed.PrintedField, ...]:
        if isinstance(kind, Table):
            return ()
        if isinstance(kind, Record):
            parts = value if isinstance(value, dict) else {}
            return tuple(
                self._field(part.type, parts.get(part.name), part.label.in_language(self.language))
                for part in kind.parts
            )
        return (self._field(kind, value),)

    def _field(self, kind: AnswerType, value: Value, label: str = "") -> printed.PrintedField:
        return printed.PrintedField(
            label=label,
            hint=allowed(kind, self.language),
            options=_options(kind, value, self.language),
            answer=kind.display(value, self.language),
            lines=0 if isinstance(kind, Files) else 4 if isinstance(kind, LongText) else 1,
        )

    def _table(self, kind: AnswerType, value: Value) -> printed.PrintedTable | None:
        if not isinstance(kind, Table):
            return None
        columns = tuple(
            printed.PrintedColumn(
                _heading(column.text.in_language(self.language), column.type, self.language),
                asked_if(column.ask_if, self.questionnaire, self.language) if self.way is None else "",
            )
            for column in kind.columns
        )
        listed = value if isinstance(value, list) else []
        rows = tuple(
            tuple(column.type.display(row.get(column.id), self.language) for column in kind.columns) for row in listed
        )
        empty = min(_EMPTY_ROWS, kind.maximum_rows) if self.way is None else 0
        return printed.PrintedTable(columns, rows, empty) if rows or empty else None

    def _comment(self, question: Question, comment: Value) -> printed.PrintedField | None:
        if question.comment is None or (self.way is not None and not comment):
            return None
        label = comment_prompt(question.comment, question.type, self.language)
        return printed.PrintedField(label=label, answer=str(comment or ""), lines=2)

    def _documents(self, question: Question) -> str:
        if self.way is None:
            return allowed(question.documents, self.language) if question.documents else ""
        files = self._answer(question.documents_key)
        return question.documents.display(files, self.language) if question.documents else ""


def _options(kind: AnswerType, value: Value, language: str) -> tuple[printed.PrintedOption, ...]:
    """Return the boxes of a choice; a country or a long list of currencies is written in words."""
    if not isinstance(kind, OneOf | SeveralOf) or len(kind.options) > 20:
        return ()
    ticked = value if isinstance(value, list) else [value]
    return tuple(
        printed.PrintedOption(option.text.in_language(language), option.code in ticked) for option in kind.options
    )


def _heading(text: str, kind: AnswerType, language: str) -> str:
    unit = getattr(kind, "unit", None)
    return f"{text} ({unit.in_language(language)})" if unit else text
