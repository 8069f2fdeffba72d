"""Numbers as people write them: "1 000", "1.000", "12,5", "１２", "٤٢"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from questionnaires.answers.errors import AnswerError

_LONGEST = 40
_SPACES = re.compile(r"[\s\u200b\u200e\u200f\u2060'’´]+")
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u066b": ".", "\u066c": " ", "，": ",", "．": "."})
_WHOLE = re.compile(r"(-?)(\d+|[1-9]\d{0,2}(?:([ .,])\d{3})(?:\3\d{3})*)(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"(-?)(\d+|[1-9]\d{0,2}(?:([ .,])\d{3})(?:\3\d{3})*)(?:(?!\3)([.,])(\d+))?")
_TWO_READINGS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_CANONICAL = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{0,5}[1-9])?")

MOST_DECIMALS = 6


def read_whole(written: str) -> int | None:
    """Return the whole number written, None for nothing; raises AnswerError ``not_whole``."""
    text = _plain(written, "not_whole")
    if not text:
        return None
    found = _WHOLE.fullmatch(text)
    if not found:
        raise AnswerError("not_whole")
    return int(found[1] + _digits(found[2]))


def read_decimal(written: str, *, thousands: bool = True) -> Decimal | None:
    """Return the number written, None for nothing.

    "1,234" is a thousand to some and one and a bit to others: it is refused (``ambiguous``) rather than
    guessed, unless ``thousands`` is False, where no number is that large. Raises AnswerError.
    """
    text = _plain(written, "not_decimal")
    if not text:
        return None
    if _TWO_READINGS.fullmatch(text):
        return _read_twofold(text, thousands=thousands)
    found = _DECIMAL.fullmatch(text)
    if not found:
        raise AnswerError("not_decimal")
    decimals = (found[5] or "").rstrip("0")
    if len(decimals) > MOST_DECIMALS:
        raise AnswerError("too_many_decimals", decimals=MOST_DECIMALS)
    return Decimal(f"{found[1]}{_digits(found[2])}.{decimals or '0'}")


def canonical(number: Decimal) -> str:
    """Return the one way a decimal is stored: digits, a point, no zeros to spare, no minus before nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def is_canonical(text: str) -> bool:
    """Return whether the text is a decimal as ``canonical`` writes it."""
    return text != "-0" and _CANONICAL.fullmatch(text) is not None and text.isascii()


def in_field(text: str) -> str:
    """Return a canonical decimal as a form shows it, so that it can be read in one way only."""
    return text + "0" if _TWO_READINGS.fullmatch(text) else text


def _plain(written: str, refusal: str) -> str:
    """Return the text with ASCII digits, signs and single spaces."""
    if len(written) > _LONGEST * 5:
        raise AnswerError(refusal)
    text = _SPACES.sub(" ", written).strip().translate(_SIGNS)
    if len(text) > _LONGEST:
        raise AnswerError(refusal)
    return "".join(_ascii_digit(character) for character in text)


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _digits(grouped: str) -> str:
    return re.sub(r"\D", "", grouped)


def _read_twofold(text: str, *, thousands: bool) -> Decimal:
    whole, decimal = re.sub("[.,]", "", text), text.replace(",", ".")
    if not thousands:
        return Decimal(decimal)
    raise AnswerError("ambiguous", written=text, whole=whole, decimal=decimal + "0")
