"""What stands in a cell as plain text: trimmed, without control characters, numbers as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from questionnaires.minerals.layout import ALL

LONGEST_TEXT: Final = 32_767
"""Characters that Excel allows in a cell."""

_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]")
"""Control characters, marks of direction and what has no width."""
_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a workbook's days, after February 1900."""
_FIRST_DAY, _LAST_DAY = 20_000, 80_000
"""Numbers that are taken as days: from 1954 to 2119."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ][\d:.]+)?")
_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]+([a-z]{3})[a-z]*[-/., ]+(\d{4})", re.IGNORECASE)
_NAMED_FIRST: Final = re.compile(r"([a-z]{3})[a-z]*[-/. ]+(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4})", re.IGNORECASE)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")


def text(cell: Any) -> str:
    """Return a cell on one line; "" where it is empty."""
    if not isinstance(cell, str):
        return _of_number(cell)
    line = " ".join(cell.split())
    if not line.isprintable():
        line = " ".join(_UNSEEN.sub("", line).split())
    return line[:LONGEST_TEXT]


def _of_number(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def day(cell: Any) -> date | None:
    """Return the date of a cell, however it was written; None where it is none or may be two."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        return _EPOCH + timedelta(days=int(cell)) if _FIRST_DAY < cell < _LAST_DAY else None
    written = text(cell)
    if written.isdecimal() and len(written) == 5:
        return day(int(written))
    try:
        return _written_day(written)
    except ValueError:
        return None


def _written_day(written: str) -> date | None:
    """Raises ValueError for a day or month that there is not."""
    if found := _YEAR_FIRST.fullmatch(written):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED.fullmatch(written):
        return date(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
    if found := _NAMED_FIRST.fullmatch(written):
        return date(int(found[3]), _MONTHS.index(found[1].lower()) + 1, int(found[2]))
    if found := _YEAR_LAST.fullmatch(written):
        return _either_way(int(found[1]), int(found[3]), int(found[4]), dots=found[2] == ".")
    return None


def _either_way(first: int, second: int, year: int, *, dots: bool) -> date | None:
    """Day before month where dots stand between; otherwise only what cannot be read in two ways."""
    if dots or first > 12:
        return date(year, second, first)
    if second > 12 or first == second:
        return date(year, first, second)
    return None


def folded(words: Iterable[str]) -> Mapping[str, str]:
    """Return words by how `choice` looks them up."""
    return MappingProxyType({word.casefold(): word for word in words})


def choice(cell: Any, words: Mapping[str, str]) -> str:
    """Return the word of a drop-down that is meant; what is none of them stays as it was typed.

    100 % is a number in older workbooks: 1, shown as a percentage.
    """
    typed = text(cell)
    if not typed:
        return ""
    found = words.get(typed.casefold())
    if found is None and typed.replace(" ", "") in {"1", "1.0", "100%", "100.0%"}:
        found = words.get(ALL)
    return typed if found is None else found
