"""Every type of answer by a real form: as it is meant, and as nobody meant it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Answer
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor

TINY = Path(__file__).parents[3] / "questionnaires" / "tiny"
PAGE = "/every-type/all"
FIELDS: dict[str, Any] = {
    "Q-ack": "yes",
    "Q-yn": "no",
    "Q-ypn": "not_applicable",
    "Q-one": "blue",
    "Q-several": ["gold", "tin"],
    "Q-whole": "1 200",
    "Q-share": "12,5 %",
    "Q-date": "21.11.2025",
    "Q-short": "  李伟 ",
    "Q-long": "One\r\nTwo",
    "Q-table-4-name": "Plant",
    "Q-table-4-country": "cn",
    "Q-table-9-name": "Other",
}
VALUES = {
    "Q-ack": True, "Q-yn": "no", "Q-ypn": "not_applicable", "Q-one": "blue", "Q-several": ["tin", "gold"],
    "Q-whole": 1200,    "Q-share": "12.5", "Q-date": "2025-11-21", "Q-short": "李伟", "Q-long": "One\nTwo",
    "Q-table": [{"name": "Plant", "country": "CN"}, {"name": "Other"}],
}  # fmt: skip
QUESTIONS = [*VALUES, "Q-file"]
HOSTILE = [
    "\0", "x\0y", "'; DROP TABLE answers; --", "<script>alert(1)</script>", "{{ 7*7 }}", "NaN", "1e400", "-1",
    "9" * 400, "\u202egnp.exe", "e" + "\u0301" * 5_000, "\ufffe", "٣", "0x10", "x" * 60_000, "true", "[]", '{"a": 1}',
    "=1+1", "\r\n\r\n",
]  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def visitor(app: Flask, installation: Installation, make: Make) -> Visitor:
    asked = make.invitation(make.request(make.campaign(keys=("every-type",))))
    return Visitor(app, installation, asked).open()


def stored(session: Session) -> dict[str, Any]:
    found = {row.question: row.value for row in session.execute(sa.select(Answer.question, Answer.value))}
    session.rollback()
    return found


def test_every_type_goes_in_by_the_form_and_comes_back_in_it(visitor: Visitor, session: Session) -> None:
    assert visitor.post(PAGE, fields={"on_page": QUESTIONS, **FIELDS}).status_code == 303
    assert stored(session) == VALUES
    page = visitor.get(PAGE).text
    for words in ('value="1200"', 'value="12.5"', 'value="2025-11-21"', 'value="李伟"', '<option value="CN" selected>'):
        assert words in page
    assert page.count(" checked") == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_posted_breaks_a_page(visitor: Visitor, text: str) -> None:
    names = [name for name in FIELDS if name != "Q-table-4-country"] + [
        "Q-table-0-country",
        "Q-table-0-workers",
        "Q-file",
    ]
    answer = visitor.post(PAGE, fields={"on_page": QUESTIONS, **dict.fromkeys(names, text)})
    assert answer.status_code in {303, 422}
    assert "<script>alert(1)" not in answer.text
    saved = visitor.post(f"{PAGE}/answer", fields={"on_page": QUESTIONS, **dict.fromkeys(names, text)})
    assert saved.status_code == 200
    assert visitor.get(PAGE).status_code == 200
    assert visitor.get().status_code == 200


@pytest.mark.parametrize("question", ["Q-yn", "Q-one", "Q-whole", "Q-short", "Q-date"])
def test_two_different_answers_to_one_question_are_refused(visitor: Visitor, question: str) -> None:
    written = FIELDS[question]
    answer = visitor.post(f"{PAGE}/answer", fields={"on_page": question, question: [written, "1"]}).json
    assert answer is not None
    assert answer["saved"] is False
    assert question in answer["errors"]


def test_a_table_of_five_hundred_rows_is_saved_and_shown(visitor: Visitor, session: Session) -> None:
    rows = {f"Q-table-{row}-{column}": f"Row {row}" for row in range(500) for column in ("name", "notes")}
    numbers = {f"Q-table-{row}-workers": str(row) for row in range(500)}
    assert visitor.post(PAGE, fields={"on_page": "Q-table", **rows, **numbers}).status_code == 303
    table = stored(session)["Q-table"]
    assert len(table) == 500
    assert table[-1] == {"name": "Row 499", "notes": "Row 499", "workers": 499}
    page = visitor.get(PAGE)
    assert 'name="Q-table-500-name"' in page.text
    assert 'name="Q-table-501-name"' not in page.text


def test_one_row_too_many_is_told_in_a_sentence(visitor: Visitor, session: Session) -> None:
    rows = {f"Q-table-{row}-name": f"Row {row}" for row in range(501)}
    answer = visitor.post(PAGE, fields={"on_page": "Q-table", **rows})
    assert answer.status_code == 422
    assert "501" in answer.text
    assert stored(session) == {}


def test_a_form_of_absurd_size_is_refused_in_words(visitor: Visitor) -> None:
    answer = visitor.post(PAGE, fields={"on_page": "Q-long", "Q-long": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_body_that_is_no_form_changes_nothing(visitor: Visitor, session: Session) -> None:
    answer = visitor.client.post(f"{visitor.home}{PAGE}/answer", json={"on_page": ["Q-yn"], "Q-yn": "yes"})
    assert answer.json is not None
    assert answer.json["saved"] is False
    assert stored(session) == {}
