"""Conditions in a cell: what people write is what the YAML says, and back; what cannot be read is told exactly."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from questionnaires.loading.conditions import ANSWER_WORDS
from questionnaires.workbooks import tokens
from questionnaires.workbooks.condition_reading import read_condition, read_raised, read_when
from questionnaires.workbooks.condition_writing import write_condition, write_raised, write_when
from questionnaires.workbooks.tokens import ConditionError

NOTATION: list[tuple[str, dict[str, Any]]] = [
    ("EX-01 = yes, partly", {"question": "EX-01", "answer_in": ["yes", "partly"]}),
    ("EX-01 != yes", {"question": "EX-01", "not_in": ["yes"]}),
    ("EX-01 lacks drill, exits", {"question": "EX-01", "missing_any": ["drill", "exits"]}),
    ("EX-03 < 18", {"question": "EX-03", "below": 18}),
    ("EX-03 >= -2.5", {"question": "EX-03", "at_least": -2.5}),
    ("EX-01 answered", {"question": "EX-01", "answered": True}),
    ("EX-01 not answered", {"question": "EX-01", "not_answered": True}),
    ("not EX-01 answered", {"not": {"question": "EX-01", "answered": True}}),
    ("supplier.tier = high", {"fact": "tier", "answer_in": ["high"]}),
    (
        'supplier.product_groups = "Circuit boards", kabler',
        {"fact": "product_groups", "answer_in": ["Circuit boards", "kabler"]},
    ),
    ("EX-05 before 2026-12-31", {"question": "EX-05", "before": date(2026, 12, 31)}),
    ("EX-05 after today", {"question": "EX-05", "after": "today"}),
    ("EX-05 before 3 months ahead", {"question": "EX-05", "before": "3 months ahead"}),
    ("EX-02 < EX-01", {"question": "EX-02", "below_question": "EX-01"}),
    ("EX-02 > EX-01", {"question": "EX-02", "above_question": "EX-01"}),
    ("EX-04 has hours > 60", {"question": "EX-04", "rows": {"column": "hours", "above": 60}}),
    ("EX-04 has lowest < minimum", {"question": "EX-04", "rows": {"column": "lowest", "below_column": "minimum"}}),
    ('EX-04 has lowest < "2025"', {"question": "EX-04", "rows": {"column": "lowest", "below_column": "2025"}}),
    (
        "EX-04 has country = KP, IR, deaths not empty",
        {
            "question": "EX-04",
            "rows": [{"column": "country", "answer_in": ["KP", "IR"]}, {"column": "deaths", "empty": False}],
        },
    ),
    ("EX-04 has any row", {"question": "EX-04", "rows": []}),
    (
        "EX-01 = yes and (EX-03 > 5 or not (EX-05 answered and EX-06 = a))",
        {
            "all": [
                {"question": "EX-01", "answer_in": ["yes"]},
                {
                    "any": [
                        {"question": "EX-03", "above": 5},
                        {
                            "not": {
                                "all": [
                                    {"question": "EX-05", "answered": True},
                                    {"question": "EX-06", "answer_in": ["a"]},
                                ]
                            }
                        },
                    ]
                },
            ]
        },
    ),
    ("always", {"all": []}),
    ("never", {"any": []}),
    ('"not" = "and", "or"', {"question": "not", "answer_in": ["and", "or"]}),
    ('EX-01 = "a ""b"" c"', {"question": "EX-01", "answer_in": ['a "b" c']}),
]


@pytest.mark.parametrize(("text", "condition"), NOTATION, ids=[text for text, _ in NOTATION])
def test_a_condition_is_written_as_it_is_read(text: str, condition: dict[str, Any]) -> None:
    assert read_condition(text) == condition
    assert write_condition(condition) == text


def test_the_examples_in_the_workbook_itself_can_be_read() -> None:
    read_me = yaml.safe_load((Path(tokens.__file__).with_name("read_me.yaml")).read_text("utf-8"))
    *examples, (own, *_) = [each["text"].splitlines() for each in read_me["conditions"]]
    for (text,) in examples:
        assert write_condition(read_condition(text)) == text
    assert write_when(read_when(own, "EX-01")) == own


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("  EX-01   =yes ,partly", "EX-01 = yes, partly"),
        ("EX-01 = yes AND EX-02 Answered", "EX-01 = yes and EX-02 answered"),
        ("a = x or b = y and c = z", "a = x or (b = y and c = z)"),
        ("((EX-01 = yes))", "EX-01 = yes"),
        ("EX-01 <> yes", "EX-01 != yes"),
        ("EX-03 ≥ 15 and EX-03 ≤ 18", "EX-03 >= 15 and EX-03 <= 18"),
        ("EX-01 = “yes”, «no»", "EX-01 = yes, no"),
        ("EX-02 before EX-01", "EX-02 < EX-01"),
        ("EX-05 before 1 month ago", "EX-05 before 1 months ago"),
        ("Supplier.Tier = high", "supplier.tier = high"),
        ("EX-04 has hours>60,deaths empty", "EX-04 has hours > 60, deaths empty"),
        ("EX-01 = empty", 'EX-01 = "empty"'),
    ],
)
def test_people_may_write_it_in_other_ways(written: str, same: str) -> None:
    assert read_condition(written) == read_condition(same)
    assert write_condition(read_condition(written)) == same


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "ends where a question such as EX-01, or supplier.tier was expected"),
        (
            "EX-01",
            "ends where one of =, !=, lacks, <, >, <=, >=, before, after, answered, not answered, has was expected",
        ),
        ("EX-01 =", "ends where a code was expected"),
        ("EX-01 = and EX-02 = b", "at character 9: expected a code; “and” stands there"),
        ("EX-01 = yes EX-02 = no", "at character 13: expected and, or, or the end; “EX-02” stands there"),
        ("EX-01 % 2", "at character 7: “%” has no meaning in a condition"),
        ('EX-01 = "yes', "the quotation mark at character 9 is not closed"),
        ("(EX-01 = yes", "ends where and, or, or a closing bracket was expected"),
        ("EX-01 is yes", "at character 7: expected one of =, "),
        ("EX-03 < 12,5", "at character 11: decimals stand after a point, as in 12.5"),
        ("EX-03 < = 5", "at character 9: expected a number, or a question; “=” stands there"),
        ("EX-03 <= EX-02", "at character 10: expected a number; “EX-02” stands there"),
        ("EX-05 before", "ends where a day such as 2026-12-31, today or 3 months ahead, or a question was expected"),
        ("EX-05 before 2026-13-01", "at character 14: expected a day such as 2026-12-31; “2026-13-01” stands there"),
        ("EX-05 before 3 weeks ahead", "at character 16: expected days, months or years; “weeks” stands there"),
        ("EX-05 before 3 months", "ends where ahead or ago was expected"),
        ("EX-04 has hours", "ends where one of =, !=, <, >, <=, >=, before, after, empty, not empty was expected"),
        ("EX-04 has hours answered", "at character 17: expected one of =, "),
        ("EX-04 has hours > 60, ", "ends where a column was expected"),
        ("EX-04 has a > b", "at character 15: expected a number; “b” stands there"),
        ("not " * 50 + "EX-01 answered", "more than 40 brackets stand inside each other"),
        ("(" * 5000, "more than 40 brackets stand inside each other"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected_and_where(text: str, complaint: str) -> None:
    with pytest.raises(ConditionError) as refused:
        read_condition(text)
    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("= no", {"answer_in": ["no"]}),
        (">= 15 and < 18", {"at_least": 15, "below": 18}),
        ("not answered", {"not_answered": True}),
        (
            "has hours > 60, deaths empty",
            {"rows": [{"column": "hours", "above": 60}, {"column": "deaths", "empty": True}]},
        ),
        ("before today", {"before": "today"}),
        ("< EX-02", {"below_question": "EX-02"}),
    ],
)
def test_a_deviation_leaves_its_own_question_out(text: str, when: dict[str, Any]) -> None:
    assert read_when(text, "EX-01") == read_when(f"EX-01 {text}", "EX-01") == when
    assert write_when(when) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("EX-02 = no", "at character 1: this is about EX-01 itself, not about “EX-02”; conditions on other questions"),
        ("= no or = yes", "at character 6: expected and, or the end; conditions on other questions stand under"),
        ("= no and = yes", "answer in is said twice; only one of them can be meant"),
        ("not (= no)", "at character 1: expected one of =, "),
    ],
)
def test_a_deviation_is_about_its_own_question(text: str, complaint: str) -> None:
    with pytest.raises(ConditionError) as refused:
        read_when(text, "EX-01")
    assert str(refused.value).startswith(complaint)


def test_what_raises_a_severity_stands_one_to_a_line() -> None:
    raised = read_raised("major if supplier.tier = high\n\n Zero tolerance IF EX-01 = yes and EX-02 < 5 ")
    assert [each["to"] for each in raised] == ["major", "zero_tolerance"]
    assert write_raised(raised) == "major if supplier.tier = high\nzero_tolerance if EX-01 = yes and EX-02 < 5"
    with pytest.raises(ConditionError, match="line 2: expected a severity, “if” and a condition"):
        read_raised("major if supplier.tier = high\nmajor")
    with pytest.raises(ConditionError, match="line 1, at character 16: expected one of =, "):
        read_raised("major if EX-01 yes")


NAMES = some.one_of(
    some.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,8}\Z"),
    some.sampled_from(["and", "OR", "not", "empty", "has", "any", "row", "today", "months", "2025", "always", "12"]),
)
GROUPS = some.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
NUMBERS = some.one_of(some.integers(-(10**15), 10**15), some.floats(-1e9, 1e9).map(lambda number: round(number, 6)))
COUNTED = some.builds(
    "{} {} {}".format,
    some.integers(1, 9999),
    some.sampled_from(["days", "months", "years"]),
    some.sampled_from(["ahead", "ago"]),
)
DAYS = some.one_of(some.dates(), some.just("today"), COUNTED)
CODES = some.lists(NAMES, min_size=1, max_size=3)
ROW_TESTS = some.builds(
    lambda column, said: {"column": column, **said},
    NAMES,
    some.one_of(
        some.fixed_dictionaries({"answer_in": CODES}),
        some.fixed_dictionaries({"not_in": CODES}),
        some.fixed_dictionaries({"at_most": NUMBERS}),
        some.fixed_dictionaries({"before": DAYS}),
        some.fixed_dictionaries({"below_column": NAMES}),
        some.fixed_dictionaries({"empty": some.booleans()}),
    ),
)
SAID = some.one_of(
    some.fixed_dictionaries({"answer_in": CODES}),
    some.fixed_dictionaries({"answer_in": some.lists(GROUPS, min_size=1, max_size=3)}),
    some.fixed_dictionaries({"missing_any": CODES}),
    some.fixed_dictionaries({"at_least": NUMBERS, "below": NUMBERS}),
    some.fixed_dictionaries({"after": DAYS}),
    some.fixed_dictionaries({"above_question": NAMES}),
    some.fixed_dictionaries({"not_answered": some.just(True)}),
    some.fixed_dictionaries({"rows": some.one_of(ROW_TESTS, some.lists(ROW_TESTS, max_size=3))}),
)
STATEMENTS = some.one_of(
    some.builds(lambda question, said: {"question": question, **said}, NAMES, SAID),
    some.builds(lambda fact, said: {"fact": fact, **said}, some.sampled_from(["tier", "product_groups"]), SAID),
)
CONDITIONS = some.recursive(
    STATEMENTS,
    lambda inner: some.one_of(
        some.builds(lambda parts: {"all": parts}, some.lists(inner, max_size=3)),
        some.builds(lambda parts: {"any": parts}, some.lists(inner, max_size=3)),
        some.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


def _plain(condition: dict[str, Any]) -> dict[str, Any]:
    """Return a condition with one statement a mapping, and no list that joins a single one."""
    for word in ("all", "any"):
        if word in condition:
            parts = [_plain(part) for part in condition[word]]
            return parts[0] if len(parts) == 1 else {word: parts}
    if "not" in condition:
        return {"not": _plain(condition["not"])}
    subject = {key: value for key, value in condition.items() if key in ("question", "fact")}
    said = [{**subject, key: _single(condition[key])} for key in ANSWER_WORDS if key in condition]
    return said[0] if len(said) == 1 else {"all": said}


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) else value


@given(CONDITIONS)
@settings(deadline=None)
def test_every_condition_is_read_back_as_it_was_written(condition: dict[str, Any]) -> None:
    assert _plain(read_condition(write_condition(condition))) == _plain(condition)


@given(some.text(alphabet=some.sampled_from(list('EX-01 =<>!,()"andorthsempty.2 ')), max_size=40))
@settings(deadline=None)
def test_whatever_stands_in_the_cell_it_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = read_condition(text)
    except ConditionError:
        return
    assert read_condition(write_condition(found)) == found
