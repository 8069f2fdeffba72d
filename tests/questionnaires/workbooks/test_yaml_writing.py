"""Files as people like to read them, that say exactly what they should."""

from __future__ import annotations

from textwrap import dedent

import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from questionnaires.workbooks.yaml_writing import write_definition_file, write_translation_file

LETTERS = some.text(
    alphabet=some.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff"), max_size=8
)
WORDS = some.one_of(
    LETTERS, some.sampled_from(["yes", "no", "{option}", "a: b", "# c", "- d", "2026-1", "æøå", "«ja»", ">", "|"])
)
TEXTS = some.lists(some.lists(WORDS, min_size=1, max_size=25).map(" ".join), min_size=1, max_size=4).map("\n".join)


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_whatever_a_text_holds_the_file_says_the_same(first: str, second: str) -> None:
    tree = {
        "title": first,
        "sections": {"a": {"title": second}},
        "questions": {"B": {"text": first, "deviations": [second, None]}},
    }
    assert yaml.safe_load(write_translation_file(tree)) == tree


@given(TEXTS)
@settings(deadline=None)
def test_texts_in_lists_of_a_definition_are_safe_too(text: str) -> None:
    section = {"id": "a", "introduction": text, "questions": [{"id": "B", "text": text}]}
    definition = {"key": "k", "sections": [section], "rules": [{"id": "c", "sentence": text}]}
    assert yaml.safe_load(write_definition_file(definition)) == definition


def test_long_texts_are_folded_short_mappings_stand_on_one_line_and_yes_is_quoted() -> None:
    long = (
        "A policy is a written text with your own rules, which somebody in the management of the company has adopted."
    )
    definition = {
        "key": "k",
        "edition": "2026-1",
        "sections": [
            {
                "id": "a",
                "questions": [
                    {"id": "B", "help": long, "ask_if": {"question": "A", "answer_in": ["yes", "partly"]}},
                    {"id": "C", "text": "{option}: who?", "options": [{"code": "no", "text": "No, nobody"}]},
                ],
            }
        ],
    }
    assert write_definition_file(definition).decode() == dedent(
        """\
        key: k
        edition: "2026-1"

        sections:

          - id: a
            questions:

              - id: B
                help: >-
                  A policy is a written text with your own rules, which somebody in the management of
                  the company has adopted.
                ask_if: {question: A, answer_in: ["yes", partly]}

              - id: C
                text: "{option}: who?"
                options:
                  - code: "no"
                    text: No, nobody
        """
    )
