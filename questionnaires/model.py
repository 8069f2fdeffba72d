"""A questionnaire edition as frozen objects: what loading makes of the YAML, and all that others read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from questionnaires.answers import AnswerType, LongText, Option
from questionnaires.conditions import Condition
from questionnaires.errors import UnknownQuestion
from questionnaires.texts import Text
from questionnaires.values import Value, ticked

COMMENT_SUFFIX = "#comment"
COMMENT_TYPE = LongText(at_most=2000)


class Severity(StrEnum):
    """How serious a deviation is."""

    ZERO_TOLERANCE = "zero_tolerance"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """0 for the most serious; sorts findings."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class DeviationRule:
    """When an answer deviates from what is accepted, how serious that is, and the sentence that says so."""

    id: str
    """The edition and the question: ``human-rights/2026-1:HR-18``, from the second rule on with ``.2``."""
    when: Condition
    severity: Severity
    sentence: Text


@dataclass(frozen=True, slots=True)
class Comment:
    """Free text below an answer."""

    label: Text
    when: tuple[str, ...] = ()
    """The answers that open the field; empty: it is always open."""
    required: bool = False
    type: LongText = COMMENT_TYPE

    def is_asked(self, value: Value) -> bool:
        """Return whether the answer opens the field; where no answers are named, it is always open."""
        return not self.when or any(code in self.when for code in ticked(value))


@dataclass(frozen=True, slots=True)
class Question:
    """One question and all that hangs on its answer."""

    id: str
    text: Text
    type: AnswerType
    help: Text | None = None
    required: bool = True
    ask_if: Condition | None = None
    """Looks at earlier questions only; None: always asked."""
    comment: Comment | None = None
    basis: str = ""
    """The convention or law behind the question."""
    evidence: Text | None = None
    """What the supplier should be able to show."""
    deviations: tuple[DeviationRule, ...] = ()

    @property
    def comment_key(self) -> str:
        """Where the comment is kept among the answers."""
        return self.id + COMMENT_SUFFIX


@dataclass(frozen=True, slots=True)
class Section:
    """Questions on one page."""

    id: str
    title: Text
    questions: tuple[Question, ...]
    introduction: Text | None = None
    ask_if: Condition | None = None


@dataclass(frozen=True)
class Questionnaire:
    """One edition of a questionnaire."""

    key: str
    edition: str
    title: Text
    introduction: Text
    minutes: int
    """How long answering takes."""
    statement: Text
    """What the signatory declares."""
    sections: tuple[Section, ...]
    languages: tuple[str, ...]
    digest: str
    """SHA-256 of the definition's files, hexadecimal."""

    @property
    def name(self) -> str:
        """Key and edition: ``human-rights/2026-1``."""
        return f"{self.key}/{self.edition}"

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions of all sections, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, question_id: str) -> Question:
        """Return the question; raises UnknownQuestion."""
        try:
            return self._by_id[question_id]
        except KeyError:
            raise UnknownQuestion(f"{self.name} has no question {question_id}") from None

    def section(self, section_id: str) -> Section:
        """Return the section; raises UnknownQuestion."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise UnknownQuestion(f"{self.name} has no section {section_id}")

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}


__all__ = [
    "COMMENT_SUFFIX",
    "Comment",
    "DeviationRule",
    "Option",
    "Question",
    "Questionnaire",
    "Section",
    "Severity",
]
