"""Two people who answer the same page: neither undoes what the other has answered since."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Invitation
from tests.portal.web.supplier.test_answering import CHILDREN, HR, stored
from tests.portal.web.supplier.visiting import Visitor

GOVERNANCE = f"{HR}/governance"


@pytest.fixture
def colleague(app: Flask, installation: Installation, asked: Invitation) -> Visitor:
    """Somebody else with the same questionnaires before them."""
    return Visitor(app, installation, asked).open()


def shown(page: str) -> dict[str, str]:
    """Return the fingerprints that a page carries."""
    return dict(re.findall(r'name="(was-[^"]+)" value="([0-9a-f]{16})"', page))


def test_what_was_left_alone_does_not_undo_a_newer_answer(
    visitor: Visitor, colleague: Visitor, session: Session
) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17", "HR-19": "yes"})
    was = shown(visitor.get(CHILDREN).text)
    colleague.answer(f"{CHILDREN}/answer", {"HR-18": "16"})
    saved = visitor.answer(CHILDREN, {"HR-18": "17", "HR-19": "no", **was})
    assert saved.status_code == 303
    assert stored(session) == {"HR-18": 16, "HR-19": "no"}


def test_an_answer_that_nobody_has_seen_is_replaced_only_after_it_was_shown(
    visitor: Visitor, colleague: Visitor, session: Session
) -> None:
    was = shown(visitor.get(CHILDREN).text)
    colleague.answer(f"{CHILDREN}/answer", {"HR-18": "16"})
    typed = {"HR-18": "18", "HR-19": "yes"}
    page = visitor.answer(CHILDREN, {**typed, **was})
    assert page.status_code == 422
    assert "This was answered meanwhile" in page.text
    assert "16\u00a0years" in page.text
    assert 'href="#HR-18"' in page.text
    assert 'name="HR-18" value="18"' in page.text
    assert stored(session) == {"HR-18": 16, "HR-19": "yes"}
    assert visitor.answer(CHILDREN, {**typed, **shown(page.text)}).status_code == 303
    assert stored(session) == {"HR-18": 18, "HR-19": "yes"}


def test_a_comment_stays_as_typed_beside_a_newer_one(visitor: Visitor, colleague: Visitor, session: Session) -> None:
    visitor.answer(GOVERNANCE, {"HR-01": "no", "HR-01_comment": "Next year."})
    was = shown(visitor.get(GOVERNANCE).text)
    colleague.answer(f"{GOVERNANCE}/answer", {"HR-01": "no", "HR-01_comment": "In May."})
    page = visitor.answer(GOVERNANCE, {"HR-01": "no", "HR-01_comment": "In June.", **was})
    assert page.status_code == 422
    assert "In May." in page.text
    assert "In June.</textarea>" in page.text
    assert stored(session) == {"HR-01": "no", "HR-01#comment": "In May."}


def test_the_same_answer_from_both_is_no_conflict(visitor: Visitor, colleague: Visitor, session: Session) -> None:
    was = shown(visitor.get(CHILDREN).text)
    colleague.answer(f"{CHILDREN}/answer", {"HR-18": "16"})
    assert visitor.answer(CHILDREN, {"HR-18": "16", **was}).status_code == 303
    assert stored(session) == {"HR-18": 16}


def test_the_script_learns_the_fingerprint_of_what_it_saved(visitor: Visitor, session: Session) -> None:
    was = shown(visitor.get(CHILDREN).text)
    told = visitor.answer(f"{CHILDREN}/answer", {"HR-18": "16", "was-HR-18": was["was-HR-18"]}).json
    assert told is not None
    assert told["was"] == {"was-HR-18": shown(visitor.get(CHILDREN).text)["was-HR-18"]}
    assert visitor.answer(CHILDREN, {"HR-18": "17", **was, **told["was"]}).status_code == 303
    assert stored(session) == {"HR-18": 17}
