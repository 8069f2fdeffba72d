"""A supplier's own code: where an edition asks for it, what was uploaded and said, and the addendum that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from questionnaires import journey
from questionnaires.model import Questionnaire
from questionnaires.own_code import OwnCode, own_code, stated, uploaded
from questionnaires.texts import Text
from questionnaires.values import Value

Tiny = Callable[[str], Questionnaire]
FILE: dict[str, Value] = {"sha256": "a" * 64, "name": "code.pdf", "size": 9, "media_type": "application/pdf"}
OWN: dict[str, Value] = {"O-read": True, "O-choice": "own", "O-file": [FILE], "O-lacks": ["work"]}


def found(questionnaire: Questionnaire) -> OwnCode:
    code = own_code(questionnaire)
    assert code is not None
    return code


def test_the_addendum_says_which_files_are_the_own_code(tiny: Tiny) -> None:
    code = found(tiny("own-code"))
    assert (code.upload.id, code.addendum.id) == ("O-file", "O-addendum")
    assert [clause.no for clause in code.clauses] == ["1", "2", "3"]


@pytest.mark.parametrize("key", ["addendum", "asking"])
def test_where_no_addendum_names_an_upload_there_is_nothing_to_map(tiny: Tiny, key: str) -> None:
    assert own_code(tiny(key)) is None
    assert uploaded(tiny(key).asked_of({}), OWN) == ()
    assert stated(tiny(key).asked_of({}), OWN) == ()


def test_the_own_code_is_what_counts_among_the_answers(tiny: Tiny) -> None:
    questionnaire = tiny("own-code").asked_of({})
    assert uploaded(questionnaire, OWN) == (FILE,)
    assert uploaded(questionnaire, {**OWN, "O-choice": "accept"}) == ()


def test_what_the_supplier_says_of_its_code_stands_on_the_page_of_the_upload(tiny: Tiny) -> None:
    questionnaire = tiny("own-code").asked_of({"addendum": ["2"]})
    assert [question.id for question in stated(questionnaire, OWN)] == ["O-lacks"]
    assert stated(questionnaire, {"O-choice": "own", "O-file": [FILE]}) == ()


@pytest.mark.parametrize(
    ("facts", "answers", "is_asked"),
    [
        ({"addendum": ["2"]}, OWN, True),
        ({}, OWN, False),
        ({"addendum": ["2"]}, {**OWN, "O-choice": "accept"}, False),
        ({"addendum": ["2"]}, {**OWN, "O-file": None}, False),
    ],
)
def test_an_addendum_is_asked_for_while_there_is_a_code_that_lacks_something(
    tiny: Tiny, facts: dict[str, Value], answers: dict[str, Value], is_asked: bool
) -> None:
    asked = journey.walk(tiny("own-code").asked_of(facts), answers).questions
    assert ("O-addendum" in {question.id for question in asked}) is is_asked


def test_a_clause_is_the_same_where_its_english_text_is(tiny: Tiny) -> None:
    now = found(tiny("own-code"))
    law, work, safety = now.clauses
    reworded = replace(work, text=Text.of("Nobody is forced to work.", nb="Arbeid er frivillig."))
    renamed = replace(law, title=Text.of("Laws", nb="Lover"))
    before = replace(now, clauses=(renamed, reworded, replace(safety, no="4")))
    assert [now.is_unchanged(number, before) for number in ("1", "2", "3", "4")] == [True, False, False, False]
