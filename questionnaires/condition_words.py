"""A condition in words, for people who see a whole form at once: "EX-01 is “Yes”"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from questionnaires.answers import AnswerType, SeveralOf, Table
from questionnaires.answers.locales import date_in_words, number_in_words
from questionnaires.conditions import (
    AllOf,
    Answered,
    AnyOf,
    Comparison,
    Condition,
    DateComparison,
    Not,
    QuestionComparison,
    SomeRow,
)
from questionnaires.facts import as_answers
from questionnaires.model import Questionnaire
from questionnaires.texts import Text

_OR, _AND = Text.of(" or ", nb=" eller "), Text.of(", and ", nb=", og ")
_EITHER = Text.of(", or ", nb=", eller ")
_QUOTED = Text.of("“{words}”", nb="«{words}»")
_TODAY = Text.of("today", nb="i dag")
_NOT = Text.of("it is not so that {words}", nb="det ikke er slik at {words}")
_ROW = Text.of("in a row of {subject}: {words}", nb="i en rad av {subject}: {words}")
_ANSWERED = Text.of("{subject} is answered", nb="{subject} er besvart")
_NOT_ANSWERED = Text.of("{subject} is not answered", nb="{subject} ikke er besvart")
_SAID: Mapping[str, Text] = {
    "answer_in": Text.of("{subject} is {operand}", nb="{subject} er {operand}"),
    "not_in": Text.of("{subject} is not {operand}", nb="{subject} ikke er {operand}"),
    "missing_any": Text.of("{subject} lacks {operand}", nb="{subject} mangler {operand}"),
    "at_least": Text.of("{subject} is {operand} or more", nb="{subject} er {operand} eller mer"),
    "at_most": Text.of("{subject} is {operand} or less", nb="{subject} er {operand} eller mindre"),
    "below": Text.of("{subject} is less than {operand}", nb="{subject} er mindre enn {operand}"),
    "above": Text.of("{subject} is more than {operand}", nb="{subject} er mer enn {operand}"),
    "before": Text.of("{subject} is before {operand}", nb="{subject} er før {operand}"),
    "after": Text.of("{subject} is after {operand}", nb="{subject} er etter {operand}"),
    "below_question": Text.of("{subject} is lower than {operand}", nb="{subject} er lavere enn {operand}"),
    "above_question": Text.of("{subject} is higher than {operand}", nb="{subject} er høyere enn {operand}"),
}
_TICKED: Mapping[str, Text] = {
    "answer_in": Text.of("{operand} is ticked in {subject}", nb="{operand} er krysset av i {subject}"),
    "not_in": Text.of("{operand} is not ticked in {subject}", nb="{operand} ikke er krysset av i {subject}"),
    "missing_any": Text.of("{operand} is missing in {subject}", nb="{operand} mangler i {subject}"),
}


@dataclass(frozen=True, slots=True)
class _Setting:
    """Who is spoken of, and in which language."""

    types: Mapping[str, AnswerType]
    """By question, or by column where a row is spoken of."""
    names: Mapping[str, str]
    language: str

    def say(self, text: Text, **parts: str) -> str:
        """Return a text in the reader's language, with its parts filled in."""
        return text.in_language(self.language).format(**parts)

    def quote(self, words: str) -> str:
        """Return words between the quotation marks of the reader's language."""
        return self.say(_QUOTED, words=words)


def can_be_asked(condition: Condition | None, questionnaire: Questionnaire) -> bool:
    """Return whether a condition can hold for the supplier that the questionnaire is asked of."""
    return condition is None or condition.outlook(as_answers(questionnaire.facts or {})).can_hold


def in_words(condition: Condition | None, questionnaire: Questionnaire, language: str) -> str:
    """Return when a condition holds, as the end of "Asked if …"; nothing where it always does.

    What the facts of the supplier settle is left out, so that no fact is named.
    """
    if condition is None:
        return ""
    settled = _without_facts(condition, questionnaire)
    if settled is None:
        return ""
    types = {question.id: question.type for question in questionnaire.questions}
    return _say(settled, _Setting(types, {}, language))


