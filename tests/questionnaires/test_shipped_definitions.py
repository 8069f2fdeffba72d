"""Every shipped definition is a test case: complete in each language, nothing in it out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache, singledispatch
from itertools import product

import pytest

from questionnaires import deviations, journey
from questionnaires.answers import AnswerType, SeveralOf, Table
from questionnaires.catalogue import DEFINITIONS, LOCK_NAME, Catalogue, read_lock
from questionnaires.conditions import (
    OPERATORS,
    AllOf,
    Answered,
    AnyOf,
    Comparison,
    Condition,
    Not,
    QuestionComparison,
    SomeRow,
)
from questionnaires.model import DeviationRule, Question, Questionnaire, Section
from questionnaires.values import Value

Given = dict[str, Value]
Types = dict[str, AnswerType]

CATALOGUE = Catalogue.load()
SHIPPED = [pytest.param(one, id=one.name) for one in CATALOGUE.all()]
QUESTIONS = [
    pytest.param(one, section, question, id=f"{one.key}:{question.id}")
    for one in CATALOGUE.all()
    for section in one.sections
    for question in section.questions
]
RULES = [
    pytest.param(one, section, question, rule, id=rule.id)
    for one in CATALOGUE.all()
    for section in one.sections
    for question in section.questions
    for rule in question.deviations
]

DAY = date(2026, 11, 26)
FILE = {"sha256": "0" * 64, "name": "cmrt.xlsx", "size": 1}
NUMBERS = {"at_least": 0, "at_most": 0, "below": -1, "above": 1}


def _example(answer_type: AnswerType) -> Value:
    """Return some canonical answer of the type."""
    if answer_type.codes:
        return [answer_type.codes[0]] if isinstance(answer_type, SeveralOf) else answer_type.codes[0]
    if isinstance(answer_type, Table):
        return [{column.id: _example(column.type) for column in answer_type.columns}]
    if answer_type.name == "file":
        return [{**FILE, "media_type": min(answer_type.media_types)}]  # type: ignore[attr-defined]
    plain: Given = {
        "acknowledgement": True,
        "whole_number": 40,
        "percentage": "40",
        "decimal": "40",
        "date": "2026-11-21",
    }
    return plain.get(answer_type.name, "Words")


def _compared(comparison: Comparison, answer_type: AnswerType) -> Iterator[Value]:
    """Yield answers for which the comparison is true."""
    candidates: list[Value] = []
    if isinstance(comparison.operand, Decimal):
        number = int(comparison.operand) + NUMBERS[comparison.operator]
        candidates.append(number if answer_type.name == "whole_number" else str(number))
    elif isinstance(answer_type, SeveralOf):
        codes = [option.code for option in answer_type.options if not option.exclusive]
        candidates += [[code] for code in answer_type.codes]
        candidates += [[code for code in codes if code != left_out] for left_out in codes]
    else:
        candidates += answer_type.codes or ()
    yield from (value for value in candidates if OPERATORS[comparison.operator](value, comparison.operand))


@singledispatch
def _ways(condition: object, types: Types) -> Iterator[Given]:
    """Yield sets of answers that meet the condition; None as an answer stands for none given."""
    pytest.fail(f"no way known to meet {condition}")


@_ways.register
def _(condition: Comparison, types: Types) -> Iterator[Given]:
    for value in _compared(condition, types[condition.question]):
        yield {condition.question: value}


@_ways.register
def _(condition: Answered, types: Types) -> Iterator[Given]:
    yield {condition.question: _example(types[condition.question])}


@_ways.register
def _(condition: AllOf, types: Types) -> Iterator[Given]:
    for ways in product(*(list(_ways(part, types)) for part in condition.parts)):
        yield {question: value for way in ways for question, value in way.items()}


@_ways.register
def _(condition: AnyOf, types: Types) -> Iterator[Given]:
    for part in condition.parts:
        yield from _ways(part, types)


@_ways.register
def _(condition: Not, types: Types) -> Iterator[Given]:
    for question in condition.mentions():
        yield {question: None}


@_ways.register
def _(condition: QuestionComparison, types: Types) -> Iterator[Given]:
    low, high = (1, 2) if types[condition.question].name == "whole_number" else ("1", "2")
    if condition.operator == "above_question":
        low, high = high, low
    yield {condition.question: low, condition.other: high}


@_ways.register
def _(condition: SomeRow, types: Types) -> Iterator[Given]:
    table = types[condition.question]
    assert isinstance(table, Table)
    cells = {column.id: column.type for column in table.columns}
    for number, way in product((40, 0), _ways(condition.row, cells)):
        row = {column: number if kind.name == "whole_number" else _example(kind) for column, kind in cells.items()}
        for column, kind in cells.items():
            row[column] = kind.codes[-1] if kind.name == "one_of" and kind.codes else row[column]
        row |= way
        yield {condition.question: [{column: value for column, value in row.items() if value is not None}]}


@cache
def _types(questionnaire: Questionnaire) -> Types:
    return {question.id: question.type for question in questionnaire.questions}


def _holds(condition: Condition | None, given: Given) -> bool:
    return condition is None or condition.holds(given)


def _full_answers(questionnaire: Questionnaire, wanted: Given) -> Given:
    """Answer every question that is asked, as wanted where something is wanted."""
    answers: Given = {}
    for section in questionnaire.sections:
        for question in section.questions:
            if _holds(section.ask_if, answers) and _holds(question.ask_if, answers):
                value = wanted[question.id] if question.id in wanted else _example(question.type)
                answers |= {question.id: value} if value is not None else {}
                answers |= {question.comment_key: "Words"} if question.comment else {}
    return answers


def _routes(questionnaire: Questionnaire, section: Section, question: Question) -> Iterator[Given]:
    """Yield wanted answers under which the question is asked, what it hangs on met from the first on."""
    conditions = [section.ask_if, question.ask_if]
    hangs_on = {name for condition in conditions if condition for name in condition.mentions()}
    for before in questionnaire.sections:
        for other in before.questions:
            if other.id in hangs_on:
                conditions += [before.ask_if, other.ask_if]
    asked = AllOf(tuple(condition for condition in conditions if condition))
    for way in _ways(asked, _types(questionnaire)):
        if asked.holds(way):
            yield way


@pytest.mark.parametrize("questionnaire", SHIPPED)
def test_a_shipped_edition_is_in_english_and_bokmaal_and_published(questionnaire: Questionnaire) -> None:
    assert questionnaire.languages == ("en", "nb")
    assert questionnaire.title.in_language("nb") != questionnaire.title.in_language("en")
    assert read_lock(DEFINITIONS.parent / LOCK_NAME)[questionnaire.name] == questionnaire.digest


def test_the_three_questionnaires_of_the_portal_are_shipped() -> None:
    assert CATALOGUE.keys() == ("code-of-conduct", "conflict-minerals", "human-rights")


@pytest.mark.parametrize(("questionnaire", "section", "question"), QUESTIONS)
def test_every_question_can_be_reached(questionnaire: Questionnaire, section: Section, question: Question) -> None:
    for wanted in _routes(questionnaire, section, question):
        answers = _full_answers(questionnaire, wanted)
        if question.id in answers:
            assert journey.missing(questionnaire, answers) == ()
            assert journey.canonical(questionnaire, answers)
            return
    pytest.fail(f"no answers lead to {question.id}")


@pytest.mark.parametrize(("questionnaire", "section", "question", "rule"), RULES)
def test_every_rule_can_be_the_one_that_counts(
    questionnaire: Questionnaire, section: Section, question: Question, rule: DeviationRule
) -> None:
    for route in _routes(questionnaire, section, question):
        for way in _ways(rule.when, _types(questionnaire)):
            answers = _full_answers(questionnaire, {**route, **way})
            if rule.id in {finding.rule for finding in deviations.find(questionnaire, answers, DAY)}:
                return
    pytest.fail(f"no answers lead to {rule.id}")


@pytest.mark.parametrize(("questionnaire", "section", "question"), QUESTIONS)
def test_example_answers_fit_their_questions_and_read_well(
    questionnaire: Questionnaire, section: Section, question: Question
) -> None:
    value = _example(question.type)
    question.type.check(value)
    assert question.type.display(value, "nb")
    assert question.type.parse(question.type.field_values(value)) == value
