"""A condition's text cut into words, signs and quoted names; and the error that says where it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from questionnaires.errors import QuestionnaireError

KEYWORDS = frozenset(
    {"and", "or", "not", "always", "never", "answered", "before", "after", "lacks", "has", "any", "empty"}
)
"""Words with a meaning of their own; a name or code that is one of them stands in quotes."""
FACT_PREFIX = "supplier."
NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<quoted>"(?:[^"]|"")*" | “[^”]*” | «[^»]*»)
    | (?P<sign><=|>=|!=|<>|[≤≥≠=<>(),])
    | (?P<word>-?\w[\w.\-]*)""",
    re.VERBOSE,
)
_SIGNS = "=!<>(),"
_JOINING = ("and", "or", "not")
_SAME = {"<>": "!=", "≠": "!=", "≤": "<=", "≥": ">="}
_PLAIN = re.compile(r"\w[\w\-]*")


class ConditionError(QuestionnaireError):
    """A condition cannot be read; the sentence says what was expected, and at which character of the cell."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a condition."""

    text: str
    """Without its quotes."""
    position: int
    """Its first character, counted from 1."""
    quoted: bool = False
    joined: bool = False
    """Whether it follows the token before it without a space."""

    @property
    def meaning(self) -> str:
        """The sign, or the word in small letters; a quoted name has none but itself."""
        return "" if self.quoted else self.text.casefold()

    @property
    def is_name(self) -> bool:
        """Whether it can be the name of a question or column."""
        return self.quoted or (self.text[:1] not in _SIGNS and self.meaning not in KEYWORDS)

    @property
    def is_code(self) -> bool:
        """Whether it can be an option's code, in a place where one is expected."""
        return self.is_name or (self.text[:1] not in _SIGNS and self.meaning not in _JOINING)


def cut(text: str) -> list[Token]:
    """Return the tokens of a condition; raises ConditionError at a sign that means nothing."""
    tokens: list[Token] = []
    position, was_space = 0, True
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ConditionError(_unknown_sign(text[position], position + 1))
        if found.lastgroup != "space":
            tokens.append(_token(found, joined=not was_space))
        was_space, position = found.lastgroup == "space", found.end()
    return tokens


def quoted(name: str, *, as_operand: bool = False) -> str:
    """Return a name or code as a condition writes it.

    Args:
        name: as it stands in the definition.
        as_operand: whether a number could stand in its place.
    """
    is_plain = _PLAIN.fullmatch(name) and name.casefold() not in KEYWORDS
    if is_plain and not (as_operand and NUMBER.fullmatch(name)):
        return name
    return '"' + " ".join(name.split()).replace('"', '""') + '"'


def _token(found: re.Match[str], *, joined: bool) -> Token:
    text, position = found[0], found.start() + 1
    if found.lastgroup == "quoted":
        return Token(text[1:-1].replace('""', '"'), position, quoted=True, joined=joined)
    return Token(_SAME.get(text, text), position, joined=joined)


def _unknown_sign(sign: str, position: int) -> str:
    if sign in '"“«':
        return f"the quotation mark at character {position} is not closed"
    return f"at character {position}: “{sign}” has no meaning in a condition"
