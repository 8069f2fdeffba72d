"""A page of questions ↔ a posted form.

Fields are named after their question (`HR-18`), a comment's field `HR-18_comment`, added files `HR-18_documents`, a
table's cells `HR-06-0-name`, the parts of a certificate or a sum `HR-50-number`.
A form lists the questions that it holds under `on_page`, so that an empty box can be told from one that was not there,
and under `was-HR-18` a fingerprint of the answer that it showed. Where it showed last year's answer, `proposed` lists
the question, and `confirm` lists it too once somebody has ticked that the answer is still right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from portal.models import Return
from portal.web.carried import Carried
from questionnaires import journey
from questionnaires.answers import AnswerError, FieldValues
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.values import Answers, Value

ON_PAGE = "on_page"
PROPOSED = "proposed"
CONFIRM = "confirm"
EMPTY_ROWS = 2
"""Rows that a table offers beyond those that are filled in."""
MORE_ROWS = 5
"""Rows that a press on "add rows" brings."""

Form = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form said: canonical values by key, and what does not fit, by key."""

    changes: dict[str, Value] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    """Sentences in the reader's language."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question as a page shows it."""

    question: Question
    values: FieldValues
    """What the inputs hold; see `AnswerType.field_values`."""
    value: Value
    """The stored answer."""
    was: str = ""
    """Its fingerprint, and its comment's."""
    comment: str = ""
    comment_is_asked: bool = False
    asked: bool = True
    is_open: bool = True
    """May be changed; otherwise the answer is shown as text."""
    documents: Value = None
    """Records of the files added to the answer."""
    problem: str = ""
    comment_problem: str = ""
    documents_problem: str = ""
    returned: Return | None = None
    empty_rows: int = EMPTY_ROWS
    carried: Carried | None = None
    """Last year's answer, where there is one."""
    takes_files: bool = True
    """Otherwise an example stands in where a file would be uploaded."""

    @property
    def waits(self) -> bool:
        """Whether the inputs hold an answer that is only proposed."""
        return self.carried is not None and self.carried.waits

    @property
    def name(self) -> str:
        """The name of the input, and the anchor of the question."""
        return self.question.id

    @property
    def comment_name(self) -> str:
        """The name of the comment's input."""
        return comment_name(self.question)

    @property
    def documents_name(self) -> str:
        """The name of the input that takes documents."""
        return field_of(self.question.documents_key)

    @property
    def was_name(self) -> str:
        """The name of the fingerprint's input."""
        return was_name(self.question)

    @property
    def described_by(self) -> str:
        """The ids of what explains the input, for aria-describedby."""
        parts = (
            ("about", bool(self.question.help or self.question.basis or self.question.evidence)),
            ("unit", bool(getattr(self.question.type, "unit", None))),
            ("carried", self.waits),
            ("problem", bool(self.problem)),
        )
        return " ".join(f"{self.name}-{part}" for part, there in parts if there)


@dataclass(frozen=True, slots=True)
class Page:
    """All that decides how a section is shown."""

    section: Section
    questions: tuple[Question, ...]
    """Those of the section, each as it is asked after the answers so far."""
    answers: Answers
    asked: frozenset[str]
    """Questions and comments asked with these answers, by their keys; see `asked_keys`."""
    open_questions: frozenset[str] | None = None
    """Those that may be changed; None for all."""
    returned: Mapping[str, Return] = field(default_factory=dict)
    form: Form | None = None
    """What was posted, to be shown again where it did not fit."""
    reading: Reading = field(default_factory=Reading)
    more_rows: str = ""
    """The table that shall have more empty rows."""
    carried: Mapping[str, Carried] = field(default_factory=dict)
    """Last year's answers to its questions."""
    takes_files: bool = True
    """Whether files can be uploaded; see `Field`."""

    def fields(self) -> list[Field]:
        """Return the section's questions, ready to be shown."""
        return [self._field(question) for question in self.questions]

    def problems(self, language: str) -> list[tuple[str, str]]:
        """Return what has to be mended: anchor, and question with sentence, in the questions' order."""
        return [
            (question.id, f"{question.text.in_language(language)} {self.reading.problems[key]}")
            for question in self.questions
            for key in (question.id, question.comment_key, question.documents_key)
            if key in self.reading.problems
        ]

    def _field(self, question: Question) -> Field:
        problems, form, carried = self.reading.problems, self.form, self.carried.get(question.id)
        wrong = form is not None and question.id in problems and question.type.read_from_form
        shown = {**self.answers, **carried.prefill} if carried else self.answers
        comment = shown.get(question.comment_key)
        if form is not None and not problems.keys().isdisjoint((question.id, question.comment_key)):
            comment = form.get(comment_name(question), "")
        return Field(
            question=question,
            values=as_typed(question, form) if form and wrong else question.type.field_values(shown.get(question.id)),
            value=self.answers.get(question.id),
            was=fingerprint(question, self.answers),
            comment=str(comment or ""),
            comment_is_asked=question.comment_key in self.asked or bool(carried and carried.opens_comment),
            asked=question.id in self.asked,
            is_open=self.open_questions is None or question.id in self.open_questions,
            documents=self.answers.get(question.documents_key),
            problem=problems.get(question.id, ""),
            comment_problem=problems.get(question.comment_key, ""),
            documents_problem=problems.get(question.documents_key, ""),
            returned=self.returned.get(question.id),
            empty_rows=MORE_ROWS if self.more_rows == question.id else EMPTY_ROWS,
            carried=carried,
            takes_files=self.takes_files,
        )