def _without_facts(condition: Condition, questionnaire: Questionnaire) -> Condition | None:
    """Return what of a condition hangs on answers; None where nothing does."""
    known = as_answers(questionnaire.facts or {})
    outlook = condition.outlook(known)
    if not (outlook.can_hold and outlook.can_fail):
        return None
    if isinstance(condition, AllOf | AnyOf):
        parts = [found for part in condition.parts if (found := _without_facts(part, questionnaire))]
        return parts[0] if len(parts) == 1 else type(condition)(tuple(parts))
    if isinstance(condition, Not):
        inner = _without_facts(condition.condition, questionnaire)
        return Not(inner) if inner else None
    return condition


def _say(condition: Condition, setting: _Setting) -> str:
    return _WORDS[type(condition)](condition, setting)


def _all_of(condition: AllOf, setting: _Setting) -> str:
    return _joined(condition.parts, setting, _AND)


def _any_of(condition: AnyOf, setting: _Setting) -> str:
    return _joined(condition.parts, setting, _EITHER)


def _joined(parts: Sequence[Condition], setting: _Setting, joint: Text) -> str:
    said = [
        f"({_say(part, setting)})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else _say(part, setting)
        for part in parts
    ]
    return joint.in_language(setting.language).join(said)


def _not(condition: Not, setting: _Setting) -> str:
    if isinstance(condition.condition, Answered):
        return setting.say(_NOT_ANSWERED, subject=_subject(condition.condition.question, setting))
    return setting.say(_NOT, words=_say(condition.condition, setting))


def _answered(condition: Answered, setting: _Setting) -> str:
    return setting.say(_ANSWERED, subject=_subject(condition.question, setting))


def _comparison(condition: Comparison, setting: _Setting) -> str:
    kind = setting.types.get(condition.question)
    said = _TICKED if isinstance(kind, SeveralOf) else _SAID
    subject = _subject(condition.question, setting)
    if isinstance(condition.operand, Decimal):
        operand = number_in_words(condition.operand, setting.language)
    else:
        names = [setting.quote(_option(code, kind, setting.language)) for code in condition.operand]
        operand = setting.say(_OR).join(names)
    return setting.say(said[condition.operator], subject=subject, operand=operand)


def _date_comparison(condition: DateComparison, setting: _Setting) -> str:
    limit, language = condition.limit, setting.language
    operand = date_in_words(limit, language) if isinstance(limit, date) else _TODAY.in_language(language)
    return setting.say(_SAID[condition.operator], subject=_subject(condition.question, setting), operand=operand)


def _question_comparison(condition: QuestionComparison, setting: _Setting) -> str:
    operand = _subject(condition.other, setting)
    return setting.say(_SAID[condition.operator], subject=_subject(condition.question, setting), operand=operand)


def _some_row(condition: SomeRow, setting: _Setting) -> str:
    table = setting.types.get(condition.question)
    columns = table.columns if isinstance(table, Table) else ()
    row = _Setting(
        {column.id: column.type for column in columns},
        {column.id: setting.quote(column.text.in_language(setting.language)) for column in columns},
        setting.language,
    )
    return setting.say(_ROW, subject=_subject(condition.question, setting), words=_say(condition.row, row))


def _subject(question: str, setting: _Setting) -> str:
    return setting.names.get(question, question)


def _option(code: str, kind: AnswerType | None, language: str) -> str:
    if kind is None or code not in (kind.codes or ()):
        return code
    return kind.display([code] if isinstance(kind, SeveralOf) else code, language)


_WORDS: Mapping[type, Callable[[Any, _Setting], str]] = {
    AllOf: _all_of,
    AnyOf: _any_of,
    Not: _not,
    Answered: _answered,
    Comparison: _comparison,
    DateComparison: _date_comparison,
    QuestionComparison: _question_comparison,
    SomeRow: _some_row,
}
