"""Facts of the supplier decide what is asked and how serious a deviation is; rules compare answers and dates."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from questionnaires import deviations, journey
from questionnaires.burden import burden
from questionnaires.errors import FactsMissing
from questionnaires.facts import Facts
from questionnaires.model import Questionnaire, Severity
from questionnaires.values import Value

Tiny = Callable[[str], Questionnaire]
DAY = date(2026, 11, 26)
HIGH: Facts = {"tier": "high", "country": "NO"}
CABLES: Facts = {"product_groups": ["cables", "lamps"], "tier": "low"}


def _asked(questionnaire: Questionnaire, answers: dict[str, Value]) -> list[str]:
    return [question.id for question in journey.walk(questionnaire, answers).questions]


def test_a_questionnaire_that_looks_at_facts_is_not_walked_without_them(tiny: Tiny) -> None:
    with pytest.raises(FactsMissing, match="facts/2026-1"):
        journey.asked_sections(tiny("facts"), {})
    assert tiny("facts").looks_at_facts
    assert not tiny("asking").looks_at_facts


def test_a_section_is_asked_of_those_whom_it_concerns(tiny: Tiny) -> None:
    assert _asked(tiny("facts").asked_of({}), {}) == ["F-policy", "F-sites"]
    assert _asked(tiny("facts").asked_of(CABLES), {}) == ["F-policy", "F-sites", "F-solder"]
    assert _asked(tiny("facts").asked_of(CABLES), {"F-solder": "yes"})[-1] == "F-audit"
    assert _asked(tiny("facts").asked_of({**CABLES, "tier": "high"}), {})[-1] == "F-audit"


def test_a_column_is_asked_of_those_whom_it_concerns_and_its_cells_count_only_then(tiny: Tiny) -> None:
    rows: list[Value] = [{"name": "Plant", "hours": 70, "reason": "None"}]
    answers: dict[str, Value] = {"F-policy": "yes", "F-sites": rows}
    low, high = tiny("facts").asked_of({"tier": "low"}), tiny("facts").asked_of(HIGH)
    assert journey.counted(low, answers)["F-sites"] == [{"name": "Plant"}]
    assert journey.counted(high, answers)["F-sites"] == [{"name": "Plant", "hours": 70}]
    assert [finding.rule for finding in deviations.find(low, answers, DAY)] == []
    assert [finding.rule for finding in deviations.find(high, answers, DAY)] == ["facts/2026-1:F-sites"]
    assert "reason" in str(journey.counted(high, {**answers, "F-policy": "no"})["F-sites"])


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({}, Severity.MINOR),
        ({"tier": "medium"}, Severity.MINOR),
        ({"tier": "high"}, Severity.MAJOR),
        ({"tier": "high", "criticality": "A", "country": "CN"}, Severity.ZERO_TOLERANCE),
        ({"criticality": "A", "country": "NO"}, Severity.MINOR),
    ],
)
def test_facts_raise_a_severity_to_the_gravest_that_holds(tiny: Tiny, facts: Facts, severity: Severity) -> None:
    (finding,) = deviations.find(tiny("facts").asked_of(facts), {"F-policy": "no"}, DAY)
    assert (finding.rule, finding.severity) == ("facts/2026-1:F-policy", severity)


def test_what_is_signed_names_the_facts_that_decided_what_was_asked_and_no_others(tiny: Tiny) -> None:
    known = {**CABLES, "criticality": "A", "country": "CN"}
    signed = json.loads(journey.canonical(tiny("facts").asked_of(known), {"F-policy": "no"}))
    assert signed["facts"] == {"product_groups": ["cables", "lamps"], "tier": "low"}
    assert "facts" not in json.loads(journey.canonical(tiny("asking"), {}))


def test_the_burden_is_bounded_by_what_the_facts_settle(tiny: Tiny) -> None:
    found = burden(tiny("facts").asked_of({}))
    assert (found.least_questions, found.most_questions) == (2, 2)
    found = burden(tiny("facts").asked_of(CABLES), prefilled={"F-policy"})
    assert (found.least_questions, found.most_questions, found.prefilled) == (3, 4, 1)
    assert found.least_minutes < found.most_minutes <= tiny("facts").minutes
    assert found.prefilled_share == pytest.approx(0.25)
    found = burden(tiny("facts").asked_of({**CABLES, "tier": "high"}))
    assert (found.least_questions, found.most_questions) == (4, 4)


def test_the_short_form_is_offered_by_facts(tiny: Tiny) -> None:
    short = tiny("facts").short_form
    assert short is not None
    assert short.key == "asking"
    assert short.offered_if.holds({"@size": "micro", "@tier": "low"})
    assert not short.offered_if.holds({"@size": "micro"})


Found = list[tuple[str, Severity]]


def _found(questionnaire: Questionnaire, answers: dict[str, Value], on: date = DAY) -> Found:
    findings = deviations.find(questionnaire, answers, on)
    return [(finding.rule.partition(":")[2], finding.severity) for finding in findings]


def _certificate(until: str) -> Value:
    return {"kind": "ISO", "number": "1", "issuer": "Us", "valid_until": until}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"V-limit": 16, "V-age": 15}, [("V-age", Severity.ZERO_TOLERANCE)]),
        ({"V-limit": 16, "V-age": 16}, []),
        ({"V-age": 3}, []),
        ({"V-began": "2025-03-01", "V-ended": "2025-02-01"}, [("V-ended", Severity.MINOR)]),
        ({"V-began": "2026-03-01", "V-ended": "2025-02-01"}, []),
        ({"V-cert": _certificate("2026-11-25")}, [("V-cert", Severity.MAJOR)]),
        ({"V-cert": _certificate("2026-11-26")}, [("V-cert.2", Severity.MINOR)]),
        ({"V-cert": _certificate("2027-02-26")}, []),
        (
            {"V-fine": {"amount": "1000000.5", "currency": "NOK"}},
            [("V-fine", Severity.MAJOR), ("fine-without-end", Severity.MAJOR)],
        ),
        ({"V-fine": {"amount": "10", "currency": "NOK"}}, [("fine-without-end", Severity.MODERATE)]),
        (
            {"V-audits": [{"from": "2026-01-01", "to": "2026-02-01"}, {"from": "2026-05-02", "to": "2026-05-01"}]},
            [("V-audits", Severity.MINOR)],
        ),
        ({"V-audits": [{"from": "2024-01-01", "to": "2024-11-25"}]}, [("V-audits.2", Severity.MINOR)]),
        ({"V-audits": [{"from": "2024-01-01", "to": "2024-11-26"}]}, []),
    ],
)
def test_answers_are_compared_with_each_other_and_with_the_day(
    tiny: Tiny, answers: dict[str, Value], found: Found
) -> None:
    assert _found(tiny("comparing"), answers) == found


def test_a_rule_over_several_answers_is_about_each_of_them(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"V-fine": {"amount": "10", "currency": "NOK"}}
    (finding,) = deviations.find(tiny("comparing"), answers, DAY)
    assert [question.id for question in finding.questions] == ["V-fine", "V-ended"]
    assert finding.rule == "comparing/2026-1:fine-without-end"
    assert finding.sentence.in_language("nb") == "En bot er betalt, og saken er ikke avsluttet."


def test_the_same_answers_give_other_findings_on_another_day_and_the_same_on_the_same(tiny: Tiny) -> None:
    answers: dict[str, Value] = {"V-cert": _certificate("2026-11-26")}
    assert _found(tiny("comparing"), answers) == _found(tiny("comparing"), answers)
    assert _found(tiny("comparing"), answers, date(2026, 11, 27)) == [("V-cert", Severity.MAJOR)]


def test_an_addendum_asks_for_the_chosen_clauses_and_only_when_there_are_some(tiny: Tiny) -> None:
    assert _asked(tiny("addendum").asked_of({}), {}) == ["U-code"]
    way = journey.walk(tiny("addendum").asked_of({"addendum": ["1", "3"]}), {})
    addendum = way.questions[1].type
    assert [clause.no for clause in addendum.clauses] == ["1", "3"]  # type: ignore[attr-defined]
    signed = journey.canonical(tiny("addendum").asked_of({"addendum": ["1", "3"]}), {})
    assert json.loads(signed)["facts"] == {"addendum": ["1", "3"]}
