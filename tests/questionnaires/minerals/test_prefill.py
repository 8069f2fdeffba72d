"""What a workbook says about a questionnaire's answers, and what is left of a report for the buyer."""

from __future__ import annotations

from typing import Any

import pytest

from questionnaires.answers import OneOf, SeveralOf
from questionnaires.catalogue import Catalogue
from questionnaires.minerals.grouping import MISSING, groups_of, unexplained
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Asked, Kind, Mineral, Workbook
from questionnaires.minerals.prefill import (
    Said,
    answer_by,
    contradictions,
    file_question,
    proposals,
    said_from_json,
    what_it_says,
)
from questionnaires.minerals.reading import read
from questionnaires.minerals.report import check
from questionnaires.model import Severity
from tests.questionnaires.minerals.workbooks import build

KEY = "conflict-minerals"
QUESTIONNAIRE = Catalogue.load().newest(KEY)
ASKED = frozenset(question.id for question in QUESTIONNAIRE.questions)


def said(**changes: Any) -> dict[str, Said]:
    found = what_it_says(KEY, read(build(**changes)))
    return {one.question + (f"/{one.option}" if one.option else ""): one for one in found}


def test_every_link_names_a_question_and_answers_that_there_are() -> None:
    taken = file_question(KEY)
    assert taken
    assert QUESTIONNAIRE.question(taken).type.name == "file"
    everything = said() | said(kind=Kind.EMRT, version="2.1", minerals=[Mineral.COBALT, Mineral.MICA])
    everything |= said(answers=dict.fromkeys(Asked, "Unknown") | {Asked.USED: "Yes", Asked.COVERED_COUNTRIES: "Yes"})
    for one in everything.values():
        kind = QUESTIONNAIRE.question(one.question).type
        if isinstance(kind, OneOf | SeveralOf):
            assert {option.code for option in kind.options} >= {*one.agree, *([one.option] if one.option else [])}
        if one.only is not None:
            kind.check(one.only)
    assert {"TG-01/cobalt", "TG-01/gold", "TG-06-mica", "TG-08"} <= everything.keys()


def test_what_is_said_survives_being_kept() -> None:
    for one in said().values():
        assert said_from_json(one.as_json()) == one


@pytest.mark.parametrize(
    ("answers", "question", "only"),
    [
        ({}, "TG-02-tin", "no"),
        ({Asked.COVERED_COUNTRIES: "Yes"}, "TG-02-tin", None),
        ({Asked.COVERAGE: 1}, "TG-05-tin", "100"),
        ({Asked.COVERAGE: "Greater than 75%"}, "TG-05-tin", None),
        ({Asked.HIGH_RISK_AREAS: "Unknown"}, "TG-03-tin", "not_known"),
    ],
)
def test_only_what_the_workbook_can_tell_is_proposed(answers: Any, question: str, only: Any) -> None:
    found = said(answers=answers)
    assert found[question].only == only
    assert (question in proposals(found.values(), {}, ASKED)) is (only is not None)


def test_a_high_risk_area_is_not_another_one_where_the_covered_countries_are_not_ruled_out() -> None:
    assert "TG-03-tin" not in said(answers={Asked.COVERED_COUNTRIES: "Yes", Asked.HIGH_RISK_AREAS: "Yes"})
    assert said(answers={Asked.HIGH_RISK_AREAS: "Yes"})["TG-03-tin"].agree == (
        "yes_with_measures",
        "yes_without_measures",
    )


def test_nothing_is_said_of_a_mineral_that_is_not_used() -> None:
    found = said(answers={(Asked.USED, Mineral.GOLD): "No"})
    assert not found["TG-01/gold"].ticked
    assert "TG-04-gold" not in found


def test_answers_that_do_not_agree_are_contradictions() -> None:
    found = said(answers={Asked.COVERAGE: "Greater than 75%", (Asked.USED, Mineral.GOLD): "No"}).values()
    answers: dict[str, Any] = {"TG-01": ["tin", "gold"], "TG-05-tin": "95", "TG-06-tin": "yes", "TG-04-tin": "yes"}
    assert {(one.said.question, one.said.option) for one in contradictions(found, answers, ASKED)} == {
        ("TG-01", "tantalum"), ("TG-01", "tungsten"), ("TG-01", "gold"), ("TG-04-tin", ""), ("TG-05-tin", ""),
    }  # fmt: skip
    assert contradictions(found, {"TG-05-tin": "80"}, ASKED) == ()


def test_of_two_workbooks_it_is_enough_that_one_agrees() -> None:
    both = [*said().values(), *said(answers={Asked.RECYCLED: "Yes"}).values()]
    assert contradictions(both, {"TG-04-tin": "yes"}, ASKED) == ()
    assert "TG-04-tin" not in proposals(both, {}, ASKED)


def test_ticks_are_set_right_and_others_stay() -> None:
    found = said(answers={(Asked.USED, Mineral.GOLD): "No"}).values()
    ticks = QUESTIONNAIRE.question("TG-01")
    assert answer_by(found, ticks, {"TG-01": ["gold", "mica"]}) == ["tin", "tantalum", "tungsten", "mica"]
    assert answer_by(found, ticks, {"TG-01": ["none"]}) == ["tin", "tantalum", "tungsten"]


def report(workbook: Workbook) -> dict[str, Any]:
    return check(workbook, Known()).as_json()


def test_findings_are_folded_by_what_is_wrong_and_none_is_told_twice() -> None:
    found = groups_of(report(read(build(smelters=[], company={"contact_name": None, "authorizer_name": None}))))
    by_code = {group.code: group for group in found}
    assert (len(by_code[MISSING].cells), len(by_code["M1a"].cells)) == (2, 4)
    assert (by_code["M1a"].severity, by_code[MISSING].severity) == (Severity.MAJOR, Severity.MODERATE)
    assert set(unexplained(found, {"M1a": "We are asking."})) == {MISSING}
