"""Tables: rows by the names present, empty rows dropped, each wrong cell named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import perf_counter

import pytest

from questionnaires.answers import AnswerError, AnswerType, FormFields, Table

Post = Callable[[dict[str, str | list[str]]], FormFields]


@pytest.fixture
def table(type_of: Callable[[str], AnswerType]) -> Table:
    found = type_of("Q-table")
    assert isinstance(found, Table)
    return found


def test_rows_are_read_in_the_order_of_their_numbers_with_gaps_and_empty_rows_dropped(table: Table, post: Post) -> None:
    form = post(
        {
            "T-10-name": "Ten",
            "T-2-name": "Two",
            "T-2-workers": "1 000",
            "T-2-country": "NO",
            "T-5-name": "  ",
            "T-5-workers": "",
            "T-10-weight": "12,5",
        }
    )
    assert table.read(form, "T") == [
        {"name": "Two", "workers": 1000, "country": "NO"},
        {"name": "Ten", "weight": "12.5"},
    ]


@pytest.mark.parametrize(
    "name",
    [
        "T-x-name",
        "T-01-name",
        "T--1-name",
        "T-999999999999999999999-name",
        "T-1-unknown",
        "T-1",
        "T-",
        "T",
        "TT-1-name",
        "T-1-name-more",
        "T-١-name",
        "",
    ],
)
def test_names_that_are_no_cell_of_the_table_are_not_read(table: Table, post: Post, name: str) -> None:
    assert table.read(post({name: "Hello"}), "T") is None


def test_a_table_does_not_read_the_cells_of_a_table_whose_id_begins_alike(table: Table, post: Post) -> None:
    assert table.read(post({"TG-1-2-name": "Other"}), "TG") is None


def test_two_different_values_for_one_cell_are_refused(table: Table, post: Post) -> None:
    with pytest.raises(AnswerError) as refused:
        table.read(post({"T-0-name": ["Here", "There"]}), "T")
    assert refused.value.code == "more_than_one"


def test_a_row_of_invisible_characters_is_empty(table: Table) -> None:
    notes = Table(table.columns[1:2], minimum_rows=2)
    with pytest.raises(AnswerError) as refused:
        notes.parse({"rows": [{"notes": "Seen"}, {"notes": "\u200b"}]})
    assert refused.value.code == "too_few_rows"
    assert notes.parse({"rows": [{"notes": "\u200b"}]}) is None


def test_every_wrong_cell_is_named_in_the_readers_language(table: Table, post: Post) -> None:
    form = post({"T-0-name": "Here", "T-0-workers": "many", "T-7-country": "XX"})
    with pytest.raises(AnswerError) as refused:
        table.read(form, "T")
    assert refused.value.message("en").splitlines() == [
        "Row 1, Workers: Write a whole number with digits only, for example 25.",
        "Row 2, Name: Fill in this cell.",
        "Row 2, Country: Choose a country from the list.",
    ]
    assert refused.value.message("nb").startswith("Rad 1, Arbeidere: Skriv et helt tall")


def test_a_table_full_of_faults_names_some_and_counts_the_rest(table: Table) -> None:
    rows = [{"name": "Here", "workers": "many"} for _ in range(300)]
    with pytest.raises(AnswerError) as refused:
        table.parse({"rows": rows})
    lines = refused.value.message("en").splitlines()
    assert len(lines) == 6
    assert lines[-1] == "There are 295 more cells to look at."


def test_the_rows_of_a_refused_form_can_be_shown_again_as_they_were_written(table: Table, post: Post) -> None:
    shown = table.posted(post({"T-3-workers": "many"}), "T")
    assert [row["workers"] for row in shown["rows"]] == ["many"]
    assert set(shown["rows"][0]) == {column.id for column in table.columns}


def test_too_many_rows_are_refused(table: Table, post: Post) -> None:
    form = post({f"T-{row}-name": "Here" for row in range(501)})
    with pytest.raises(AnswerError) as refused:
        table.read(form, "T")
    assert refused.value.message("en") == "The table has 501 rows. It can hold at most 500."


def test_too_few_rows_are_refused_once_something_is_written(table: Table) -> None:
    three = Table(table.columns, minimum_rows=3)
    assert three.parse({"rows": []}) is None
    with pytest.raises(AnswerError) as refused:
        three.parse({"rows": [{"name": "Here"}]})
    assert refused.value.message("nb") == "Fyll ut minst 3 rader."


def test_five_hundred_rows_are_read_in_a_moment(table: Table, post: Post) -> None:
    form = post(
        {f"T-{row}-{column.id}": {"name": "Here", "workers": "12"}.get(column.id, "") for row in range(500)
         for column in table.columns}
    )  # fmt: skip
    started = perf_counter()
    rows = table.read(form, "T")
    assert isinstance(rows, list)
    assert len(rows) == 500
    assert perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "rows",
        [{}],
        ["row"],
        [{"name": "Here", "stranger": 1}],
        [{"workers": 5}],
        [{"name": "Here", "workers": "5"}],
        [{"name": None}],
    ],
)
def test_only_rows_of_canonical_cells_are_canonical(table: Table, value: object) -> None:
    with pytest.raises(AnswerError):
        table.check(value)  # type: ignore[arg-type]


def test_a_date_in_a_row_can_be_checked_against_today(table: Table) -> None:
    rows = [{"name": "Here", "since": "2026-11-22"}]
    table.check_on(rows, date(2026, 11, 22))
    with pytest.raises(AnswerError) as refused:
        table.check_on(rows, date(2026, 11, 21))
    assert refused.value.message("en") == "Row 1, Since: The date cannot be later than today."


def test_rows_are_shown_one_a_line_with_the_columns_named(table: Table) -> None:
    rows = [{"name": "Acme", "country": "NO"}, {"name": "Beta", "weight": "1.5", "own": "yes"}]
    assert table.display(rows, "nb") == "Navn: Acme; Land: Norge\nNavn: Beta; Vekt: 1,5\u00a0kg; Vårt eget: Ja"
