"""Text from strangers made safe to store, to print and to compare."""

from __future__ import annotations

import re
import unicodedata

from questionnaires.answers.errors import AnswerError

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that make a text read otherwise than it is stored: not in something people sign."""
_NO_CHARACTERS = re.compile("[\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)
_SPARE_ROOM = 4
"""A posted text may be this many times longer than the limit before it is refused without being cleaned."""


def clean_text(written: str, at_most: int) -> str | None:
    """Return the text in NFC, its lines ended in one way, without control characters; None: nothing left.

    Raises AnswerError ``not_text`` for lone surrogates and ``too_long`` beyond ``at_most`` characters.
    """
    if len(written) > _SPARE_ROOM * at_most + 1000:
        raise AnswerError("too_long", length=len(written), at_most=at_most)
    if _SURROGATES.search(written):
        raise AnswerError("not_text")
    text = _LINE_ENDS.sub("\n", written)
    for pattern in (_CONTROLS, _REORDERING, _NO_CHARACTERS):
        text = pattern.sub("", text)
    text = _TRAILING.sub("", unicodedata.normalize("NFC", text)).strip()
    if not any(_is_visible(character) for character in text):
        return None
    if len(text) > at_most:
        raise AnswerError("too_long", length=len(text), at_most=at_most)
    return text


def clean_line(written: str, at_most: int) -> str | None:
    """Return the text cleaned and on one line, its runs of white space made one space each."""
    text = clean_text(written, max(at_most, len(written)))
    line = " ".join(text.split()) if text else ""
    if len(line) > at_most:
        raise AnswerError("too_long", length=len(line), at_most=at_most)
    return line or None


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
