"""Last year's answers: what confirming would save, what waits, and how the marks stand in the canonical bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from questionnaires import journey
from questionnaires.answers import Files
from questionnaires.carry_over import Mark, Reason, carried, marks, proposal, unconfirmed, waits
from questionnaires.catalogue import Catalogue
from questionnaires.journey import Lineage, canonical
from questionnaires.model import Questionnaire
from questionnaires.values import Value

TINY = Path(__file__).parent / "tiny"
DAY = date(2027, 3, 1)
POLICY: dict[str, Value] = {"sha256": "a" * 64, "name": "p.pdf", "size": 1, "media_type": "application/pdf"}
PICTURE: dict[str, Value] = {"sha256": "b" * 64, "name": "p.png", "size": 1, "media_type": "image/png"}
LAST_YEAR: dict[str, Value] = {
    "Y-code": True,
    "Y-terms": True,
    "Y-policy": "yes",
    "Y-policy#documents": [POLICY],
    "Y-licence": [POLICY],
    "Y-agency": "yes",
    "Y-which": [{"name": "Hire AS"}],
    "Y-award": "Best mine",
    "Y-sign": {"name": "Kari", "title": "Head", "signed_on": "2026-03-01"},
}
Carried = dict[str, Any]


@pytest.fixture(scope="module")
def editions() -> tuple[Questionnaire, ...]:
    return Catalogue.load(TINY).editions("yearly")


@pytest.fixture
def now(editions: tuple[Questionnaire, ...]) -> Questionnaire:
    return editions[-1]


@pytest.fixture
def earlier(editions: tuple[Questionnaire, ...]) -> Carried:
    return carried(editions, LAST_YEAR, DAY)


def test_what_is_only_shown_says_why(earlier: Carried) -> None:
    assert {name: one.reason for name, one in earlier.items() if one.reason} == {
        "Y-code": Reason.MEANING,
        "Y-sign": Reason.ANEW,
    }


def test_confirming_saves_answer_comment_and_files(now: Questionnaire, earlier: Carried) -> None:
    assert proposal(now.question("Y-policy"), earlier["Y-policy"]) == {
        "Y-policy": "yes",
        "Y-policy#documents": [POLICY],
    }


def test_what_the_question_no_longer_takes_is_not_proposed_and_leaves_the_answer_confirmed(
    now: Questionnaire, earlier: Carried
) -> None:
    question = now.question("Y-policy")
    of_pictures = replace(question, documents=Files(("image",), 1))
    brought = replace(earlier["Y-policy"], documents=(POLICY, PICTURE), comment="Since May")
    assert proposal(of_pictures, brought) == {"Y-policy": "yes", "Y-policy#documents": [PICTURE]}
    bare = replace(now, sections=tuple(_without_documents(section) for section in now.sections))
    assert marks(bare, earlier, {"Y-policy": "yes"})["Y-policy"] is Mark.CONFIRMED


def _without_documents(section: Any) -> Any:
    return replace(section, questions=tuple(replace(each, documents=None) for each in section.questions))


def test_another_document_is_a_change(now: Questionnaire, earlier: Carried) -> None:
    assert marks(now, earlier, {"Y-policy": "yes"})["Y-policy"] is Mark.CHANGED
    assert marks(now, earlier, {"Y-policy": "yes", "Y-policy#documents": [POLICY]})["Y-policy"] is Mark.CONFIRMED


def test_those_wait_that_nobody_confirmed_changed_or_emptied(now: Questionnaire, earlier: Carried) -> None:
    award = now.question("Y-award")
    assert waits(award, earlier["Y-award"], {})
    assert not waits(award, earlier["Y-award"], {"Y-award": "None"})
    assert not waits(award, earlier["Y-award"], {"Y-award#declined": True})
    assert not waits(now.question("Y-code"), earlier["Y-code"], {})
    assert not waits(award, None, {})


def test_what_hangs_on_a_proposed_answer_waits_with_it(now: Questionnaire, earlier: Carried) -> None:
    def waiting(answers: dict[str, Value]) -> list[str]:
        return [question.id for question in unconfirmed(now, earlier, answers)]

    assert waiting({}) == ["Y-terms", "Y-policy", "Y-licence", "Y-agency", "Y-which", "Y-award"]
    assert waiting({"Y-agency": "no", "Y-terms": True}) == ["Y-policy", "Y-licence", "Y-award"]


def test_that_an_answer_was_emptied_is_never_declared(now: Questionnaire) -> None:
    assert journey.counted(now, {"Y-award#declined": True, "Y-policy": "yes"}) == {"Y-policy": "yes"}


def test_the_marks_stand_beside_the_answers_and_only_there(
    now: Questionnaire, tiny: Callable[[str], Questionnaire]
) -> None:
    lineage = Lineage("2026-AAAA-BBBB", "2026-1", "c" * 64, {"Y-policy": Mark.CONFIRMED})
    content = json.loads(canonical(now, {"Y-policy": "yes"}, lineage))
    assert content == {
        "answers": {"Y-policy": "yes"},
        "carried_from": {"answers_sha256": "c" * 64, "edition": "2026-1", "reference": "2026-AAAA-BBBB"},
        "edition": "2027-1",
        "marks": {"Y-policy": "confirmed"},
        "questionnaire": "yearly",
    }
    assert set(json.loads(canonical(now, {"Y-policy": "yes"}))) == {"answers", "edition", "questionnaire"}


def test_a_document_says_which_paper_it_is_in_the_readers_language(now: Questionnaire) -> None:
    paper: Any = now.question("Y-code").type
    assert paper.document.in_words("en") == "POL039, version 5. In force from 15 January 2027. Adopted by: The board."
    assert paper.document.in_words("nb") == "POL039, versjon 5. Gjelder fra 15. januar 2027. Vedtatt av: Styret."
