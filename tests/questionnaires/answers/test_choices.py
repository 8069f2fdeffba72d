"""Choices: only the author's codes, in the author's order, and "none" alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from questionnaires.answers import AnswerError, AnswerType, FormFields, SeveralOf

Post = Callable[[dict[str, str | list[str]]], FormFields]
TypeOf = Callable[[str], AnswerType]


@pytest.mark.parametrize(
    ("question", "posted", "kept"),
    [
        ("Q-yn", "yes", "yes"),
        ("Q-yn", " no ", "no"),
        ("Q-yn", "", None),
        ("Q-ypn", "partly", "partly"),
        ("Q-ypn", "not_known", "not_known"),
        ("Q-ypn", "not_applicable", "not_applicable"),
        ("Q-one", "blue", "blue"),
        ("Q-ack", "yes", True),
        ("Q-ack", [], None),
    ],
)
def test_the_chosen_code_is_kept(
    type_of: TypeOf, post: Post, question: str, posted: str | list[str], kept: object
) -> None:
    assert type_of(question).read(post({question: posted}), question) == kept


@pytest.mark.parametrize(
    ("question", "posted"),
    [
        ("Q-yn", "partly"),
        ("Q-yn", "YES"),
        ("Q-yn", "true"),
        ("Q-one", "green"),
        ("Q-one", "red\x00"),
        ("Q-several", "lead"),
        ("Q-ack", "on"),
        ("Q-yn", ["yes", "no"]),
        ("Q-several", ["tin", "none"]),
    ],
)
def test_what_was_not_offered_is_refused(type_of: TypeOf, post: Post, question: str, posted: str | list[str]) -> None:
    with pytest.raises(AnswerError):
        type_of(question).read(post({question: posted}), question)


def test_ticks_are_kept_in_the_authors_order_and_once(type_of: TypeOf, post: Post) -> None:
    assert type_of("Q-several").read(post({"Q": ["gold", "tin", "gold", ""]}), "Q") == ["tin", "gold"]


@pytest.mark.parametrize("value", [[], ["gold", "tin"], ["tin", "tin"], "tin", ["tin", "none"], [1], None, ["lead"]])
def test_only_ordered_known_codes_are_canonical(type_of: TypeOf, value: object) -> None:
    with pytest.raises(AnswerError):
        type_of("Q-several").check(value)  # type: ignore[arg-type]


def test_too_few_ticks_are_refused_but_none_of_these_is_always_enough(type_of: TypeOf) -> None:
    options = type_of("Q-several").options  # type: ignore[attr-defined]
    two = SeveralOf(options, minimum=2)
    assert two.parse({"values": ["none"]}) == ["none"]
    with pytest.raises(AnswerError) as refused:
        two.parse({"values": ["tin"]})
    assert refused.value.message("nb") == "Kryss av for minst 2 alternativer."


def test_a_conflict_with_none_of_these_names_it_in_the_readers_language(type_of: TypeOf) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of("Q-several").parse({"values": ["tin", "none"]})
    assert "“None of these”" in refused.value.message("en")
    assert "«Ingen av disse»" in refused.value.message("nb")


@pytest.mark.parametrize(
    ("question", "value", "english", "bokmaal"),
    [
        ("Q-yn", "yes", "Yes", "Ja"),
        ("Q-ypn", "not_applicable", "Not applicable", "Ikke aktuelt"),
        ("Q-one", "blue", "Blue", "Blå"),
        ("Q-several", ["tin", "gold"], "Tin; Gold", "Tinn; Gull"),
        ("Q-ack", True, "Confirmed", "Bekreftet"),
        ("Q-one", None, "", ""),
    ],
)
def test_choices_are_shown_in_words(
    type_of: TypeOf, question: str, value: str | None, english: str, bokmaal: str
) -> None:
    assert type_of(question).display(value, "en") == english
    assert type_of(question).display(value, "nb") == bokmaal


@pytest.mark.parametrize("value", [False, "yes", 1, None])
def test_an_acknowledgement_is_true_or_nothing(type_of: TypeOf, value: object) -> None:
    with pytest.raises(AnswerError):
        type_of("Q-ack").check(value)  # type: ignore[arg-type]
