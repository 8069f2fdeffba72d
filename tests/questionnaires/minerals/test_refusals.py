"""What is said of a file that is not read."""

from __future__ import annotations

import string

import pytest

from questionnaires.minerals.refusals import _REFUSALS, CODES, NotReadable
from tests.questionnaires.minerals.hostile import HOSTILE


def speaks_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_refusal_says_the_same_in_both_languages_and_what_to_send(code: str) -> None:
    english, norwegian, advice = _REFUSALS[code]

    assert speaks_of(english) == speaks_of(norwegian)
    assert speaks_of(advice["en"]) == speaks_of(advice["nb"])
    assert advice["en"].startswith("Please ")


def test_no_two_refusals_have_the_same_sentence() -> None:
    assert len({found for found, _, _ in _REFUSALS.values()}) == len(_REFUSALS)


def test_what_a_stranger_wrote_is_no_pattern() -> None:
    refusal = NotReadable("no_declaration", sheet="Declaration", sheets="“{kind}”, “%s”")

    assert "“{kind}”, “%s”" in refusal.sentence()
    assert "“{kind}”" in refusal.sentence("nb")


def test_the_hostile_files_are_many_and_meet_most_refusals() -> None:
    by_workbook = {"too_old", "too_new", "other_template", "unknown_template"}

    assert len(HOSTILE) >= 30
    assert CODES - by_workbook <= {code for _, code in HOSTILE.values()}
