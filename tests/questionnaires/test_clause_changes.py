"""What changed in a text that is accepted: clause by clause and word by word."""

from __future__ import annotations

import pytest

from questionnaires.answers import Clause
from questionnaires.clause_changes import Edit, Fate, clause_changes, has_changed, word_changes
from questionnaires.texts import Text


def clause(no: str, title: str, text: str, nb: str = "") -> Clause:
    return Clause(no, Text.of(title), Text.of(text, nb=nb) if nb else Text.of(text))


LAW = clause("1", "Law", "Follow the law of the land.")
WORK = clause("2", "Work", "Work is freely chosen.")
CHILDREN = clause("3", "Children", "No child works.")
NATURE = clause("2", "Nature", "Do no harm to rivers.")


def fates(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> list[tuple[str, str, str]]:
    return [(one.no, one.no_before, one.fate.value) for one in clause_changes(before, after, "en")]


def test_the_same_clauses_have_not_changed() -> None:
    assert not has_changed(clause_changes((LAW, WORK), (LAW, WORK), "en"))


def test_a_clause_put_in_between_leaves_the_others_as_they_were() -> None:
    moved = clause("3", "Work", "Work is freely chosen.")
    assert fates((LAW, WORK), (LAW, NATURE, moved)) == [("1", "1", "same"), ("2", "", "new"), ("3", "2", "same")]


def test_a_removed_clause_stands_where_it_stood() -> None:
    assert fates((LAW, WORK, CHILDREN), (LAW, clause("2", "Children", "No child works."))) == [
        ("1", "1", "same"),
        ("2", "2", "removed"),
        ("2", "3", "same"),
    ]
    assert fates((LAW, WORK), (LAW,))[-1] == ("2", "2", "removed")


def test_another_title_with_much_the_same_words_is_the_same_clause() -> None:
    retitled = clause("2", "Free work", "Work is always freely chosen.")
    (change,) = clause_changes((WORK,), (retitled,), "en")
    assert change.fate is Fate.CHANGED
    assert [(piece.edit, piece.words) for piece in change.title] == [
        (Edit.REMOVED, "Work"),
        (Edit.ADDED, "Free work"),
    ]


def test_a_title_says_more_than_a_number() -> None:
    land, law = clause("1", "Land", LAW.text.english), clause("2", "Law", "Follow the law of the sea.")
    assert fates((LAW,), (land, law)) == [("1", "", "new"), ("2", "1", "changed")]


def test_another_text_under_the_same_number_is_another_clause() -> None:
    assert fates((WORK,), (NATURE,)) == [("2", "", "new"), ("2", "2", "removed")]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Follow the law.", "Follow every law.", "Follow[- the][+ every] law."),
        ("Follow the law.", "Follow the law. Always.", "Follow the law.[+ Always.]"),
        ("Work, and rest.", "Work.", "[-Work, and rest.][+Work.]"),
        ("One\ntwo", "One two", "One two"),
        ("", "New", "[+New]"),
        ("", "", ""),
    ],
)
def test_words_are_kept_removed_and_added(before: str, after: str, words: str) -> None:
    signs = {Edit.KEPT: "{}", Edit.REMOVED: "[-{}]", Edit.ADDED: "[+{}]"}
    found = word_changes(before, after)
    assert "".join(signs[piece.edit].format(piece.words) for piece in found) == words
    assert "".join(piece.words for piece in found if piece.edit is not Edit.REMOVED) == after


def test_the_words_are_those_of_the_readers_language() -> None:
    before, after = clause("1", "Law", "Obey.", nb="Følg loven."), clause("1", "Law", "Obey it.", nb="Følg lovene.")
    (change,) = clause_changes((before,), (after,), "nb")
    assert [piece.words for piece in change.text] == ["Følg", " loven.", " lovene."]
