"""Answers of several parts, addresses, and what a spreadsheet's cells say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from questionnaires.answers import AnswerError, AnswerType, Cell, FormFields, Record, Table
from questionnaires.values import Value

TypeOf = Callable[[str], AnswerType]
Post = Callable[[dict[str, str | list[str]]], FormFields]
CERTIFICATE = {"kind": "iso_14001", "number": "A 1", "issuer": "Det Norske", "valid_until": "2028-01-31"}


def test_the_parts_of_a_record_come_from_fields_of_their_own(type_of: TypeOf, post: Post) -> None:
    fields = {
        f"C-{part}": text for part, text in {**CERTIFICATE, "valid_until": "31.1.2028", "number": " A  1"}.items()
    }
    assert type_of("Q-cert").read(post(fields), "C") == CERTIFICATE  # type: ignore[arg-type]


def test_every_part_that_is_wrong_is_named(type_of: TypeOf, post: Post) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of("Q-cert").read(post({"C-kind": "iso_14001", "C-valid_until": "soon"}), "C")
    assert refused.value.message("nb").splitlines() == [
        "Nummer: Fyll ut dette.",
        "Utstedt av: Fyll ut dette.",
        "Gyldig til: Skriv en dato som finnes, som dag.måned.år, for eksempel 21.11.2026.",
    ]


def test_a_currency_alone_is_no_answer(type_of: TypeOf, post: Post) -> None:
    money = type_of("Q-sum")
    assert money.read(post({"S-currency": "NOK", "S-amount": " "}), "S") is None
    assert money.read(post({"S-currency": "NOK", "S-amount": "1 200,50"}), "S") == {
        "amount": "1200.5",
        "currency": "NOK",
    }
    with pytest.raises(AnswerError, match="Currency: Choose one"):
        money.read(post({"S-currency": "XXX", "S-amount": "1"}), "S")
    with pytest.raises(AnswerError, match="Currency: Fill this in"):
        money.read(post({"S-amount": "1"}), "S")


@pytest.mark.parametrize(
    ("amount", "english", "bokmaal"),
    [
        ("1200.5", "1,200.50\u00a0NOK", "1\u00a0200,50\u00a0NOK"),
        ("1200", "1,200\u00a0NOK", "1\u00a0200\u00a0NOK"),
        ("0.125", "0.125\u00a0NOK", "0,125\u00a0NOK"),
    ],
)
def test_a_sum_reads_as_its_reader_writes_it(type_of: TypeOf, amount: str, english: str, bokmaal: str) -> None:
    value: Value = {"amount": amount, "currency": "NOK"}
    assert type_of("Q-sum").display(value, "en") == english
    assert type_of("Q-sum").display(value, "nb") == bokmaal


def test_a_certificate_reads_part_by_part_and_holds_until_its_last_day(type_of: TypeOf) -> None:
    kind = type_of("Q-cert")
    assert kind.display(CERTIFICATE, "nb").splitlines()[0] == "Type sertifikat: ISO 14001"
    assert kind.still_holds(CERTIFICATE, date(2028, 1, 31))
    assert not kind.still_holds(CERTIFICATE, date(2028, 2, 1))


def test_a_person_cannot_sign_tomorrow(type_of: TypeOf) -> None:
    value: Value = {"name": "Kari", "title": "Representative", "signed_on": "2026-11-27"}
    type_of("Q-sign").check(value)
    with pytest.raises(AnswerError, match="Date: The date cannot be later than today"):
        type_of("Q-sign").check_on(value, date(2026, 11, 26))


@pytest.mark.parametrize(
    "value", [{}, {"amount": "1"}, {"amount": 1, "currency": "NOK"}, {**CERTIFICATE}, [], "1 NOK", True]
)
def test_only_whole_canonical_records_are_canonical(type_of: TypeOf, value: Value) -> None:
    with pytest.raises(AnswerError):
        type_of("Q-sum").check(value)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Kari@Supplier.EXAMPLE", "Kari@supplier.example"),
        (" a@b.example ", "a@b.example"),
        ("", None),
    ],
)
def test_a_mail_address_is_kept_in_one_way(type_of: TypeOf, post: Post, written: str, canonical: str | None) -> None:
    assert type_of("Q-mail").read(post({"M": written}), "M") == canonical


@pytest.mark.parametrize("written", ["a", "a@b", "a@b.example, c@d.example", "<a@b.example>", "a b@c.example"])
def test_what_is_no_single_address_is_refused(type_of: TypeOf, post: Post, written: str) -> None:
    with pytest.raises(AnswerError, match="Write one mail address"):
        type_of("Q-mail").read(post({"M": written}), "M")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("supplier.example/policy", "https://supplier.example/policy"),
        ("http://supplier.example", "http://supplier.example"),
        ("https://例子.example/政策?x=1", "https://例子.example/政策?x=1"),
    ],
)
def test_a_web_address_is_kept_whole(type_of: TypeOf, post: Post, written: str, canonical: str) -> None:
    assert type_of("Q-page").read(post({"W": written}), "W") == canonical


@pytest.mark.parametrize(
    "written",
    ["policy", "javascript:alert(1)", "javascript://x.example/%0aalert(1)", "ftp://a.example", "https://u:p@a.example",
     "https://a.example:x", "https:// a.example", "https://[::1", 'https://a.example/"><script>', "data:text/html,x"],
)  # fmt: skip
def test_what_a_reader_could_not_safely_open_is_refused(type_of: TypeOf, post: Post, written: str) -> None:
    with pytest.raises(AnswerError, match="Write the address of a page"):
        type_of("Q-page").read(post({"W": written}), "W")


CELLS: list[tuple[str, Cell, Value]] = [
    ("Q-ack", "Ja", True),
    ("Q-ack", True, True),
    ("Q-ack", "", None),
    ("Q-ack", "nei", None),
    ("Q-yn", "JA", "yes"),
    ("Q-yn", False, "no"),
    ("Q-ypn", "Ikke aktuelt", "not_applicable"),
    ("Q-one", " rød ", "red"),
    ("Q-one", "blue", "blue"),
    ("Q-several", "Gull\nTin", ["tin", "gold"]),
    ("Q-several", "gold; tin", ["tin", "gold"]),
    ("Q-whole", 12.0, 12),
    ("Q-whole", 12, 12),
    ("Q-weight", 1.234, "1.234"),
    ("Q-weight", 0.1 + 0.2, "0.3"),
    ("Q-share", "40 %", "40"),
    ("Q-share", 40.0, "40"),
    ("Q-date", datetime(2025, 3, 1), "2025-03-01"),  # noqa: DTZ001 - spreadsheets know no time zones
    ("Q-date", date(2025, 3, 1), "2025-03-01"),
    ("Q-date", "2025-03-01 00:00:00", "2025-03-01"),
    ("Q-place", "Norge", "NO"),
    ("Q-place", "china", "CN"),
    ("Q-place", "SE", "SE"),
    ("Q-short", 7.0, "7"),
    ("Q-long", None, None),
    ("Q-mail", "a@b.example", "a@b.example"),
]


@pytest.mark.parametrize(("question", "cell", "value"), CELLS)
def test_a_cell_is_understood_as_people_fill_it_in(type_of: TypeOf, question: str, cell: Cell, value: Value) -> None:
    assert type_of(question).from_cell(cell, "en") == value


@pytest.mark.parametrize(
    ("question", "cell"),
    [("Q-ack", "perhaps"), ("Q-yn", "sometimes"), ("Q-share", 0.4), ("Q-several", "gold; lead"), ("Q-place", "Narnia"),
     ("Q-whole", float("nan")), ("Q-weight", float("inf")), ("Q-date", 45000.0)],
)  # fmt: skip
def test_a_cell_that_says_something_else_is_refused_in_words(type_of: TypeOf, question: str, cell: Cell) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of(question).from_cell(cell, "en")
    assert refused.value.message("nb")


ONE_CELL: list[tuple[str, Value]] = [
    ("Q-ack", True), ("Q-yn", "no"), ("Q-ypn", "partly"), ("Q-one", "blue"), ("Q-several", ["tin", "gold"]),
    ("Q-whole", 1234), ("Q-weight", "1.234"), ("Q-share", "12.5"), ("Q-date", "2025-03-01"), ("Q-short", "李伟"),
    ("Q-long", "One\nTwo"), ("Q-place", "NO"), ("Q-mail", "a@b.example"), ("Q-page", "https://a.example"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize(("question", "value"), ONE_CELL)
def test_an_answer_survives_the_way_through_a_cell(type_of: TypeOf, question: str, value: Value, language: str) -> None:
    kind = type_of(question)
    assert kind.from_cell(kind.to_cell(value, language), language) == value
    assert kind.from_cell(kind.to_cell(None, language), language) is None


@pytest.mark.parametrize("language", ["en", "nb"])
def test_records_and_tables_survive_the_way_through_cells(type_of: TypeOf, language: str) -> None:
    record, table = type_of("Q-cert"), type_of("Q-table")
    assert isinstance(record, Record)
    assert isinstance(table, Table)
    assert record.from_cells(record.to_cells(CERTIFICATE, language), language) == CERTIFICATE
    assert record.from_cells(record.to_cells(None, language), language) is None
    rows: Value = [
        {"name": "Plant", "workers": 12, "weight": "1.234", "country": "NO", "activity": "dyeing", "own": "no"}
    ]
    assert table.from_rows(table.to_rows(rows, language), language) == rows
    assert table.from_rows([{"name": None}, {}], language) is None
