"""Names and countries compared as people do: without accents, capitals and marks."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})
"""That Unicode does not take apart."""


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """Return the letters and digits of a name, small and without accents; other scripts stay as they are."""
    parted = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(letter for letter in parted if letter.isalnum())
