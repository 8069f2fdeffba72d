"""The way through a questionnaire: which questions are asked, which page is next, what is missing.

An answer counts only while its question is asked: walking from the first question to the last, each condition
sees the answers that counted so far. That is why conditions look back only, and why one walk is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from questionnaires.conditions import Condition
from questionnaires.errors import FactsMissing
from questionnaires.facts import as_answers, is_fact, name_of
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.values import Answers, Value


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A section that is asked, and those of its questions that are, each as it is asked after these answers."""

    section: Section
    questions: tuple[Question, ...]


class Lack(StrEnum):
    """What is missing of a question."""

    ANSWER = "answer"
    COMMENT = "comment"
    """The question is answered; the comment that the answer calls for is not."""
    DOCUMENTS = "documents"
    """The question is answered; the files that it calls for are not added."""
    FINDINGS = "findings"
    """A file is added; it was not checked, or errors found in it are neither mended nor explained."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something required that has not been answered."""

    section_id: str
    question_id: str
    lack: Lack = Lack.ANSWER


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


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which declaration the answers were carried over from, and what became of each."""

    reference: str
    edition: str
    answers_sha256: str
    """Of that declaration's own canonical bytes."""
    marks: Mapping[str, str]
    """Question → `confirmed`, `changed` or `new`; see `carry_over.Mark`."""

    def as_json(self) -> dict[str, Any]:
        """Return what stands beside the answers in the canonical bytes."""
        origin = {"reference": self.reference, "edition": self.edition, "answers_sha256": self.answers_sha256}
        return {"carried_from": origin, "marks": {question: str(mark) for question, mark in self.marks.items()}}


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through a questionnaire, from the first question to the last."""

    sections: tuple[AskedSection, ...]
    """The sections with at least one question to ask, in order."""
    seen: dict[str, Value]
    """What conditions see at the end: the answers that count, and the facts."""

    @property
    def questions(self) -> list[Question]:
        """Return the questions that are asked, in order."""
        return [question for asked in self.sections for question in asked.questions]

    @property
    def counted(self) -> dict[str, Value]:
        """Return the answers, comments and documents that count, in the questions' order."""
        return {key: value for key, value in self.seen.items() if not is_fact(key)}


def asked_sections(questionnaire: Questionnaire, answers: Answers) -> tuple[AskedSection, ...]:
    """Return the sections with at least one question to ask, in order."""
    return walk(questionnaire, answers).sections


def counted(questionnaire: Questionnaire, answers: Answers) -> dict[str, Value]:
    """Return the answers and comments that count: those whose question is asked, in the questions' order."""
    return walk(questionnaire, answers).counted


def missing(questionnaire: Questionnaire, answers: Answers) -> tuple[Missing, ...]:
    """Return what is required, asked and unanswered, in order."""
    way = walk(questionnaire, answers)
    return tuple(
        lack
        for asked in way.sections
        for question in asked.questions
        if (lack := _lack(asked.section, question, way.seen))
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
    way = walk(questionnaire, answers)
    questions = [(asked.section, question) for asked in way.sections for question in asked.questions]
    lacking = sum(_lack(section, question, way.seen) is not None for section, question in questions)
    required = sum(_is_required(question, way.seen) for _, question in questions)
    return Progress(
        answered=sum(question.id in way.seen for _, question in questions),
        required=required,
        required_answered=required - lacking,
        asked=len(questions),
    )


def canonical(questionnaire: Questionnaire, answers: Answers, lineage: Lineage | None = None) -> bytes:
    """Return the counted answers as RFC 8785 bytes: what a signature binds.

    Facts of the supplier that decided what was asked stand beside them, so that the same way can be walked again; and
    where answers were carried over, the declaration they come from and the marks.
    """
    content: dict[str, Any] = {
        "questionnaire": questionnaire.key,
        "edition": questionnaire.edition,
        "answers": counted(questionnaire, answers),
    }
    known = as_answers(questionnaire.facts or {})
    facts = {name_of(key): known[key] for key in questionnaire.facts_on_the_path & known.keys()}
    content |= {"facts": facts} if facts else {}
    content |= lineage.as_json() if lineage else {}
    return rfc8785.dumps(content)


def walk(questionnaire: Questionnaire, answers: Answers) -> Walk:
    """Go through the questionnaire once.

    Raises:
        FactsMissing: a condition looks at facts of the supplier, and the questionnaire was given none.
    """
    if questionnaire.facts is None and questionnaire.looks_at_facts:
        raise FactsMissing(questionnaire.name)
    known = dict(as_answers(questionnaire.facts or {}))
    sections = []
    for section in questionnaire.sections:
        if not _holds(section.ask_if, known):
            continue
        asked = []
        for question in section.questions:
            if _holds(question.ask_if, known):
                shown = question.given(known)
                asked.append(shown)
                _count(shown, answers, known)
        if asked:
            sections.append(AskedSection(section, tuple(asked)))
    return Walk(tuple(sections), known)


def _holds(condition: Condition | None, counting: Mapping[str, Value]) -> bool:
    return condition is None or condition.holds(counting)


def _count(question: Question, answers: Answers, counting: dict[str, Value]) -> None:
    value = question.type.kept(answers.get(question.id))
    if value is not None:
        counting[question.id] = value
    comment = answers.get(question.comment_key)
    if comment and question.comment and question.comment.is_asked(value):
        counting[question.comment_key] = comment
    documents = answers.get(question.documents_key)
    if documents and question.documents and value is not None:
        counting[question.documents_key] = documents


def _comment_is_required(question: Question, counting: Mapping[str, Value]) -> bool:
    comment = question.comment
    return comment is not None and comment.required and comment.is_asked(counting.get(question.id))


def _documents_are_required(question: Question, counting: Mapping[str, Value]) -> bool:
    return question.documents_required and question.id in counting


def _is_required(question: Question, counting: Mapping[str, Value]) -> bool:
    parts = _comment_is_required(question, counting), _documents_are_required(question, counting)
    return question.required or any(parts)


def _lack(section: Section, question: Question, counting: Mapping[str, Value]) -> Missing | None:
    if question.required and question.id not in counting:
        return Missing(section.id, question.id)
    if _comment_is_required(question, counting) and question.comment_key not in counting:
        return Missing(section.id, question.id, Lack.COMMENT)
    if _documents_are_required(question, counting) and question.documents_key not in counting:
        return Missing(section.id, question.id, Lack.DOCUMENTS)
    return None
