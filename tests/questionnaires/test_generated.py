"""What must hold of every questionnaire and all answers: definitions and answers drawn at random."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from questionnaires import deviations, journey
from questionnaires.burden import burden
from questionnaires.carry_over import Mark, Offer, carried, marks
from questionnaires.facts import is_fact
from questionnaires.model import Questionnaire
from tests.questionnaires.generated import FACTS, Tree, answers_to, load, trees

DAY = date(2026, 11, 26)
QUICKLY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _draw(data: Any) -> tuple[Questionnaire, dict[str, Any]]:
    questionnaire = load(data.draw(trees())).asked_of(data.draw(FACTS))
    return questionnaire, data.draw(answers_to(questionnaire))


@given(data=some.data())
@QUICKLY
def test_the_way_ends_and_nothing_off_it_counts(data: Any) -> None:
    questionnaire, answers = _draw(data)
    way = journey.walk(questionnaire, answers)
    asked = {question.id for question in way.questions}
    assert {key.partition("#")[0] for key in way.counted} <= asked
    assert not any(is_fact(key) for key in way.counted)
    assert journey.counted(questionnaire, way.counted) == way.counted, "what counts counts again, and decides the same"
    visited, page = [], None
    while (page := journey.next_section(questionnaire, answers, page)) is not None:
        visited.append(page)
    assert visited == [one.section.id for one in way.sections], "page after page, each once, to the end"


@given(data=some.data())
@QUICKLY
def test_a_walk_asks_exactly_where_the_conditions_hold(data: Any) -> None:
    questionnaire, answers = _draw(data)
    way = journey.walk(questionnaire, answers)
    asked = {question.id for question in way.questions}
    for section in questionnaire.sections:
        page = section.ask_if is None or section.ask_if.holds(way.seen)
        for question in section.questions:
            assert (question.id in asked) == (page and (question.ask_if is None or question.ask_if.holds(way.seen)))


@given(data=some.data())
@QUICKLY
def test_findings_are_the_same_every_time_and_only_about_what_counts(data: Any) -> None:
    questionnaire, answers = _draw(data)
    found = deviations.find(questionnaire, answers, DAY)
    assert found == deviations.find(questionnaire, dict(reversed(answers.items())), DAY)
    assert found == deviations.find(questionnaire, journey.counted(questionnaire, answers), DAY)
    asked = {question.id for question in journey.walk(questionnaire, answers).questions}
    assert {finding.question.id for finding in found} <= asked
    assert [finding.severity.rank for finding in found] == sorted(finding.severity.rank for finding in found)
    assert deviations.replay(questionnaire, questionnaire, answers, DAY).same == found


@given(data=some.data())
@QUICKLY
def test_progress_never_promises_more_than_is_missing(data: Any) -> None:
    questionnaire, answers = _draw(data)
    found = journey.progress(questionnaire, answers)
    assert found.is_complete == (not journey.missing(questionnaire, answers))
    assert 0 <= found.required_answered <= found.required <= found.asked
    assert found.answered <= found.asked
    bounds = burden(questionnaire)
    assert bounds.least_questions <= found.asked <= bounds.most_questions


@given(data=some.data())
@QUICKLY
def test_what_is_signed_can_be_walked_again_from_itself(data: Any) -> None:
    questionnaire, answers = _draw(data)
    signed = json.loads(journey.canonical(questionnaire, answers))
    again = questionnaire.asked_of(signed.get("facts", {}))
    assert journey.canonical(again, signed["answers"]) == journey.canonical(questionnaire, answers)


def _next_year(tree: Tree, changes: dict[str, str]) -> Tree:
    """Return the tree as next year's edition, some questions changed in words or in meaning."""
    later = copy.deepcopy(tree)
    later["edition"] = "2027-1"
    for section in later["sections"]:
        for question in section["questions"]:
            if mark := changes.get(question["id"]):
                question |= {"text": "Another text?", "changed": mark}
    return later


@given(data=some.data())
@QUICKLY
def test_carrying_over_never_invents_an_answer(data: Any) -> None:
    tree = data.draw(trees())
    before = load(tree).asked_of(data.draw(FACTS))
    ids = [question.id for question in before.questions]
    changes = data.draw(some.dictionaries(some.sampled_from(ids), some.sampled_from(["wording", "meaning"])))
    after = load(_next_year(tree, changes), "drawn/2027-1").asked_of(data.draw(FACTS))
    given_then = journey.counted(before, data.draw(answers_to(before)))
    earlier = carried((before, after), given_then, DAY)
    for question, one in earlier.items():
        assert one.value == given_then[question]
        assert one.comment == given_then.get(f"{question}#comment", "")
        assert one.offer is Offer.BESIDE or changes.get(question) != "meaning"
    assert marks(after, earlier, {}) == {}
    now = journey.counted(after, data.draw(answers_to(after)))
    for question, mark in marks(after, earlier, now).items():
        assert question in now
        if mark is Mark.CONFIRMED:
            assert now[question] == given_then[question]
