"""The review of a declaration whose answers were carried over: marks, last year's answers, the summary."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from portal.config import Settings
from portal.models import Declaration
from tests.factories import Make
from tests.portal.carried_case import CARRYING, TINY, last_year, this_year
from tests.portal.web.pages import check

ANSWERS = {"K-same": "no", "K-same#comment": "Next year", "K-worded": 13, "K-meant": "partly", "K-narrowed": 40}
MARKS = {"K-same": "confirmed", "K-worded": "changed", "K-meant": "new", "K-narrowed": "new"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def declaration(make: Make) -> Declaration:
    assessment = this_year(make, last_year(make, "carrying", CARRYING)).request.assessments[0]
    make.answers(assessment, dict(ANSWERS))
    make.session.expire_all()
    declaration = make.declaration(assessment)
    declaration.marks = dict(MARKS)
    make.session.commit()
    return declaration


def review(make: Make, client: FlaskClient, declaration: Declaration, language: str = "en") -> str:
    make.sign_in(client, make.user())
    address = f"/assessments/{declaration.assessment_id}"
    make.session.commit()
    return check(client.get(address, headers={"Accept-Language": language}))


def answer(page: str, question: str) -> str:
    found = re.search(rf'<div id="answer-{question}">(.*?)</dd>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def test_each_answer_shows_what_became_of_last_years(make: Make, client: FlaskClient, declaration: Declaration) -> None:
    page = review(make, client, declaration)
    assert "Confirmed" in answer(page, "K-same")
    assert "Last year" not in answer(page, "K-same")
    assert re.search(r"13 .*Changed .*Last year's answer: 12", answer(page, "K-worded"))
    assert re.search(r"Partly .*New answer .*Last year's answer: Yes", answer(page, "K-meant"))
    assert "Last year's answer: 1 January 2026" in answer(page, "K-fresh"), "it was not answered this time"


def test_the_summary_counts_and_leads_to_what_has_changed(
    make: Make, client: FlaskClient, declaration: Declaration
) -> None:
    page = review(make, client, declaration)
    assert "1 changed, 1 confirmed, 2 new" in page
    assert 'href="#answer-K-worded"' in page
    assert 'href="#answer-K-same"' not in page
    earlier = declaration.assessment.carried_from
    assert earlier is not None
    assert f"Compared with {earlier.reference}, signed" in page


def test_the_marks_are_in_the_readers_language(make: Make, client: FlaskClient, declaration: Declaration) -> None:
    page = review(make, client, declaration, "nb")
    assert "1 endret, 1 bekreftet, 2 nye" in page
    assert "Fjorårets svar: Ja" in answer(page, "K-meant")


def test_without_an_earlier_declaration_nothing_is_marked(make: Make, client: FlaskClient) -> None:
    page = review(make, client, last_year(make, "carrying", CARRYING))
    assert "Compared with" not in page
    assert "Last year&#39;s" not in page
    assert "Last year's" not in page
    assert "Changed" not in page
