"""What an answer is made of once it has been read: JSON without floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Value: TypeAlias = bool | int | str | list[Any] | dict[str, Any] | None
"""The canonical form of one answer. Decimals are strings, so that every reader sees the same digits."""

Answers: TypeAlias = Mapping[str, Value]
"""Question id to canonical value; a question that is missing has not been answered.

The comment on a question is kept under the question's id followed by ``#comment``.
"""

LARGEST_WHOLE_NUMBER = 2**53 - 1
"""The largest number that every JSON reader takes in unharmed (RFC 8785, section 3.2.2.3)."""


def ticked(value: Value) -> list[Any]:
    """Return what was chosen as a list, whether one or several could be chosen."""
    return value if isinstance(value, list) else [value]
