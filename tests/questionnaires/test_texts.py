"""Texts are read in the reader's language, and in English where there is no other."""

from __future__ import annotations

import pytest

from questionnaires.texts import Text


@pytest.mark.parametrize(
    ("language", "read"),
    [("nb", "Ja"), ("nb_NO", "Ja"), ("en", "Yes"), ("en-GB", "Yes"), ("zh", "Yes"), ("", "Yes")],
)
def test_a_text_is_read_in_the_readers_language_or_in_english(language: str, read: str) -> None:
    assert Text.of("Yes", nb="Ja").in_language(language) == read


def test_a_part_is_filled_in_in_the_same_language() -> None:
    text = Text.of("Where is {option} from?", nb="Hvor er {option} fra?")
    filled = text.filled(option=Text.of("tin", nb="tinn"))
    assert filled == Text.of("Where is tin from?", nb="Hvor er tinn fra?")
    assert filled.languages == ("en", "nb")
