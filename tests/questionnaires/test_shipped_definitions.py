"""Every shipped definition is a test case: complete in each language, nothing in it out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
import yaml

from questionnaires import deviations, journey
from questionnaires.catalogue import DEFINITIONS, LOCK_NAME, Catalogue, read_lock
from questionnaires.conditions import AllOf, Condition
from questionnaires.deviations import Finding
from questionnaires.facts import as_answers, is_fact, name_of
from questionnaires.model import DeviationRule, Question, Questionnaire, Raised, Section
from tests.meeting_conditions import TODAY, Given, Types, example, meeting, types_of_facts

CATALOGUE = Catalogue.load()
ALL = CATALOGUE.all()
SHIPPED = [pytest.param(one, id=one.name) for one in ALL]
QUESTIONS = [pytest.param(one, question, id=f"{one.key}:{question.id}") for one in ALL for question in one.questions]
EVERY_RULE = [
    (one, rule)
    for one in ALL
    for rule in [*(rule for question in one.questions for rule in question.deviations), *one.rules]
]
RULES = [pytest.param(one, rule, id=rule.id) for one, rule in EVERY_RULE]
RAISES = [
    pytest.param(one, rule, raised, id=f"{rule.id} to {raised.to}")
    for one, rule in EVERY_RULE
    for raised in rule.raised
]
MISGIVINGS = {"partly", "not_known", "not_asked", "not_looked", "not_compared"}
"""Answers that say neither yes nor no."""


@cache
def _types(edition: str) -> Types:
    questions = CATALOGUE.find(*edition.split("/")).questions
    return {**types_of_facts(), **{question.id: question.type for question in questions}}


@cache
def _section_of(edition: str, question_id: str) -> Section:
    sections = CATALOGUE.find(*edition.split("/")).sections
    return next(one for one in sections if any(each.id == question_id for each in one.questions))


def _asked_if(questionnaire: Questionnaire, question_ids: set[str]) -> list[Condition]:
    """Return all that must hold for the questions to be asked, from the first one on."""
    found: list[Condition] = []
    for question in questionnaire.questions:
        if question.id in question_ids:
            own = [_section_of(questionnaire.name, question.id).ask_if, question.ask_if]
            hangs_on = {name for condition in own if condition for name in condition.mentions() if not is_fact(name)}
            found += [*_asked_if(questionnaire, hangs_on), *(condition for condition in own if condition)]
    return found


def _bound(questionnaire: Questionnaire, given: Given) -> Questionnaire:
    return questionnaire.asked_of({name_of(key): value for key, value in given.items() if is_fact(key)})


def _full_answers(questionnaire: Questionnaire, given: Given) -> Given:
    """Answer every question that is asked, as given where an answer is given."""
    seen: Given = dict(as_answers(questionnaire.facts or {}))
    for question in questionnaire.questions:
        conditions = (_section_of(questionnaire.name, question.id).ask_if, question.ask_if)
        if all(condition is None or condition.holds(seen) for condition in conditions):
            value = given[question.id] if question.id in given else example(question.given(seen).type)
            seen |= {question.id: value} if value is not None else {}
            seen |= {question.comment_key: "Words"} if question.comment else {}
    return {key: value for key, value in seen.items() if not is_fact(key)}


def _found(questionnaire: Questionnaire, rule: DeviationRule, *more: Condition) -> Iterator[Finding]:
    """Yield what the rule finds, in each way in which it can find something."""
    mentioned = {name for condition in (rule.when, *more) for name in condition.mentions() if not is_fact(name)}
    conditions = [*_asked_if(questionnaire, {*rule.about, *mentioned}), rule.when, *more]
    for way in meeting(AllOf(tuple(conditions)), _types(questionnaire.name)):
        bound = _bound(questionnaire, way)
        found = deviations.find(bound, _full_answers(bound, way), TODAY)
        yield from (finding for finding in found if finding.rule == rule.id)


@pytest.mark.parametrize("questionnaire", SHIPPED)
def test_a_shipped_edition_is_in_english_and_bokmaal_and_published(questionnaire: Questionnaire) -> None:
    assert questionnaire.languages == ("en", "nb")
    assert questionnaire.gaps == ()
    assert questionnaire.title.in_language("nb") != questionnaire.title.in_language("en")
    assert read_lock(DEFINITIONS.parent / LOCK_NAME)[questionnaire.name] == questionnaire.digest


def test_the_ten_questionnaires_of_the_portal_are_shipped() -> None:
    assert CATALOGUE.keys() == (
        "code-of-conduct",
        "conflict-minerals",
        "csr-self-assessment",
        "environment",
        "framework-agreement-status",
        "human-material",
        "human-rights",
        "human-rights-short",
        "no-known-breach",
        "wages-and-working-conditions",
    )


@pytest.mark.parametrize(("questionnaire", "question"), QUESTIONS)
def test_every_question_can_be_reached(questionnaire: Questionnaire, question: Question) -> None:
    asked = AllOf(tuple(_asked_if(questionnaire, {question.id})))
    for way in meeting(asked, _types(questionnaire.name)):
        bound = _bound(questionnaire, way)
        answers = _full_answers(bound, way)
        if question.id in answers:
            assert journey.missing(bound, answers) == ()
            assert journey.canonical(bound, answers)
            return
    pytest.fail(f"no answers lead to {question.id}")


@pytest.mark.parametrize(("questionnaire", "rule"), RULES)
def test_every_rule_can_be_the_one_that_counts(questionnaire: Questionnaire, rule: DeviationRule) -> None:
    severities = {finding.severity for finding in _found(questionnaire, rule)}
    assert rule.severity in severities, f"no answers lead to {rule.id}"


@pytest.mark.parametrize(("questionnaire", "rule", "raised"), RAISES)
def test_every_raise_can_be_the_one_that_counts(
    questionnaire: Questionnaire, rule: DeviationRule, raised: Raised
) -> None:
    found = _found(questionnaire, rule, raised.when)
    assert any(finding.severity is raised.to for finding in found), f"nothing raises {rule.id} to {raised.to}"


@pytest.mark.parametrize(("questionnaire", "question"), QUESTIONS)
def test_example_answers_fit_their_questions_and_read_well(questionnaire: Questionnaire, question: Question) -> None:
    del questionnaire
    value = example(question.type)
    question.type.check(value)
    question.type.check_on(value, TODAY)
    assert question.type.display(value, "nb")
    assert question.type.parse(question.type.field_values(value)) == value


@pytest.mark.parametrize(("questionnaire", "question"), QUESTIONS)
def test_documents_are_taken_where_a_paper_is_named_and_counted_with_the_answer(
    questionnaire: Questionnaire, question: Question
) -> None:
    if question.documents is None:
        return
    assert question.evidence, "the supplier is not told which paper is meant"
    way = next(meeting(AllOf(tuple(_asked_if(questionnaire, {question.id}))), _types(questionnaire.name)))
    bound = _bound(questionnaire, way)
    paper = example(question.documents)
    question.documents.check(paper)
    answers = {**_full_answers(bound, way), question.documents_key: paper}
    assert journey.counted(bound, answers)[question.documents_key] == paper


@pytest.mark.parametrize(("questionnaire", "question"), QUESTIONS)
def test_what_is_neither_yes_nor_no_is_never_passed_over(questionnaire: Questionnaire, question: Question) -> None:
    del questionnaire
    for code in MISGIVINGS & set(question.type.codes or ()):
        assert question.comment, f"{code} is not followed up"
        assert question.comment.required, f"{code} is not followed up"
        assert question.comment.is_asked(code), f"{code} is not followed up"


@pytest.mark.parametrize("questionnaire", SHIPPED)
def test_no_english_sentence_is_left_among_the_norwegian_ones(questionnaire: Questionnaire) -> None:
    words = str(yaml.safe_load(questionnaire.source["nb.yaml"])).casefold().split()
    assert not {"the", "and", "you", "your", "company", "supplier", "yes", "please"} & set(words)
