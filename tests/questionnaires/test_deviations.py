"""Deviations: each form of a rule, the first that holds, the most serious first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from questionnaires import deviations
from questionnaires.model import Questionnaire, Severity
from questionnaires.values import Value

Tiny = Callable[[str], Questionnaire]
DAY = date(2026, 11, 26)


def _rules(questionnaire: Questionnaire, answers: dict[str, Value]) -> list[str]:
    given: dict[str, Value] = {"D-name": "Kari", **answers}
    return [finding.rule.split(":")[1] for finding in deviations.find(questionnaire, given, on=DAY)]


@pytest.mark.parametrize(
    ("answers", "rules"),
    [
        ({}, []),
        ({"D-plan": "yes"}, []),
        ({"D-plan": "no"}, ["D-plan"]),
        ({"D-plan": "partly"}, ["D-plan.2"]),
        ({"D-age": 14}, ["D-age"]),
        ({"D-age": 15}, []),
        ({"D-age": 15, "D-night": "yes"}, ["D-age.2"]),
        ({"D-age": 14, "D-night": "yes"}, ["D-age"]),
        ({"D-age": 18, "D-night": "yes"}, []),
        ({"D-hours": 60}, []),
        ({"D-hours": 61}, ["D-hours"]),
        ({"D-exits": ["exits", "drill"]}, []),
        ({"D-exits": ["exits"]}, ["D-exits.2"]),
        ({"D-exits": ["drill"]}, ["D-exits"]),
        ({"D-exits": ["none"]}, ["D-exits"]),
        ({"D-name": None}, ["D-name"]),
        ({"D-pay": [{"lowest": "9.5", "minimum": "10"}]}, ["D-pay"]),
        ({"D-pay": [{"lowest": "10", "minimum": "10"}]}, []),
        ({"D-pay": [{"lowest": "9"}, {"minimum": "10"}]}, []),
        ({"D-pay": [{"deaths": 1, "changed": "All"}, {"deaths": 0}]}, []),
        ({"D-pay": [{"deaths": 1, "changed": "All"}, {"deaths": 2}]}, ["D-pay.2"]),
        ({"D-pay": [{"country": "NO"}, {"country": "KP"}]}, ["D-pay.3"]),
    ],
)
def test_a_rule_finds_what_deviates_and_nothing_else(tiny: Tiny, answers: dict[str, Value], rules: list[str]) -> None:
    assert _rules(tiny("deviating"), answers) == rules


def test_the_most_serious_comes_first_and_then_the_order_of_the_questions(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"D-hours": 70, "D-plan": "partly", "D-exits": ["none"], "D-age": 12}
    found = deviations.find(tiny("deviating"), answers, on=DAY)
    assert [(finding.severity, finding.question.id) for finding in found] == [
        (Severity.ZERO_TOLERANCE, "D-age"),
        (Severity.ZERO_TOLERANCE, "D-exits"),
        (Severity.MAJOR, "D-hours"),
        (Severity.MINOR, "D-plan"),
        (Severity.MINOR, "D-name"),
    ]
    assert found == deviations.find(tiny("deviating"), dict(reversed(answers.items())), on=DAY)


def test_a_finding_names_its_rule_and_says_why_in_the_readers_language(tiny: Tiny) -> None:
    finding = deviations.find(tiny("deviating"), {"D-name": "Kari", "D-age": 12}, on=DAY)[0]
    assert finding.rule == "deviating/2026-1:D-age"
    assert finding.sentence.in_language("nb") == "Et barn arbeider her."


def test_in_a_repeated_section_a_rule_looks_at_its_own_repetition_and_names_it(tiny: Tiny) -> None:
    answers: dict[str, Value] = {
        "R-metals": ["tin", "gold"],
        "R-source-tin": "mine",
        "R-audit-tin": "yes",
        "R-source-gold": "mine",
        "R-audit-gold": "no",
    }
    found = deviations.find(tiny("repeating"), answers, on=DAY)
    assert [finding.rule for finding in found] == ["repeating/2026-1:R-source-gold"]
    assert found[0].sentence.in_language("nb") == "Gull: fra en gruve uten revisjon."


def test_an_answer_that_no_longer_counts_cannot_deviate(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"R-metals": ["tin"], "R-source-gold": "mine", "R-audit-gold": "no"}
    assert deviations.find(tiny("repeating"), answers, on=DAY) == ()


def test_severities_rank_from_the_most_serious() -> None:
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3]
    assert Severity("zero_tolerance").rank < Severity("minor").rank
