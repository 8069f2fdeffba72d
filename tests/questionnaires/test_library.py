"""The library: what suppliers answer to each questionnaire, and what the buyer then reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from questionnaires import deviations, journey
from questionnaires.burden import burden
from questionnaires.catalogue import Catalogue
from questionnaires.facts import Facts, as_answers
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Value
from tests.meeting_conditions import TODAY

CATALOGUE = Catalogue.load()
Case = dict[str, Any]


def _cases(key: str) -> list[Case]:
    """Return the cases of a questionnaire, each that is like an earlier one filled in with its answers."""
    found: dict[str, Case] = {}
    for case in yaml.safe_load((Path(__file__).parent / "library" / f"{key}.yaml").read_text("utf-8")):
        alike = found[case["like"]]["answers"] if "like" in case else {}
        found[case["who"]] = {**case, "answers": {**alike, **case["answers"]}}
    return list(found.values())


HR_SHORT = ("01", "05", "06", "10", "11", "12", "18", "22", "30", "34", "37", "44", "46")
BANK = {
    "human-rights": ("HR", 46),
    "wages-and-working-conditions": ("WL", 23),
    "environment": ("EN", 14),
    "conflict-minerals": ("TG", 10),
}
"""How the question bank numbers its questions, and how many there are of each subject."""
PER_MINERAL = frozenset(f"TG-0{number}" for number in range(2, 8))
"""Asked once for each mineral: TG-02 of the bank is TG-02-tin, TG-02-gold and so on."""
SIZES = {
    "csr-self-assessment": range(25, 36),
    "framework-agreement-status": range(8, 13),
    "human-material": range(10, 15),
    "human-rights-short": range(13, 14),
    "no-known-breach": range(3, 6),
}

KEYS = CATALOGUE.keys()
CASES = [pytest.param(key, case, id=f"{key}: {case['who']}") for key in KEYS for case in _cases(key)]


def _answered(questionnaire: Questionnaire, case: Case) -> dict[str, Value]:
    """Return the case's answers with words wherever a comment is called for."""
    given = {name: value for name, value in case["answers"].items() if value is not None}
    comments = {
        question.comment_key: "Words"
        for question in questionnaire.questions
        if question.comment and question.comment.is_asked(given.get(question.id))
    }
    return {**given, **comments}


@pytest.mark.parametrize(("key", "case"), CASES)
def test_the_buyer_reads_what_is_wrong_the_gravest_first(key: str, case: Case) -> None:
    questionnaire = CATALOGUE.newest(key).asked_of(case.get("facts", {}))
    answers = _answered(questionnaire, case)
    for asked in journey.walk(questionnaire, answers).questions:
        if asked.id in answers:
            asked.type.check(answers[asked.id])
    assert journey.missing(questionnaire, answers) == ()
    found = deviations.find(questionnaire, answers, TODAY)
    assert [f"{one.severity} {one.rule.partition(':')[2]}" for one in found] == case["findings"]


@pytest.mark.parametrize("key", KEYS)
def test_each_questionnaire_has_a_good_and_a_bad_supplier(key: str) -> None:
    cases = _cases(key)
    assert len(cases) >= 2
    assert any(len(case["findings"]) <= 1 for case in cases)
    assert any(case["findings"][:1] and not case["findings"][0].startswith("minor") for case in cases)
    answers = {question for case in cases for question in case["answers"]}
    assert answers <= {question.id for question in CATALOGUE.newest(key).questions}


@pytest.mark.parametrize(("key", "prefix", "count"), [(key, *numbers) for key, numbers in BANK.items()])
def test_every_question_of_the_bank_is_asked_by_its_own_id(key: str, prefix: str, count: int) -> None:
    questionnaire = CATALOGUE.newest(key)
    for wanted in (f"{prefix}-{number:02}" for number in range(1, count + 1)):
        repeated = any(question.id.startswith(f"{wanted}-") for question in questionnaire.questions)
        assert repeated if wanted in PER_MINERAL else questionnaire.has(wanted), wanted


@pytest.mark.parametrize("key", SIZES)
def test_a_form_is_as_long_as_it_promises(key: str) -> None:
    assert len(CATALOGUE.newest(key).questions) in SIZES[key]


