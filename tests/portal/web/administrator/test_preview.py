"""Every page of every questionnaire can be read before it is asked, in each of its languages."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.models import Role
from questionnaires.catalogue import Catalogue
from questionnaires.loading import load_edition
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from tests.factories import Make
from tests.portal.web.pages import check

Show = Callable[[Questionnaire], Questionnaire]
EDITIONS = Catalogue.load().all()
TINY = Path(__file__).parents[3] / "questionnaires" / "tiny"
DRAFT = "draft/2026-1"
TEXTS = """
key: draft
edition: "2026-1"
title: A draft
introduction: What we ask.
minutes: 1
statement: It is true.
sections:
  - id: only
    title: The only page
    questions:
      - id: DR-01
        text: Do you keep <records>?
        type: yes_no
        not_applicable: with_reason
        comment: {when: ["no", not_applicable], required: true, label: Why?}
      - id: DR-02
        text: How many people work for you?
        type: whole_number
        unit: people
        ask_if: {any: [{question: DR-01, answer_in: ["no", not_applicable]}, {fact: country, answer_in: ["NO"]}]}
"""
NORWEGIAN = """
title: Et utkast
questions:
  DR-01: {comment: "Hvorfor?"}
"""


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.name)
def test_every_page_of_a_shipped_edition_is_shown_in_each_language(buyer: FlaskClient, edition: Questionnaire) -> None:
    start = f"/questionnaires/{edition.key}/{edition.edition}/preview"
    for language in edition.languages:
        assert edition.title.in_language(language) in check(buyer.get(f"{start}?language={language}"))
        for section in edition.sections:
            answer = buyer.get(f"{start}/sections/{section.id}?language={language}")
            assert answer.status_code == 200
            assert f'<div class="as-supplier" lang="{language}">' in answer.text
        everything = buyer.get(f"{start}/all?language={language}").text
        assert [one.id for one in edition.questions if f'id="{one.id}"' not in everything] == []


@pytest.mark.parametrize(
    "key", ["facts", "comparing", "deviating", "every-type", "documented", "repeating", "own-code"]
)
def test_every_feature_of_the_language_is_shown(buyer: FlaskClient, show: Show, key: str) -> None:
    edition = show(load_edition(TINY / key / "2026-1"))

    for section in edition.sections:
        assert buyer.get(f"/questionnaires/{edition.name}/preview/sections/{section.id}").status_code == 200
    assert buyer.post(f"/questionnaires/{edition.name}/preview", data={"go": "result"}).status_code == 200


def test_what_is_not_translated_is_marked_and_counted(buyer: FlaskClient, show: Show) -> None:
    edition = show(load_files(DRAFT, {"questionnaire.yaml": TEXTS.encode(), "nb.yaml": NORWEGIAN.encode()}, draft=True))
    address = f"/questionnaires/{edition.name}/preview"

    norwegian = buyer.get(f"{address}/sections/only?language=nb").text
    english = buyer.get(f"{address}/sections/only?language=en").text

    tag = '<span class="ds-tag" data-color="warning" data-size="sm">not translated</span> '
    assert f"{tag}Do you keep &lt;records&gt;?" in norwegian
    assert "Hvorfor?" in norwegian
    assert "[en]" not in norwegian.partition("<body>")[2]  # a title in the browser's bar takes no tag
    assert f"{len(edition.gaps)} texts are not translated into Norsk bokmål yet." in norwegian
    assert "not translated" not in english
    assert tag in buyer.get(f"{address}?language=nb").text


def test_conditions_are_told_in_words(buyer: FlaskClient, show: Show) -> None:
    show(load_files(DRAFT, {"questionnaire.yaml": TEXTS.encode(), "nb.yaml": NORWEGIAN.encode()}, draft=True))
    address = f"/questionnaires/{DRAFT}/preview/sections/only?language="

    assert "Asked only if DR-01 is “No” or “Not applicable”, or Country is “Norway”." in unquoted(buyer, address + "en")
    buyer.post("/language", data={"language": "nb"})
    assert "Stilles bare hvis DR-01 er «Nei» eller «Ikke aktuelt»" in unquoted(buyer, address + "nb")


def test_the_words_around_the_questions_stay_in_the_readers_language(buyer: FlaskClient) -> None:
    page = buyer.get("/questionnaires/human-rights/2026-1/preview/sections/child-labour?language=nb").text

    assert "Try these answers and go on" in page
    assert "Hvorfor vi spør:" in page  # inside the question, as the supplier sees it


@pytest.mark.parametrize("path", ["human-rights/2026-1/preview/sections/nothing", "nothing/2026-1/preview"])
def test_what_does_not_exist_is_not_found(buyer: FlaskClient, path: str) -> None:
    answer = buyer.get(f"/questionnaires/{path}")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_an_unknown_language_is_the_readers(buyer: FlaskClient) -> None:
    assert (
        '<div class="as-supplier" lang="en">'
        in buyer.get("/questionnaires/human-rights/2026-1/preview?language=xx").text
    )


def test_an_auditor_has_no_preview(buyer: FlaskClient, make: Make) -> None:
    make.sign_in(buyer, make.user(Role.AUDITOR))

    assert buyer.get("/questionnaires/human-rights/2026-1/preview").status_code == 403
    assert buyer.post("/questionnaires/human-rights/2026-1/preview").status_code == 403


def unquoted(buyer: FlaskClient, address: str) -> str:
    return html.unescape(buyer.get(address).text)
