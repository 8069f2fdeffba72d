"""Numbers are understood as people write them, and refused where they could mean two things."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from questionnaires.answers import AnswerError, AnswerType, DecimalNumber, FormFields, Percentage, WholeNumber

Post = Callable[[dict[str, str | list[str]]], FormFields]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("   ", None),
        ("0", 0),
        ("007", 7),
        (" 25 ", 25),
        ("1 000", 1000),
        ("1\u00a0000", 1000),
        ("1\u202f000\u202f000", 1_000_000),
        ("1,000", 1000),
        ("1.000", 1000),
        ("1'000", 1000),
        ("1,234,567", 1_234_567),
        ("12.00", 12),
        ("12,0", 12),
        ("１２", 12),
        ("٤٢", 42),
    ],
)
def test_a_whole_number_is_read_as_people_write_it(written: str, meant: int | None) -> None:
    assert WholeNumber().parse({"value": written}) == meant


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("twelve", "not_whole"),
        ("12,5", "not_whole"),
        ("0.125", "not_whole"),
        ("1,00,000", "not_whole"),
        ("1 2", "not_whole"),
        ("1.000,000.000", "not_whole"),
        ("1e3", "not_whole"),
        ("0x10", "not_whole"),
        ("²", "not_whole"),
        ("\x00", "not_whole"),
        ("\ud800", "not_whole"),
        ("9" * 41, "not_whole"),
        ("9" * 1_000_000, "not_whole"),
        ("9" * 30, "too_high"),
        ("9007199254740992", "too_high"),
        ("-1", "too_low"),
        ("−1", "too_low"),
    ],
)
def test_what_is_no_whole_number_is_refused_by_name(written: str, code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        WholeNumber().parse({"value": written})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("12.50", "12.5"),
        ("0,125", "0.125"),
        ("1.2340", "1.234"),
        ("1234,567", "1234.567"),
        ("1 234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1 234", "1234"),
        ("40", "40"),
        ("100", "100"),
        ("0,0", "0"),
        ("١٢٫٥", "12.5"),
    ],
)
def test_a_decimal_has_one_canonical_form(written: str, meant: str) -> None:
    assert DecimalNumber().parse({"value": written}) == meant


@pytest.mark.parametrize("written", ["1,234", "1.234", "12.500"])
def test_a_decimal_that_can_be_read_in_two_ways_is_not_guessed(written: str) -> None:
    with pytest.raises(AnswerError) as refused:
        DecimalNumber().parse({"value": written})
    assert refused.value.code == "ambiguous"
    assert written in refused.value.message("en")


@pytest.mark.parametrize("written", ["1,2,3", "1.2.3", "--1", "1,", ",5", "NaN", "Infinity", "1/2", "1.234.5"])
def test_what_is_no_decimal_is_refused(written: str) -> None:
    with pytest.raises(AnswerError) as refused:
        DecimalNumber().parse({"value": written})
    assert refused.value.code == "not_decimal"


def test_more_than_six_decimals_are_refused() -> None:
    with pytest.raises(AnswerError) as refused:
        DecimalNumber().parse({"value": "0.1234567"})
    assert refused.value.code == "too_many_decimals"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("40 %", "40"), ("12,5%", "12.5"), ("99.125", "99.125"), ("0", "0"), ("100", "100")],
)
def test_a_percentage_may_carry_its_sign(written: str, meant: str) -> None:
    assert Percentage().parse({"value": written}) == meant


@pytest.mark.parametrize("written", ["101", "-1", "1234"])
def test_a_percentage_lies_between_nothing_and_everything(written: str) -> None:
    with pytest.raises(AnswerError) as refused:
        Percentage().parse({"value": written})
    assert refused.value.code == "not_percentage"


@pytest.mark.parametrize("value", [True, 12.5, "12", None, [12], {"value": 12}, 2**53, -1])
def test_a_whole_number_is_kept_as_an_int_within_its_limits(value: object) -> None:
    with pytest.raises(AnswerError):
        WholeNumber().check(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [40, 12.5, "12.50", "012", "+1", "-0", "1e2", "٤٢", "NaN", "", "12\n", None])
def test_a_percentage_is_kept_as_a_canonical_string(value: object) -> None:
    with pytest.raises(AnswerError):
        Percentage().check(value)  # type: ignore[arg-type]


def test_a_number_is_shown_with_the_readers_separators_and_the_unit(
    type_of: Callable[[str], AnswerType],
) -> None:
    assert type_of("Q-whole").display(12000, "en") == "12,000\u00a0people"
    assert type_of("Q-whole").display(12000, "nb") == "12\u00a0000\u00a0personer"
    assert type_of("Q-share").display("12.5", "nb") == "12,5\u00a0%"


def test_limits_are_told_in_the_readers_language(type_of: Callable[[str], AnswerType]) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of("Q-whole").parse({"value": "9000001"})
    assert refused.value.message("en") == "The number must be 9,000,000 or lower."
    assert refused.value.message("nb") == "Tallet må være 9\u00a0000\u00a0000 eller lavere."


def test_two_different_values_under_one_name_are_not_an_answer(post: Post) -> None:
    with pytest.raises(AnswerError) as refused:
        WholeNumber().read(post({"HR-18": ["15", "16"]}), "HR-18")
    assert refused.value.code == "more_than_one"


def test_the_same_value_posted_twice_is_one_answer(post: Post) -> None:
    assert WholeNumber().read(post({"HR-18": ["", "15", "15"]}), "HR-18") == 15
