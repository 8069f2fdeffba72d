"""Make text fit to print: what the typefaces lack, what cannot be seen, and words without an end.

Only the printed copy is changed; the answers embedded in the document keep every character.
"""

import re
import unicodedata
from collections.abc import Set as AbstractSet

# Marks that turn the direction of writing: they could make a reader see another text than was signed.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = frozenset("\n\t\u00ad\u200b\u200c\u200d")
_VARIATIONS = frozenset(chr(point) for point in range(0xFE00, 0xFE10))
_UNPRINTABLE = frozenset({"Cc", "Co", "Cs", "Cn"})
_BREAK = "\u200b"
_LONG = re.compile(rf"[^\s{_BREAK}]{{30}}(?=[^\s{_BREAK}])")
_REPLACEMENT = "\ufffd"


class Printing:
    """Fits text to typefaces that cover some code points."""

    def __init__(self, covered: AbstractSet[int]) -> None:
        self._table = _Table(covered)

    def fit(self, text: str) -> str:
        """Return the text as it can be printed.

        An uncovered character becomes its number, `[U+1F44D]`; a control character or a mark of direction is
        replaced; a word of more than 30 characters may be broken.
        """
        plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        return _LONG.sub(lambda run: run[0] + _BREAK, plain.translate(self._table))


class _Table(dict[int, str]):
    """What each code point is printed as, worked out when first met."""

    def __init__(self, covered: AbstractSet[int]) -> None:
        super().__init__()
        self._covered = covered

    def __missing__(self, point: int) -> str:
        self[point] = self._shown(chr(point))
        return self[point]

    def _shown(self, character: str) -> str:
        if character in _LAYOUT:
            return character
        category = unicodedata.category(character)
        if character in _DIRECTION or category in _UNPRINTABLE:
            return _REPLACEMENT if ord(_REPLACEMENT) in self._covered else "?"
        if category == "Cf" or character in _VARIATIONS:
            return ""
        if ord(character) in self._covered:
            return character
        return "\u00a0" if category.startswith("Z") else f"[U+{ord(character):04X}]{_BREAK}"
