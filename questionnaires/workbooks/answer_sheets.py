"""The sheets of a workbook of answers: their names and headings, and how a row says which answer it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from questionnaires.answers import Acknowledgement, AnswerType, Country, OneOf, SeveralOf
from questionnaires.answers.locales import countries
from questionnaires.model import Comment
from questionnaires.texts import Text
from questionnaires.workbooks.layout import plain

_TEXTS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("answer_sheets.yaml").read_text("utf-8"))

PART_MARK = "/"
"""Between a question's id and the part, or the option, that a row is about: ``HR-45/number``."""
LONGEST_SHEET_NAME = 31
"""Excel's own limit."""
FIRST_TABLE_ROW = 5
"""Of a table's sheet, counted from 1: above it stand the question, the columns' ids, their headings and hints."""
IDS_ROW = 2
TICK = "x"


class Head(StrEnum):
    """A column of the sheet of answers."""

    KEY = "key"
    QUESTION = "question"
    HELP = "help"
    ASKED_IF = "asked_if"
    ALLOWED = "allowed"
    ANSWER = "answer"
    UNIT = "unit"
    ABOUT_COMMENT = "about_comment"
    COMMENT = "comment"


def _text(pair: Mapping[str, str]) -> Text:
    return Text.of(pair["en"], nb=pair["nb"])


def _texts(name: str) -> dict[str, Text]:
    return {key: _text(pair) for key, pair in _TEXTS[name].items()}


SHEETS: Mapping[str, Text] = _texts("sheets")
"""Names of the sheets: read_me, answers, lists, form."""
HEADINGS: Mapping[Head, Text] = {Head(key): text for key, text in _texts("headings").items()}
WIDTHS: Mapping[Head, int] = {Head(key): pair["width"] for key, pair in _TEXTS["headings"].items()}
FORM_ROWS: Mapping[str, Text] = _texts("form")
"""What the sheet of the form says, one thing a row, by its key."""
NOTES: Mapping[str, Text] = _texts("notes")
READ_ME: tuple[Text, ...] = tuple(_text(pair) for pair in _TEXTS["read_me"])


@dataclass(frozen=True, slots=True)
class FormOf:
    """Whose form a workbook is, so that one of another form is known when it comes back."""

    reference: str
    """Of the request and the questionnaire in it; the same whenever the form is downloaded."""
    asked_by: str
    supplier: str
    due: str = ""
    """In words."""


def head_of(words: str) -> Head | None:
    """Return the column that a heading stands for, in any language; None where there is no such."""
    wanted = plain(words)
    return next((head for head, text in HEADINGS.items() if wanted in _in_all(text)), None)


def names_of(sheet: str) -> tuple[str, ...]:
    """Return the names that a sheet may have, one for each language."""
    return _in_all(SHEETS[sheet], as_written=True)


def form_key(words: str) -> str | None:
    """Return what a row of the sheet of the form says, by its first cell; None where it says nothing known."""
    wanted = plain(words)
    return next((key for key, text in FORM_ROWS.items() if wanted in _in_all(text)), None)


def table_sheet(question_id: str) -> str:
    """Return the name of the sheet that holds a table's rows."""
    return question_id[:LONGEST_SHEET_NAME]


def choices_of(kind: AnswerType, language: str) -> tuple[str, ...]:
    """Return the words that Excel offers in a list; none where there is nothing to choose from."""
    if isinstance(kind, OneOf):
        return tuple(option.text.in_language(language) for option in kind.options)
    if isinstance(kind, Acknowledgement):
        return (kind.display(True, language),)
    return tuple(countries(language).values()) if isinstance(kind, Country) else ()


def comment_prompt(comment: Comment, kind: AnswerType, language: str) -> str:
    """Return what a comment is to say, after which answers it is asked for, and whether it must be there."""
    label = comment.label.in_language(language)
    if comment.required:
        label = NOTES["required"].in_language(language).format(label=label)
    if not comment.when:
        return label
    several = isinstance(kind, SeveralOf)
    words = [kind.display([code] if several else code, language) for code in comment.when]
    options = [NOTES["quoted"].in_language(language).format(words=each) for each in words]
    joined = NOTES["or"].in_language(language).join(options)
    return NOTES["when"].in_language(language).format(options=joined, label=label)


def _in_all(text: Text, *, as_written: bool = False) -> tuple[str, ...]:
    words = (text.in_language(language) for language in text.languages)
    return tuple(words if as_written else map(plain, words))
