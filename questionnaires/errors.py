"""The refusals of the language, each by its name. An answer's own refusal is ``answers.AnswerError``."""

from __future__ import annotations

from collections.abc import Iterable


class QuestionnaireError(Exception):
    """Something about a questionnaire was refused."""


class DefinitionErrors(QuestionnaireError):
    """An edition's files say something the language does not know; each fault is one sentence."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class EditionChanged(QuestionnaireError):
    """A published edition is not what it was when it was published."""


class UnknownQuestionnaire(QuestionnaireError):
    """There is no questionnaire of that key, or no such edition of it."""


class UnknownQuestion(QuestionnaireError):
    """The edition has no question of that id."""
