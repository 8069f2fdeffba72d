"""The refusals of the language, each by its name. An answer's own refusal is ``answers.AnswerError``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DEFINITION_FILE = "questionnaire.yaml"
"""Structure and English texts of an edition; every other file of it is a translation."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition, told to its author."""

    edition: str
    """``human-rights/2026-1``."""
    place: str
    """Where in the edition: ``HR-18``, ``HR-18: ask_if``, ``sections hiring``; empty for the edition itself."""
    sentence: str
    key: str = ""
    """Which key of that place; empty where it is about all of it."""
    file: str = DEFINITION_FILE
    """Where the author mends it."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.edition, self.place, self.sentence) if part)


class QuestionnaireError(Exception):
    """Something about a questionnaire was refused."""


class DefinitionErrors(QuestionnaireError):
    """An edition's files say something the language does not know; each fault is told, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EditionChanged(QuestionnaireError):
    """A published edition is not what it was when it was published."""


class UnknownQuestionnaire(QuestionnaireError):
    """There is no questionnaire of that key, or no such edition of it."""


class UnknownQuestion(QuestionnaireError):
    """The edition has no question of that id."""


class FactsMissing(QuestionnaireError):
    """The edition looks at facts of the supplier, and nobody has said them: see ``Questionnaire.asked_of``."""
