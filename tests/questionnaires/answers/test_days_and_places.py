"""Dates as a date field and as Norwegians write them; countries by ISO code."""

from __future__ import annotations

from datetime import date

import pytest

from questionnaires.answers import AnswerError, Country, Day


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("2026-11-21", "2026-11-21"),
        (" 2026-11-21 ", "2026-11-21"),
        ("21.11.2026", "2026-11-21"),
        ("1.2.2026", "2026-02-01"),
        ("1. 2. 2026", "2026-02-01"),
        ("29.02.2024", "2024-02-29"),
    ],
)
def test_a_date_is_read_in_both_forms(written: str, meant: str | None) -> None:
    assert Day().parse({"value": written}) == meant


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-02-30", "not_date"),
        ("29.02.2026", "not_date"),
        ("11/21/2026", "not_date"),
        ("21.11.26", "not_date"),
        ("yesterday", "not_date"),
        ("٢٠٢٦-١١-٢١", "not_date"),
        ("0001-01-01", "date_range"),
        ("9999-12-31", "date_range"),
    ],
)
def test_what_is_no_date_is_refused_by_name(written: str, code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        Day().parse({"value": written})
    assert refused.value.code == code


@pytest.mark.parametrize("value", ["21.11.2026", "2026-2-1", "2026-02-30", 20261121, None, "2026-11-21\n"])
def test_only_iso_dates_are_canonical(value: object) -> None:
    with pytest.raises(AnswerError):
        Day().check(value)  # type: ignore[arg-type]


def test_the_years_in_a_sentence_have_no_thousands_separator() -> None:
    with pytest.raises(AnswerError) as refused:
        Day().parse({"value": "0001-01-01"})
    assert refused.value.message("en") == "The year must be between 1900 and 2200."


def test_a_date_after_today_is_refused_where_the_author_wants_none() -> None:
    today = date(2026, 11, 21)
    Day(not_after_today=True).check_on("2026-11-21", today)
    Day().check_on("2026-11-22", today)
    with pytest.raises(AnswerError) as refused:
        Day(not_after_today=True).check_on("2026-11-22", today)
    assert refused.value.code == "after_today"


def test_a_date_is_shown_in_words() -> None:
    assert Day().display("2026-05-17", "en") == "17 May 2026"
    assert Day().display("2026-05-17", "nb") == "17. mai 2026"


@pytest.mark.parametrize(("written", "code"), [("NO", "NO"), (" cn ", "CN"), ("", None)])
def test_a_country_is_its_code(written: str, code: str | None) -> None:
    assert Country().parse({"value": written}) == code


@pytest.mark.parametrize("written", ["EU", "ZZ", "QO", "UK", "Norway", "001", "N0", "ß", "ＮＯ"])
def test_what_is_no_country_is_refused(written: str) -> None:
    with pytest.raises(AnswerError) as refused:
        Country().parse({"value": written})
    assert refused.value.code == "not_country"


def test_countries_are_ordered_as_the_reader_expects() -> None:
    norwegian = [name for _, name in Country().choices("nb")]
    english = [name for _, name in Country().choices("en")]
    assert norwegian[0] == "Afghanistan"
    assert norwegian[-3:] == ["Øst-Timor", "Østerrike", "Åland"]
    assert english.index("Åland Islands") < english.index("Albania")
    assert len(norwegian) == len(english) == 250


def test_a_country_is_shown_by_name() -> None:
    assert Country().display("DE", "en") == "Germany"
    assert Country().display("DE", "nb") == "Tyskland"
