"""Why an answer was refused, as a code with its facts and as a sentence for the person who answered."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from questionnaires.answers.locales import number_in_words
from questionnaires.answers.sentences import SENTENCES
from questionnaires.texts import ENGLISH, Text


class AnswerError(Exception):
    """An answer does not fit its question.

    ``code`` is one of the keys of ``sentences.SENTENCES``; ``parameters`` are the facts the sentence names.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters: Mapping[str, object] = parameters

    def __str__(self) -> str:
        return self.message(ENGLISH)

    def message(self, language: str) -> str:
        """Return the sentence to show beside the question, in the language (English where it is unknown)."""
        words = {name: _in_words(fact, language) for name, fact in self.parameters.items()}
        return SENTENCES[self.code].in_language(language).format(**words)


def _in_words(fact: object, language: str) -> str:
    if isinstance(fact, Text):
        return fact.in_language(language)
    if isinstance(fact, AnswerError):
        return fact.message(language)
    if isinstance(fact, int | Decimal):
        return number_in_words(fact, language)
    if isinstance(fact, tuple):
        return "\n".join(_in_words(part, language) for part in fact)
    return str(fact)
