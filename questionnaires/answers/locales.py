"""Numbers, dates and countries as a reader of each language writes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name, get_currency_precision

from questionnaires.texts import BOKMAAL, ENGLISH, Text

_LANGUAGES = (ENGLISH, BOKMAAL)
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Two-letter codes of CLDR that are no country's. XK stays: ISO has no other code for Kosovo."""


def locale_of(language: str) -> str:
    """Return the locale whose numbers and dates a reader of the language expects."""
    return BOKMAAL if language[:2].lower() == BOKMAAL else "en_GB"


def number_in_words(number: int | Decimal, language: str) -> str:
    """Return the number with the language's separators and no more decimals than it has."""
    return str(format_decimal(number, format="#,##0.######", locale=locale_of(language)))


def sum_in_words(amount: Decimal, currency: str, language: str) -> str:
    """Return the sum with its currency's code, with as many decimals as the currency has: "1 200,50 NOK"."""
    decimals = max(get_currency_precision(currency), -int(amount.as_tuple().exponent)) if amount % 1 else 0
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{format_decimal(amount, format=pattern, locale=locale_of(language))}\u00a0{currency}"


@cache
def currency_name(code: str) -> Text:
    """Return a currency's code and name: "NOK (Norwegian Krone)"."""
    names = {language: f"{code} ({get_currency_name(code, locale=locale_of(language))})" for language in _LANGUAGES}
    return Text.of(names.pop(ENGLISH), **names)


def date_in_words(day: date, language: str) -> str:
    """Return the date with the month's name."""
    return str(format_date(day, format="long", locale=locale_of(language)))


@cache
def countries(language: str) -> Mapping[str, str]:
    """Return the countries' names by ISO 3166-1 alpha-2 code, ordered by name."""
    locale = Locale.parse(locale_of(language))
    named = [
        (code, str(name))
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    in_alphabet = _in_norwegian_alphabet if locale.language == BOKMAAL else _without_marks
    return dict(sorted(named, key=lambda pair: in_alphabet(pair[1])))


@cache
def codes_by_name() -> Mapping[str, str]:
    """Return the countries' codes by their names in all languages of the portal, in small letters."""
    return {name.casefold(): code for language in _LANGUAGES for code, name in countries(language).items()}


def _in_norwegian_alphabet(name: str) -> str:
    """Return a key that sorts Ø and Å after Z."""
    return _without_marks(name.casefold().replace("ø", "zzo").replace("å", "zzz"))


def _without_marks(name: str) -> str:
    """Return a key that sorts Å as A and ô as o."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(letter)
    )
