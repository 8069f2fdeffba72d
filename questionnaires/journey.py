"""The way through a questionnaire: which questions are asked, which page is next, what is missing.

An answer counts only while its question is asked: walking from the first question to the last, each condition
sees the answers that counted so far. That is why conditions look back only, and why one walk is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785

from questionnaires.conditions import Condition
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.values import Answers, Value


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A section that is asked, and those of its questions that are."""

    section: Section
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something required that has not been answered."""

    section_id: str
    question_id: str
    is_comment: bool = False
    """The question is answered; the comment that the answer calls for is not."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the answers have come, counted in questions that are asked."""

    answered: int
    """Questions with an answer, required or not."""
    required: int
    required_answered: int
    """Required questions with an answer and, where one is called for, a comment."""
    asked: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is missing."""
        return self.required_answered == self.required


def asked_sections(questionnaire: Questionnaire, answers: Answers) -> tuple[AskedSection, ...]:
    """Return the sections with at least one question to ask, in order."""
    return _walk(questionnaire, answers)[0]


def counted(questionnaire: Questionnaire, answers: Answers) -> dict[str, Value]:
    """Return the answers and comments that count: those whose question is asked, in the questions' order."""
    return _walk(questionnaire, answers)[1]


def missing(questionnaire: Questionnaire, answers: Answers) -> tuple[Missing, ...]:
    """Return what is required, asked and unanswered, in order."""
    sections, counting = _walk(questionnaire, answers)
    return tuple(
        lack for asked in sections for question in asked.questions if (lack := _lack(asked.section, question, counting))
    )


def next_section(questionnaire: Questionnaire, answers: Answers, after: str | None) -> str | None:
    """Return the id of the first asked section after the one named (None: the first of all), or None.

    The section named need not be asked any longer. Raises UnknownQuestion where there is no such section.
    """
    order = [section.id for section in questionnaire.sections]
    start = order.index(questionnaire.section(after).id) + 1 if after is not None else 0
    later = set(order[start:])
    asked = (asked.section.id for asked in asked_sections(questionnaire, answers))
    return next((section_id for section_id in asked if section_id in later), None)


def progress(questionnaire: Questionnaire, answers: Answers) -> Progress:
    """Return how many of the asked questions are answered."""
    sections, counting = _walk(questionnaire, answers)
    questions = [(asked.section, question) for asked in sections for question in asked.questions]
    lacking = sum(_lack(section, question, counting) is not None for section, question in questions)
    required = sum(_is_required(question, counting) for _, question in questions)
    return Progress(
        answered=sum(question.id in counting for _, question in questions),
        required=required,
        required_answered=required - lacking,
        asked=len(questions),
    )


def canonical(questionnaire: Questionnaire, answers: Answers) -> bytes:
    """Return the counted answers as RFC 8785 bytes: what a signature binds."""
    return rfc8785.dumps(
        {
            "questionnaire": questionnaire.key,
            "edition": questionnaire.edition,
            "answers": counted(questionnaire, answers),
        }
    )


def _walk(questionnaire: Questionnaire, answers: Answers) -> tuple[tuple[AskedSection, ...], dict[str, Value]]:
    """Return the asked sections and the answers that count."""
    counting: dict[str, Value] = {}
    sections = []
    for section in questionnaire.sections:
        if not _holds(section.ask_if, counting):
            continue
        asked = []
        for question in section.questions:
            if _holds(question.ask_if, counting):
                asked.append(question)
                _count(question, answers, counting)
        if asked:
            sections.append(AskedSection(section, tuple(asked)))
    return tuple(sections), counting


def _holds(condition: Condition | None, counting: Mapping[str, Value]) -> bool:
    return condition is None or condition.holds(counting)


def _count(question: Question, answers: Answers, counting: dict[str, Value]) -> None:
    value = answers.get(question.id)
    if value is not None:
        counting[question.id] = value
    comment = answers.get(question.comment_key)
    if comment and question.comment and question.comment.is_asked(value):
        counting[question.comment_key] = comment


def _comment_is_required(question: Question, counting: Mapping[str, Value]) -> bool:
    comment = question.comment
    return comment is not None and comment.required and comment.is_asked(counting.get(question.id))


def _is_required(question: Question, counting: Mapping[str, Value]) -> bool:
    return question.required or _comment_is_required(question, counting)


def _lack(section: Section, question: Question, counting: Mapping[str, Value]) -> Missing | None:
    if question.required and question.id not in counting:
        return Missing(section.id, question.id)
    if _comment_is_required(question, counting) and question.comment_key not in counting:
        return Missing(section.id, question.id, is_comment=True)
    return None
