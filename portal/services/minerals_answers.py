"""A supplier's workbooks beside its answers: what they would answer, and where they say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.models import MineralsWorkbook
from questionnaires.answers import SeveralOf
from questionnaires.journey import walk
from questionnaires.minerals.prefill import Contradiction, Said, answer_by, contradictions, proposals, said_from_json
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers, Value

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "says": "{kind} {version} says “{words}” ({cell}).",
        "answer": "The answer is “{answer}”, but {kind} {version} says “{words}” ({cell}).",
        "ticked": "“{option}” is ticked, but {kind} {version} says “{words}” ({cell}).",
        "unticked": "“{option}” is not ticked, but {kind} {version} says “{words}” ({cell}).",
    },
    "nb": {
        "says": "{kind} {version} sier «{words}» ({cell}).",
        "answer": "Svaret er «{answer}», men {kind} {version} sier «{words}» ({cell}).",
        "ticked": "«{option}» er krysset av, men {kind} {version} sier «{words}» ({cell}).",
        "unticked": "«{option}» er ikke krysset av, men {kind} {version} sier «{words}» ({cell}).",
    },
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What a workbook says to one question: an answer that is not given yet, or another than the one given."""

    question: Question
    said: Said
    row: MineralsWorkbook
    """Which says so."""
    value: Value
    """The answer to take; None where the workbook cannot tell which."""
    contradictions: tuple[Contradiction, ...]
    """Empty where the question has no answer yet."""

    def sentences(self, language: str) -> list[str]:
        """Return what it says, with the cells."""
        return [self.in_words(one, language) for one in self.contradictions] or [
            self._filled("says", self.said, language)
        ]

    def in_words(self, one: Contradiction, language: str) -> str:
        """Return what the answer and the workbook say against each other."""
        said = one.said
        key = ("unticked" if said.ticked else "ticked") if said.option else "answer"
        return self._filled(key, said, language, answer=self.question.type.display(one.answer, language))

    def to_take(self, language: str) -> str:
        """Return the answer to take, in words."""
        return self.question.type.display(self.value, language)

    def _filled(self, key: str, said: Said, language: str, answer: str = "") -> str:
        kind = self.question.type
        options = kind.options if isinstance(kind, SeveralOf) else ()
        option = "".join(each.text.in_language(language) for each in options if each.code == said.option)
        row = self.row
        facts = {"answer": answer, "option": option, "kind": row.kind, "version": row.version}
        return _WORDS[language][key].format(words=said.words, cell=said.place, **facts)


def beside(rows: Iterable[MineralsWorkbook], questionnaire: Questionnaire, answers: Answers) -> dict[str, Beside]:
    """Return what workbooks say to questions that are asked, where the answer is missing or another."""
    sources = [(said_from_json(one), row) for row in rows for one in row.said]
    said = [one for one, _ in sources]
    asked = {question.id: question for question in walk(questionnaire, answers).questions} if said else {}
    against: dict[str, list[Contradiction]] = {}
    for one in contradictions(said, answers, frozenset(asked)):
        against.setdefault(one.said.question, []).append(one)
    first = {key: each[0].said for key, each in against.items()} | proposals(said, answers, frozenset(asked))
    return {
        key: Beside(
            asked[key],
            first[key],
            next(row for one, row in sources if one is first[key]),
            answer_by(said, asked[key], answers),
            tuple(against.get(key, ())),
        )
        for key in asked
        if key in first
    }


def changes_of(taken: Iterable[Beside], answers: Answers) -> dict[str, Value]:
    """Return what is saved when answers are taken; a comment that somebody wrote stays."""
    found: dict[str, Value] = {}
    for one in taken:
        if one.value is None:
            continue
        found[one.question.id] = one.value
        comment = one.question.comment
        if comment and one.said.comment and not answers.get(one.question.comment_key):
            found[one.question.comment_key] = one.said.comment
    return found
