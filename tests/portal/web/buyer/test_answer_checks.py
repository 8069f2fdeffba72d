"""Each answer's badge on the review page, and the small form to mark it checked."""

from __future__ import annotations

import re
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import AnswerCheck, Role
from tests.factories import Make
from tests.portal.review_case import Case, open_case
from tests.portal.web.pages import check

NOTE = "Saw the <b>storage</b> routine."


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make)


@pytest.fixture
def buyer(case: Case, client: FlaskClient) -> FlaskClient:
    case.make.sign_in(client, case.buyer)
    return client


def page(case: Case) -> str:
    return f"/assessments/{case.declaration.assessment_id}"


def deed(case: Case, name: str = "") -> str:
    return f"/declarations/{case.declaration.id}/checks{name}"


def form(question: str = "HR-01", level: str = "checked", note: str = NOTE) -> dict[str, str]:
    return {"question": question, "level": level, "note": note}


def badge_of(text: str, question: str) -> str:
    """Return what stands in the first badge of an answer."""
    found = re.search(rf'id="answer-{question}">.*?<p><span class="ds-tag" data-color="\w+">([^<]+)<', text, re.DOTALL)
    assert found
    return found.group(1)


def test_every_answer_has_a_badge_and_the_summary_counts_them(buyer: FlaskClient, case: Case) -> None:
    text = check(buyer.get(page(case)))
    assert badge_of(text, "HR-02") == "Stated"
    assert re.search(r"Stated</span> 4</span>.*Checked on site</span> 0", text, re.DOTALL)


def test_an_answer_is_marked_checked_and_says_who_and_what(buyer: FlaskClient, case: Case) -> None:
    sent = buyer.post(deed(case), data=form(level="checked_on_site"))

    assert (sent.status_code, sent.location.rpartition("/")[2]) == (
        303,
        f"{case.declaration.assessment_id}#answer-HR-01",
    )
    text = check(buyer.get(page(case)))
    assert badge_of(text, "HR-01") == "Checked on site"
    assert "Buyer, " in text
    assert "Saw the &lt;b&gt;storage&lt;/b&gt; routine." in text
    assert re.search(r"Checked on site</span> 1</span>", text)


def test_a_check_without_words_is_refused_and_the_form_stays_open(buyer: FlaskClient, case: Case) -> None:
    answer = buyer.post(deed(case), data=form(level="checked_on_site", note=" "))

    assert answer.status_code == 422
    text = check(answer)
    assert "Say what was looked at: an auditor will ask." in text
    assert text.count('<details class="decide check" open>') == 1
    assert '<option value="checked_on_site" selected>' in text


def test_a_check_that_is_too_long_is_not_lost(buyer: FlaskClient, case: Case) -> None:
    assert "x" * 4001 in check(buyer.post(deed(case), data=form(note="x" * 4001)))


def test_a_check_can_come_after_approval_and_be_taken_back(buyer: FlaskClient, case: Case, session: Session) -> None:
    case.approve()
    assert buyer.post(deed(case), data=form()).status_code == 303
    assert "Take the check back" in check(buyer.get(page(case)))

    assert buyer.post(deed(case, "/take-back"), data={"question": "HR-01"}).status_code == 303

    assert session.query(AnswerCheck).count() == 0
    assert "Take the check back" not in buyer.get(page(case)).text


def test_an_earlier_check_is_shown_as_one_and_nothing_is_checked_in_a_replaced_declaration(
    buyer: FlaskClient, case: Case
) -> None:
    buyer.post(deed(case), data=form())
    case.replace()

    text = check(buyer.get(page(case)))

    assert "Checked in the earlier declaration" in text
    assert badge_of(text, "HR-01") == "Stated"
    answer = buyer.post(deed(case), data=form("HR-02"))
    assert answer.status_code == 409
    assert "Mark as checked" not in check(answer)


@pytest.mark.parametrize("level", ["", "stated", "documented", "\0"])
def test_a_level_that_nobody_can_give_is_none(buyer: FlaskClient, case: Case, level: str) -> None:
    assert buyer.post(deed(case), data=form(level=level)).status_code == 400


@pytest.mark.parametrize("question", ["", "HR-99", "\0", "<script>", "x" * 5000])
def test_made_up_questions_are_refused_in_words(buyer: FlaskClient, case: Case, question: str) -> None:
    assert buyer.post(deed(case), data=form(question)).status_code == 422
    assert buyer.post(deed(case, "/take-back"), data={"question": question}).status_code == 303


def test_made_up_declarations_are_not_there(buyer: FlaskClient) -> None:
    for path in ("checks", "checks/take-back"):
        assert buyer.post(f"/declarations/{uuid.uuid4()}/{path}", data=form()).status_code == 404


def test_the_auditor_sees_the_levels_and_the_trace_and_changes_nothing(
    buyer: FlaskClient, case: Case, client: FlaskClient, make: Make
) -> None:
    buyer.post(deed(case), data=form(level="checked_on_site"))
    buyer.post(deed(case, "/take-back"), data={"question": "HR-01"})
    buyer.post(deed(case), data=form("HR-02"))
    make.sign_in(client, make.user(Role.AUDITOR))

    text = check(client.get(f"/archive/{case.declaration.id}"))

    assert "How the answers are backed" in text
    assert "Saw the &lt;b&gt;storage&lt;/b&gt; routine." in text
    assert "looked into an answer." in text
    assert "took back that an answer was checked." in text
    assert client.post(deed(case), data=form()).status_code == 403
