"""What may be answered, in a few words beside an empty field: "A whole number from 0 to 120"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from questionnaires.answers import (
    Acknowledgement,
    AnswerType,
    Certificate,
    Country,
    Day,
    DecimalNumber,
    Email,
    Files,
    LongText,
    Money,
    OneOf,
    Percentage,
    PersonalSignature,
    SeveralOf,
    ShortText,
    Table,
    WebAddress,
    WholeNumber,
    YesNo,
    YesPartlyNo,
)
from questionnaires.answers.locales import number_in_words
from questionnaires.answers.numbers import LARGEST_DECIMAL
from questionnaires.texts import Text
from questionnaires.values import LARGEST_WHOLE_NUMBER

_CHOOSE = Text.of("Choose one.", nb="Velg én.")
_TICK = Text.of("Tick what applies.", nb="Kryss av for det som gjelder.")
_TICK_SOME = Text.of("Tick at least {minimum}.", nb="Kryss av for minst {minimum}.")
_CONFIRM = Text.of("Yes, if: {label}", nb="Ja, hvis: {label}")
_COUNTRY = Text.of(
    "A country: its name in English or Norwegian, or its two-letter code.",
    nb="Et land: navnet på norsk eller engelsk, eller koden på to bokstaver.",
)
_EMAIL = Text.of("A mail address.", nb="En e-postadresse.")
_ADDRESS = Text.of("An address on the web, with https://.", nb="En adresse på nettet, med https://.")
_DAY = Text.of("A date, as 21.11.2026.", nb="En dato, som 21.11.2026.")
_PAST = Text.of("A date, as 21.11.2026; not later than today.", nb="En dato, som 21.11.2026; ikke senere enn i dag.")
_WORDS = Text.of("Text, at most {most} characters.", nb="Tekst, høyst {most} tegn.")
_PERCENT = Text.of("Per cent from 0 to 100.", nb="Prosent fra 0 til 100.")
_WHOLE = Text.of("A whole number", nb="Et helt tall")
_NUMBER = Text.of("A number", nb="Et tall")
_FROM = Text.of("from {least}", nb="fra {least}")
_TO = Text.of("to {most}", nb="til {most}")
_PARTS = Text.of("Fill in the rows below.", nb="Fyll ut radene under.")
_ROWS = Text.of("From {least} to {most} rows.", nb="Fra {least} til {most} rader.")
_FILES = Text.of("Upload {kinds} on the page.", nb="Last opp {kinds} på siden.")


def allowed(kind: AnswerType, language: str) -> str:
    """Return what an answer of the kind may be."""
    return _SENTENCES[type(kind)](kind, language)


def _range(words: Text, least: int | Decimal, most: int | Decimal, largest: int | Decimal, language: str) -> str:
    parts = [words.in_language(language)]
    parts.append(_FROM.in_language(language).format(least=number_in_words(least, language)))
    if most != largest:
        parts.append(_TO.in_language(language).format(most=number_in_words(most, language)))
    return " ".join(parts) + "."


def _fixed(text: Text) -> Callable[[Any, str], str]:
    return lambda _, language: text.in_language(language)


def _words(kind: ShortText | LongText, language: str) -> str:
    return _WORDS.in_language(language).format(most=number_in_words(kind.at_most, language))


_SENTENCES: Mapping[type, Callable[[Any, str], str]] = {
    Acknowledgement: lambda kind, code: _CONFIRM.in_language(code).format(label=kind.label.in_language(code)),
    YesNo: _fixed(_CHOOSE),
    YesPartlyNo: _fixed(_CHOOSE),
    OneOf: _fixed(_CHOOSE),
    SeveralOf: lambda kind, code: (
        (_TICK_SOME if kind.minimum > 1 else _TICK).in_language(code).format(minimum=kind.minimum)
    ),
    WholeNumber: lambda kind, code: _range(_WHOLE, kind.at_least, kind.at_most, LARGEST_WHOLE_NUMBER, code),
    DecimalNumber: lambda kind, code: _range(_NUMBER, kind.at_least, kind.at_most, LARGEST_DECIMAL, code),
    Percentage: _fixed(_PERCENT),
    Money: _fixed(_PARTS),
    Certificate: _fixed(_PARTS),
    PersonalSignature: _fixed(_PARTS),
    Day: lambda kind, code: (_PAST if kind.not_after_today else _DAY).in_language(code),
    Country: _fixed(_COUNTRY),
    Email: _fixed(_EMAIL),
    WebAddress: _fixed(_ADDRESS),
    ShortText: _words,
    LongText: _words,
    Table: lambda kind, code: _ROWS.in_language(code).format(least=kind.minimum_rows, most=kind.maximum_rows),
    Files: lambda kind, code: _FILES.in_language(code).format(kinds=kind.kinds_in_words.in_language(code)),
}
