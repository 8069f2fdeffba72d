"""The way through a questionnaire: answers count only while their question is asked."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from questionnaires import journey
from questionnaires.errors import UnknownQuestion
from questionnaires.journey import Lack, Missing, Progress
from questionnaires.model import Questionnaire
from questionnaires.values import Value

Tiny = Callable[[str], Questionnaire]


def _asked(questionnaire: Questionnaire, answers: dict[str, Value]) -> set[str]:
    sections = journey.asked_sections(questionnaire, answers)
    return {question.id for asked in sections for question in asked.questions}


@pytest.mark.parametrize(
    ("question", "answers", "asked"),
    [
        ("A-contract", {}, False),
        ("A-contract", {"A-agency": "yes"}, True),
        ("A-contract", {"A-agency": "no"}, False),
        ("A-board", {"A-workers": 49}, False),
        ("A-board", {"A-workers": 50}, True),
        ("A-board", {}, False),
        ("A-both", {"A-agency": "yes", "A-workers": 5}, True),
        ("A-both", {"A-agency": "yes"}, False),
        ("A-both", {"A-agency": "yes", "A-workers": 50}, False),
        ("A-either", {"A-agency": "yes"}, True),
        ("A-either", {"A-workers": 51}, True),
        ("A-either", {"A-workers": 50}, False),
        ("A-turned", {}, True),
        ("A-turned", {"A-agency": "no"}, True),
        ("A-turned", {"A-agency": "yes"}, False),
        ("A-given", {"A-workers": 0}, True),
        ("A-given", {}, False),
        ("A-between", {"A-workers": 10}, True),
        ("A-between", {"A-workers": 20}, True),
        ("A-between", {"A-workers": 21}, False),
        ("A-between", {}, False),
    ],
)
def test_a_question_is_asked_when_its_condition_holds(
    tiny: Tiny, question: str, answers: dict[str, Value], asked: bool
) -> None:
    assert (question in _asked(tiny("asking"), answers)) is asked


def test_an_answer_to_a_question_that_is_no_longer_asked_asks_nothing_further(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"A-agency": "no", "A-contract": "no", "A-why": "Because"}
    assert "A-why" not in _asked(tiny("asking"), answers)
    assert journey.counted(tiny("asking"), answers) == {"A-agency": "no"}


def test_a_section_without_questions_to_ask_is_left_out(tiny: Tiny) -> None:
    sections = journey.asked_sections(tiny("asking"), {"A-workers": 5})
    assert [asked.section.id for asked in sections] == ["first", "last"]


@pytest.mark.parametrize(
    ("answers", "after", "next_one"),
    [
        ({}, None, "first"),
        ({}, "first", "last"),
        ({"A-workers": 80}, "first", "large"),
        ({}, "large", "last"),
        ({}, "last", None),
    ],
)
def test_the_next_page_is_the_next_section_that_is_asked(
    tiny: Tiny, answers: dict[str, Value], after: str | None, next_one: str | None
) -> None:
    assert journey.next_section(tiny("asking"), answers, after) == next_one


def test_there_is_no_page_after_one_that_does_not_exist(tiny: Tiny) -> None:
    with pytest.raises(UnknownQuestion, match="asking/2026-1 has no section nowhere"):
        journey.next_section(tiny("asking"), {}, "nowhere")


def test_what_is_required_asked_and_unanswered_is_missing(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"A-agency": "yes", "A-workers": 80}
    assert journey.missing(tiny("asking"), answers) == (
        Missing("first", "A-contract"),
        Missing("large", "A-board"),
    )


def test_progress_counts_what_is_asked(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"A-agency": "yes", "A-workers": 5, "A-why": "not asked"}
    found = journey.progress(tiny("asking"), answers)
    assert found == Progress(answered=2, required=2, required_answered=1, asked=6)
    assert not found.is_complete
    assert journey.progress(tiny("asking"), {**answers, "A-contract": "yes"}).is_complete


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, (Missing("all", "C-must"),)),
        ({"C-must": "yes"}, ()),
        ({"C-must": "no"}, (Missing("all", "C-must", Lack.COMMENT),)),
        ({"C-must": "no", "C-must#comment": "A date"}, ()),
    ],
)
def test_a_comment_is_missing_where_the_answer_calls_for_it(
    tiny: Tiny, answers: dict[str, Value], missing: tuple[Missing, ...]
) -> None:
    assert journey.missing(tiny("commenting"), answers) == missing
    assert journey.progress(tiny("commenting"), answers).is_complete is (not missing)


def test_a_comment_counts_only_while_it_is_asked_for(tiny: Tiny) -> None:
    kept: dict[str, Value] = {"C-must": "yes", "C-must#comment": "old", "C-may#comment": "always open"}
    assert journey.counted(tiny("commenting"), kept) == {"C-must": "yes", "C-may#comment": "always open"}


def test_a_section_is_repeated_for_each_option_but_the_exclusive_one(tiny: Tiny) -> None:
    questionnaire = tiny("repeating")
    assert [section.id for section in questionnaire.sections] == ["scope", "metal-tin", "metal-gold", "after"]
    assert questionnaire.section("metal-gold").title.in_language("nb") == "Gull"
    assert questionnaire.question("R-source-tin").text.in_language("en") == "Tin: where from?"
    source = questionnaire.question("R-source-gold").type
    assert source.display("mine", "nb") == "Gruve for Gull"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, {"R-metals"}),
        ({"R-metals": ["none"]}, {"R-metals"}),
        ({"R-metals": ["tin"]}, {"R-metals", "R-source-tin"}),
        (
            {"R-metals": ["tin", "gold"], "R-source-tin": "mine"},
            {"R-metals", "R-source-tin", "R-audit-tin", "R-source-gold"},
        ),
        (
            {"R-metals": ["gold"], "R-source-gold": "mine", "R-source-tin": "mine"},
            {"R-metals", "R-source-gold", "R-audit-gold", "R-gold"},
        ),
    ],
)
def test_a_repeated_section_is_asked_for_what_was_ticked(
    tiny: Tiny, answers: dict[str, Value], asked: set[str]
) -> None:
    assert _asked(tiny("repeating"), answers) == asked


def test_the_canonical_bytes_hold_what_counts_whatever_the_order_it_was_given_in(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"A-workers": 5, "A-agency": "no", "A-why": "not asked"}
    found = journey.canonical(tiny("asking"), answers)
    assert found == journey.canonical(tiny("asking"), dict(reversed(answers.items())))
    assert found == (b'{"answers":{"A-agency":"no","A-workers":5},"edition":"2026-1","questionnaire":"asking"}')
    assert json.loads(found)["answers"] == journey.counted(tiny("asking"), answers)
