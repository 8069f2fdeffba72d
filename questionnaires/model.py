"""A questionnaire edition as frozen objects: what loading makes of the YAML, and all that others read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Self

from questionnaires.answers import AnswerType, Files, LongText, Option, Table
from questionnaires.conditions import Condition, facts_in
from questionnaires.errors import Problem, UnknownQuestion
from questionnaires.facts import ADDENDUM, Facts, key_of
from questionnaires.texts import Text
from questionnaires.values import Answers, Value, ticked

COMMENT_SUFFIX = "#comment"
DOCUMENTS_SUFFIX = "#documents"
DECLINED_SUFFIX = "#declined"
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
class Raised:
    """What makes a deviation more serious, such as a supplier in the high-risk tier."""

    when: Condition
    to: Severity


@dataclass(frozen=True, slots=True)
class DeviationRule:
    """When answers deviate from what is accepted, how serious that is, and the sentence that says so."""

    id: str
    """The edition and the question: ``human-rights/2026-1:HR-18``, from the second rule on with ``.2``.

    A rule over several answers has an id of its own: ``conflict-minerals/2027-1:no-mineral-but-file``.
    """
    when: Condition
    severity: Severity
    sentence: Text
    about: tuple[str, ...]
    """The questions that it judges; the first is where a reader looks."""
    raised: tuple[Raised, ...] = ()

    def severity_given(self, seen: Answers) -> Severity:
        """Return how serious it is for these answers and facts."""
        grave = [each.to for each in self.raised if each.when.holds(seen)]
        return min([self.severity, *grave], key=lambda severity: severity.rank)


class Change(StrEnum):
    """What an edition changed about a question that an earlier one asked."""

    WORDING = "wording"
    """It means the same; last year's answer still answers it."""
    MEANING = "meaning"
    """Last year's answer is shown beside it, and it is asked anew."""


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
class FileSlot:
    """A place for files: the answer itself, or the documents added to one."""

    key: str
    """Where their records are kept among the answers."""
    kind: Files


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
    documents: Files | None = None
    """Files that may be added to the answer; with one it is documented, and not only stated."""
    documents_required: bool = False
    deviations: tuple[DeviationRule, ...] = ()
    changed: Change | None = None
    """Since the edition before; None: as it was, or new."""
    prefill: bool = True
    """Whether last year's answer is proposed."""

    @property
    def comment_key(self) -> str:
        """Where the comment is kept among the answers."""
        return self.id + COMMENT_SUFFIX

    @property
    def documents_key(self) -> str:
        """Where the added files are kept among the answers."""
        return self.id + DOCUMENTS_SUFFIX

    @property
    def declined_key(self) -> str:
        """Where it is kept that last year's answer was proposed and emptied, so that it is not proposed again."""
        return self.id + DECLINED_SUFFIX

    @property
    def file_slots(self) -> tuple[FileSlot, ...]:
        """The places where the question takes files."""
        own = (FileSlot(self.id, self.type),) if isinstance(self.type, Files) else ()
        return (*own, FileSlot(self.documents_key, self.documents)) if self.documents else own

    def given(self, seen: Answers) -> Question:
        """Return the question as it is asked after some answers."""
        kind = self.type.given(seen)
        return self if kind is self.type else replace(self, type=kind)

    @property
    def path_conditions(self) -> Iterator[Condition | None]:
        """What decides whether the question and its parts are asked."""
        yield self.ask_if
        if isinstance(self.type, Table):
            yield from (column.ask_if for column in self.type.columns)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions on one page."""

    id: str
    title: Text
    questions: tuple[Question, ...]
    introduction: Text | None = None
    ask_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A shorter questionnaire that is offered in place of this one."""

    key: str
    offered_if: Condition
    """Looks at facts only."""


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
    rules: tuple[DeviationRule, ...] = ()
    """Over several answers; a question's own stand at the question."""
    short_form: ShortForm | None = None
    gaps: tuple[Problem, ...] = ()
    """Translations that a draft lacks; a published edition lacks none."""
    source: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """The definition's files by name, as they were read."""
    facts: Facts | None = None
    """What is known of the supplier that is asked; None until somebody says."""

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

    def asked_of(self, facts: Facts) -> Self:
        """Return the questionnaire as it is asked of a supplier that these facts are known of."""
        return replace(self, facts=dict(facts))

    @cached_property
    def facts_on_the_path(self) -> frozenset[str]:
        """The keys of the facts that decide what is asked: the supplier sees their effect, so they are signed too."""
        conditions = [section.ask_if for section in self.sections]
        conditions += [condition for question in self.questions for condition in question.path_conditions]
        addenda = {key_of(ADDENDUM) for question in self.questions if getattr(question.type, "addendum_to", "")}
        return facts_in(conditions) | addenda

    @cached_property
    def facts_looked_at(self) -> frozenset[str]:
        """The keys of all facts that decide anything: what is asked, what deviates, or how serious that is."""
        rules = [*self.rules, *(rule for question in self.questions for rule in question.deviations)]
        raised = [each.when for rule in rules for each in rule.raised]
        return self.facts_on_the_path | facts_in([*(rule.when for rule in rules), *raised])

    @property
    def looks_at_facts(self) -> bool:
        """Whether any condition or rule looks at a fact of the supplier."""
        return bool(self.facts_looked_at)

    def has(self, question_id: str) -> bool:
        """Return whether the edition asks the question."""
        return question_id in self._by_id

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
    "DECLINED_SUFFIX",
    "DOCUMENTS_SUFFIX",
    "Change",
    "Comment",
    "DeviationRule",
    "FileSlot",
    "Option",
    "Question",
    "Questionnaire",
    "Raised",
    "Section",
    "Severity",
    "ShortForm",
]
