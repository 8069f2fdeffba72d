"""Text from strangers is made safe to store, to print and to compare."""

from __future__ import annotations

import pytest

from questionnaires.answers import AnswerError, LongText, ShortText


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", None),
        (" \t\n ", None),
        ("\u200b\u200d\ufeff", None),
        ("  Kari  Nordmann ", "Kari Nordmann"),
        ("Kari\r\nNordmann", "Kari Nordmann"),
        ("Kari\x00\x07\x1b\x85\x9fNordmann", "Kari Nordmann"),
        ("Ka\x00ri", "Kari"),
        ("A\u030ase", "Åse"),
        ("Åse Øyehaug 深圳市", "Åse Øyehaug 深圳市"),
        ("gnp\u202efdp.exe", "gnpfdp.exe"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_a_line_is_kept_clean(written: str, kept: str | None) -> None:
    assert ShortText().parse({"value": written}) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("One\r\nTwo\rThree\nFour", "One\nTwo\nThree\nFour"),
        ("One\u2028Two\u2029Three\x85Four", "One\nTwo\nThree\nFour"),
        ("One \t\nTwo", "One\nTwo"),
        ("One\n\n\tTwo", "One\n\n\tTwo"),
        ("नमस्\u200dते", "नमस्\u200dते"),
    ],
)
def test_lines_end_in_one_way(written: str, kept: str) -> None:
    assert LongText().parse({"value": written}) == kept


def test_text_that_is_too_long_says_by_how_much() -> None:
    with pytest.raises(AnswerError) as refused:
        ShortText(at_most=1000).parse({"value": "x" * 1001})
    assert refused.value.message("en") == "The text is 1,001 characters long. Shorten it to 1,000 or fewer."
    assert refused.value.message("nb") == ("Teksten er på 1\u00a0001 tegn. Kort den ned til 1\u00a0000 eller færre.")


def test_a_text_of_millions_of_characters_is_refused_quickly() -> None:
    with pytest.raises(AnswerError) as refused:
        LongText().parse({"value": "a\u0300" * 5_000_000})
    assert refused.value.code == "too_long"


def test_spaces_to_be_taken_out_do_not_count() -> None:
    assert ShortText(at_most=4).parse({"value": " " * 900 + "Kari"}) == "Kari"


@pytest.mark.parametrize("written", ["\ud800", "ok \udfff"])
def test_lone_surrogates_are_refused(written: str) -> None:
    with pytest.raises(AnswerError) as refused:
        ShortText().parse({"value": written})
    assert refused.value.code == "not_text"


@pytest.mark.parametrize("value", [None, 5, True, [], "", " x", "a\x00b", "A\u030ase", "\ud800"])
def test_only_clean_text_is_canonical(value: object) -> None:
    with pytest.raises(AnswerError):
        LongText().check(value)  # type: ignore[arg-type]
