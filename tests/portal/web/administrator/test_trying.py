"""A questionnaire is tried by answering it; whatever comes in a form gets a sentence, and nothing is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.models import LedgerEvent
from portal.services import trials
from questionnaires.loading import load_edition
from tests.factories import Make
from tests.portal.web.administrator.test_preview import TINY, Show
from tests.portal.web.pages import check

HUMAN_RIGHTS = "/questionnaires/human-rights/2026-1/preview"
CODE = "/questionnaires/code-of-conduct/2026-1/preview"
GONE = "What you tried is no longer there"
CHILD = {"at": "/child-labour", "on_page": "HR-18", "HR-18": "12", "go": "result"}


def ticket_of(answer: TestResponse) -> str:
    found = re.search(r'name="ticket" value="([^"]*)"', answer.text)
    assert found
    return found[1]


def post(buyer: FlaskClient, address: str, **fields: Any) -> TestResponse:
    return buyer.post(address, data=fields)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The youngest person working for the company is under 15."),
        ("nb", "Den yngste som arbeider i virksomheten, er under 15 år."),
    ],
)
def test_a_bad_answer_shows_the_deviation_and_its_rule(buyer: FlaskClient, language: str, sentence: str) -> None:
    page = check(post(buyer, HUMAN_RIGHTS, **CHILD, language=language))

    assert sentence in page
    assert "Zero tolerance" in page
    assert "human-rights/2026-1:HR-18" in page
    assert "about 37 to 40 minutes" in page
    assert "things are missing" in page


def test_severities_follow_the_readers_language(buyer: FlaskClient) -> None:
    post(buyer, HUMAN_RIGHTS, **CHILD)
    buyer.post("/language", data={"language": "nb"})

    assert "Nulltoleranse" in post(buyer, HUMAN_RIGHTS, **CHILD).text


def test_answers_travel_from_page_to_page_and_are_kept_nowhere(buyer: FlaskClient, session: Session) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent))
    session.rollback()
    first = post(buyer, HUMAN_RIGHTS, **{**CHILD, "go": "next"})
    second = post(buyer, HUMAN_RIGHTS, ticket=ticket_of(first), at="/freedom-of-association", go="result")

    assert "human-rights/2026-1:HR-18" in second.text
    assert "human-rights/2026-1:HR-18" not in post(buyer, HUMAN_RIGHTS, go="result").text
    assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent)) == before


def test_what_does_not_fit_gets_the_suppliers_sentence_and_the_rest_is_kept(buyer: FlaskClient) -> None:
    answer = post(buyer, HUMAN_RIGHTS, **{**CHILD, "on_page": ["HR-18", "HR-19"], "HR-18": "twelve", "HR-19": "yes"})

    assert answer.status_code == 422
    assert "Write a whole number with digits only" in check(answer)
    assert 'value="twelve"' in answer.text
    later = post(buyer, HUMAN_RIGHTS, ticket=ticket_of(answer), go="/child-labour")
    assert 'id="HR-19-yes" name="HR-19" value="yes" checked' in later.text


def test_the_language_changes_without_losing_answers(buyer: FlaskClient) -> None:
    answer = post(buyer, HUMAN_RIGHTS, **{**CHILD, "go": ""}, language="en", switch="nb")

    assert "Barnearbeid" in answer.text
    assert 'value="12"' in answer.text


def test_facts_of_the_supplier_and_example_files_lead_to_the_addendum(buyer: FlaskClient) -> None:
    answer = post(buyer, CODE, on_facts="1", **{"fact-addendum": ["1", "nonsense"]}, go="next")
    own = {"at": "/commitment", "on_page": "CC-02", "CC-02": "own", "go": "next"}
    upload = post(buyer, CODE, ticket=ticket_of(answer), **own)
    assert "Go on as if a file were uploaded" in upload.text
    with_file = post(buyer, CODE, ticket=ticket_of(upload), at="/own-code", on_page="CC-03", upload="CC-03")
    assert "example file" in with_file.text

    addendum = post(buyer, CODE, ticket=ticket_of(with_file), go="/addendum")
    assert 'id="CC-08"' in check(addendum)

    without = post(buyer, CODE, ticket=ticket_of(with_file), at="/own-code", on_page="CC-03", remove="CC-03 None")
    sentence = "With these answers and facts, that page is not asked."
    assert sentence in post(buyer, CODE, ticket=ticket_of(without), go="/addendum").text


def test_a_page_that_is_read_can_be_tried_even_if_it_is_not_asked(buyer: FlaskClient) -> None:
    answer = post(buyer, CODE, at="/own-code", on_page=["CC-04"], upload="CC-03")

    assert answer.status_code == 200
    assert "that page is not asked" in answer.text


def test_a_table_gets_more_rows(buyer: FlaskClient) -> None:
    few = post(buyer, HUMAN_RIGHTS, go="/due-diligence").text.count('id="HR-06-r')
    more = post(buyer, HUMAN_RIGHTS, at="/due-diligence", on_page="HR-06", add_row="HR-06").text

    assert more.count('id="HR-06-r') > few


@pytest.mark.parametrize("field", [{"trial-day": "yesterday"}, {"trial-day": "0001-01-01"}, {"fact-tier": "odd"}])
def test_wrong_facts_get_a_sentence(buyer: FlaskClient, field: dict[str, str]) -> None:
    answer = buyer.post(HUMAN_RIGHTS, data={"on_facts": "1", "go": "next", **field})

    assert answer.status_code == 422
    assert "<title>Error:" in check(answer)


@pytest.mark.parametrize("change", [lambda one: one[:-9] + "AAAAAAAAA", lambda _: "x" * 600_000, lambda _: "é.\x00"])
def test_a_changed_ticket_gets_a_sentence(buyer: FlaskClient, change: Any) -> None:
    ticket = change(ticket_of(post(buyer, HUMAN_RIGHTS, **CHILD)))

    answer = post(buyer, HUMAN_RIGHTS, ticket=ticket, go="result")

    assert answer.status_code == 422
    assert GONE in check(answer)


def test_a_ticket_is_good_for_one_person_and_one_text(buyer: FlaskClient, make: Make) -> None:
    ticket = ticket_of(post(buyer, HUMAN_RIGHTS, **CHILD))

    assert GONE in post(buyer, CODE, ticket=ticket, go="result").text
    make.sign_in(buyer, make.user())
    assert GONE in post(buyer, HUMAN_RIGHTS, ticket=ticket, go="result").text


def test_an_old_ticket_gets_a_sentence(buyer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ticket_of(post(buyer, HUMAN_RIGHTS, **CHILD))
    monkeypatch.setattr(trials, "SECONDS_TO_TRY", -1)

    assert GONE in post(buyer, HUMAN_RIGHTS, ticket=ticket, go="result").text


def test_more_answers_than_a_form_holds_get_a_sentence(buyer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ticket_of(post(buyer, HUMAN_RIGHTS, **CHILD))
    monkeypatch.setattr(trials, "MOST_CHARACTERS", len(ticket) + 20)

    answer = post(buyer, HUMAN_RIGHTS, ticket=ticket, on_page="HR-02", **{"HR-02": "Åse Ødegård, manager"}, go="next")

    assert answer.status_code == 422
    assert "more answers than can be tried at once" in check(answer)
    assert ticket_of(answer) == ticket


def test_an_enormous_form_gets_a_sentence(buyer: FlaskClient) -> None:
    answer = post(buyer, HUMAN_RIGHTS, on_page="HR-02", **{"HR-02": "x" * 3_000_000})

    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("fields", [
    {"go": "/nothing"}, {"at": "/nothing", "go": "next"}, {"at": "/nothing", "switch": "nb"}, {"go": "/"},
])  # fmt: skip
def test_a_page_that_does_not_exist_is_not_found(buyer: FlaskClient, fields: dict[str, str]) -> None:
    assert buyer.post(HUMAN_RIGHTS, data=fields).status_code == 404


@pytest.mark.parametrize("odd", ["\x00", "<script>alert(1)</script>", "\u202e", "1e400", "NaN", "{{7*7}}", "9" * 5000])
def test_odd_input_is_never_an_error_of_the_server(buyer: FlaskClient, show: Show, odd: str) -> None:
    edition = show(load_edition(TINY / "every-type" / "2026-1"))
    questions = [question.id for question in edition.questions]
    parts = {f"{one}-0-{column.id}": odd for one in questions for column in columns_of(edition, one)}
    fields = {"on_page": questions, **dict.fromkeys(questions, odd), **parts, "at": odd, "go": "next", "switch": odd}

    answer = buyer.post(f"/questionnaires/{edition.name}/preview", data=fields)

    assert answer.status_code < 500
    assert "<script>alert" not in answer.text


def columns_of(edition: Any, question: str) -> Any:
    return getattr(edition.question(question).type, "columns", ())