def as_typed(question: Question, form: Form) -> FieldValues:
    """Return what was typed, to be shown again; of a table without its empty rows, as its errors count the rows."""
    typed = question.type.posted(form, question.id)
    if "rows" not in typed:
        return typed
    return {"rows": [row for row in typed["rows"] if any(cell.strip() for cell in row.values())]}


def field_of(key: str) -> str:
    """Return the name of the field for an answer, a comment (`HR-18_comment`) or documents (`HR-18_documents`)."""
    return key.replace("#", "_")


def comment_name(question: Question) -> str:
    """Return the name of the field that holds a question's comment."""
    return field_of(question.comment_key)


def was_name(question: Question) -> str:
    """Return the name of the field that holds the fingerprint of what was shown."""
    return "was-" + question.id


def form_keys(question: Question) -> tuple[str, ...]:
    """Return the keys of what a form says about a question: the answer, but for files, and the comment."""
    keys = (question.id, question.type.read_from_form), (question.comment_key, question.comment is not None)
    return tuple(key for key, is_read in keys if is_read)


def fingerprint(question: Question, answers: Answers) -> str:
    """Return a short hash of a question's answer and comment, as far as a form holds them."""
    held = [answers.get(key) for key in form_keys(question)]
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]


def asked_keys(questionnaire: Questionnaire, answers: Answers) -> frozenset[str]:
    """Return the keys of all questions that are asked, and of the comments that their answers call for."""
    questions = [each for asked in journey.asked_sections(questionnaire, answers) for each in asked.questions]
    comments = (each.comment_key for each in questions if each.comment and each.comment.is_asked(answers.get(each.id)))
    documents = (each.documents_key for each in questions if each.documents)
    return frozenset((*(each.id for each in questions), *comments, *documents))


def on_page(questions: Iterable[Question], form: Form) -> list[Question]:
    """Return those of the questions that a form holds."""
    named = set(form.getlist(ON_PAGE))
    return [question for question in questions if question.id in named]


def read(questions: Iterable[Question], form: Form, today: date, language: str) -> Reading:
    """Return what a form says about some questions; whatever does not fit becomes a sentence, never an error.

    Files do not come with the form's fields; the answers to questions that ask for them are left alone.
    """
    reading = Reading()
    for question in questions:
        if question.type.read_from_form:
            _read_one(reading, question.id, question, form, today, language)
        if question.comment is not None:
            _read_one(reading, question.comment_key, question, form, today, language)
    return reading


def only_asked(reading: Reading, asked: frozenset[str]) -> Reading:
    """Return the reading without the problems of answers and comments that are not asked: nobody sees them."""
    return Reading(reading.changes, {key: text for key, text in reading.problems.items() if key in asked})


def _read_one(reading: Reading, key: str, question: Question, form: Form, today: date, language: str) -> None:
    is_comment = key == question.comment_key
    kind = question.comment.type if is_comment and question.comment else question.type
    try:
        value = kind.read(form, comment_name(question) if is_comment else question.id)
        kind.check_on(value, today)
    except AnswerError as error:
        reading.problems[key] = error.message(language)
    else:
        reading.changes[key] = value