def test_the_yearly_confirmation_takes_three_minutes() -> None:
    assert burden(CATALOGUE.newest("no-known-breach").asked_of({})).most_minutes == 3


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({"size": "micro", "tier": "low"}, True),
        ({"size": "small", "tier": "low", "criticality": "A"}, True),
        ({"size": "small", "tier": "medium"}, False),
        ({"size": "medium", "tier": "low"}, False),
        ({"size": "micro"}, False),
        ({}, False),
    ],
)
def test_the_short_form_is_offered_to_small_suppliers_of_low_risk(facts: Facts, offered: bool) -> None:
    short = CATALOGUE.newest("human-rights").short_form
    assert short is not None
    assert short.key == "human-rights-short"
    assert short.offered_if.holds(as_answers(facts)) is offered


def _worded(question: Question) -> tuple[object, ...]:
    """Return all that the supplier reads of a question, in every language, and what it may answer."""
    comment = question.comment and (question.comment.label, question.comment.required)
    return (
        question.id, question.text, question.help, question.type, question.required, comment, question.basis,
        question.evidence, question.documents,
    )  # fmt: skip


@pytest.mark.parametrize("number", HR_SHORT)
def test_the_short_form_asks_word_for_word_what_the_full_one_asks(number: str) -> None:
    short = CATALOGUE.newest("human-rights-short").question(f"HR-{number}")
    assert _worded(short) == _worded(CATALOGUE.newest("human-rights").question(f"HR-{number}"))


@pytest.mark.parametrize("number", HR_SHORT)
def test_the_short_form_judges_as_the_full_one_does(number: str) -> None:
    """Where the full form has a question to follow up with, the short one has one more rule in its place."""
    short, full = CATALOGUE.newest("human-rights-short"), CATALOGUE.newest("human-rights")
    mine, theirs = (
        [(rule.when, rule.severity, rule.raised, rule.sentence) for rule in one.question(f"HR-{number}").deviations]
        for one in (short, full)
    )
    assert mine[: len(theirs)] == theirs
    assert len(mine) - len(theirs) == (number in {"18", "22"})


def test_the_short_form_has_no_other_questions() -> None:
    asked = [question.id for question in CATALOGUE.newest("human-rights-short").questions]
    assert asked == [f"HR-{number}" for number in HR_SHORT]


def test_only_those_who_need_hms_cards_are_asked_about_them() -> None:
    questionnaire = CATALOGUE.newest("wages-and-working-conditions").asked_of({})

    def asked(*sectors: str) -> set[str]:
        way = journey.walk(questionnaire, {"WL-sector": list(sectors)})
        return {question.id for question in way.questions if question.id.startswith(("WL-13", "WL-14"))}

    assert asked("construction") == {"WL-13", "WL-13-checked"}
    assert asked("cleaning") == asked("car_care") == {"WL-13", "WL-13-checked", "WL-14"}
    assert asked("labour_hire") == {"WL-14"}
    assert asked("fish", "coaches") == asked("none") == set()


def test_scope_3_is_not_asked_of_small_companies_and_the_size_is_signed() -> None:
    row: list[Value] = [{"year": 2025, "scope_1": "2", "scope_3": "9", "method": "other"}]
    for size, counts in (("micro", False), ("large", True), (None, True)):
        questionnaire = CATALOGUE.newest("environment").asked_of({"size": size})
        assert ("scope_3" in str(journey.counted(questionnaire, {"EN-05": row}))) is counts
        signed = json.loads(journey.canonical(questionnaire, {"EN-05": row}))
        assert signed.get("facts", {}) == ({"size": size} if size else {})


def test_the_code_says_that_it_is_an_example_for_the_company_to_replace() -> None:
    kind: Any = CATALOGUE.newest("code-of-conduct").question("CC-01").type
    assert (kind.document.number, kind.document.version) == ("CODE-EXAMPLE", "1")
    assert "example" in kind.document.adopted_by.in_language("en")
    assert "eksempel" in kind.document.adopted_by.in_language("nb")


def test_the_addendum_shows_the_clauses_that_the_buyer_chose_to_those_who_follow_their_own_code() -> None:
    code = CATALOGUE.newest("code-of-conduct")
    file = {"sha256": "0" * 64, "name": "code.pdf", "size": 1, "media_type": "application/pdf"}
    own: dict[str, Value] = {"CC-02": "own", "CC-03": [file]}
    (shown,) = [
        one for one in journey.walk(code.asked_of({"addendum": ["3", "9"]}), own).questions if one.id == "CC-08"
    ]
    kind: Any = shown.type
    assert [clause.no for clause in kind.clauses] == ["3", "9"]
    for facts, answers in (({}, own), ({"addendum": ["3"]}, {"CC-02": "accept"})):
        assert "CC-08" not in [one.id for one in journey.walk(code.asked_of(facts), answers).questions]
