"""What stands in one cell of a definition: from the YAML's value to words, and from what Excel holds to the YAML's.

What cannot be understood is passed on as it was written: the loader refuses it in its own words, with the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from questionnaires.answers import AnswerError, Day
from questionnaires.answers.cells import Cell, words_of
from questionnaires.loading.answer_types import COLUMN_TYPES, QUESTION_TYPES, WITH_REASON
from questionnaires.model import Change, Severity
from questionnaires.workbooks.condition_reading import read_condition, read_raised, read_when
from questionnaires.workbooks.condition_writing import write_condition, write_raised, write_when

_YES = frozenset({"yes", "ja", "true", "sann", "x"})
_NO = frozenset({"no", "nei", "false", "usann"})
_NUMBER = re.compile(r"-?\d+(?:[.,](\d+))?")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Kind:
    """How cells of one kind are read and written."""

    read: Callable[[Cell, str], Any]
    """From a cell that is not empty and the id of the question it is about; raises ConditionError."""
    write: Callable[[Any], str] = str
    width: int = 14
    """Of the column, in characters."""
    choices: tuple[str, ...] = ()
    """What Excel offers in a list."""


def words(cell: Cell) -> str:
    """Return a cell as one line or several, without spaces at the ends or spaces that do not break."""
    return _with_plain_spaces(cell).strip()


def _with_plain_spaces(cell: Cell) -> str:
    return words_of(cell).replace("\u00a0", " ").replace("\u202f", " ")


def prose(cell: Cell) -> str:
    """Return a text as it was written, without spaces at its ends; spaces that do not break are meant."""
    return words_of(cell).strip()


def _flag(cell: Cell, _: str = "") -> bool | str:
    written = words(cell).casefold()
    return True if written in _YES else False if written in _NO else words(cell)


def _reason(cell: Cell, _: str) -> bool | str:
    written = words(cell).casefold().replace(" ", "_")
    return WITH_REASON if written == WITH_REASON else _flag(cell)


def _number(cell: Cell, _: str) -> int | float | str:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    written = _SPACES.sub("", words(cell))
    found = _NUMBER.fullmatch(written)
    if not found or len(written) > 30 or ("," in written and len(found[1]) == 3):  # 1,234 could be either
        return words(cell)
    return float(written.replace(",", ".")) if found[1] else int(written)


def _list(cell: Cell, _: str) -> list[str]:
    return [part.strip() for part in re.split("[,;\n]", words(cell)) if part.strip()]


def _edition(cell: Cell, _: str) -> str:
    """Return the edition; Excel takes 2026-1 for the first of January where a cell is not set to text."""
    return f"{cell.year}-{cell.month}" if isinstance(cell, date) else words(cell)


def _date(cell: Cell, _: str) -> date | str:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    try:
        return date.fromisoformat(str(Day().parse({"value": words(cell)})))
    except AnswerError:
        return words(cell)


def _one_of(*choices: str) -> Kind:
    def read(cell: Cell, _: str) -> str:
        written = words(cell)
        code = re.sub("[ -]+", "_", written.casefold())
        return code if code in choices else written

    return Kind(read, width=16, choices=choices)


def _written_number(value: Any) -> str:
    return format(Decimal(str(value)), "f")


def _written_flag(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value))


def _joined(values: Sequence[str]) -> str:
    return ", ".join(values)


KINDS: Mapping[str, Kind] = {
    "word": Kind(lambda cell, _: words(cell), width=16),
    "string": Kind(lambda cell, _: prose(cell), width=28),
    "text": Kind(lambda cell, _: prose(cell), width=48),
    "words": Kind(_list, _joined, width=20),
    "flag": Kind(_flag, _written_flag, choices=("yes", "no")),
    "reason": Kind(_reason, _written_flag, choices=("yes", "no", WITH_REASON)),
    "number": Kind(_number, _written_number, width=10),
    "edition": Kind(_edition),
    "date": Kind(_date),
    "type": _one_of(*QUESTION_TYPES),
    "column_type": _one_of(*COLUMN_TYPES),
    "severity": _one_of(*Severity),
    "change": _one_of(*Change),
    "condition": Kind(lambda cell, _: read_condition(_with_plain_spaces(cell)), write_condition, width=36),
    "when": Kind(lambda cell, question: read_when(_with_plain_spaces(cell), question), write_when, width=24),
    "raised": Kind(lambda cell, _: read_raised(_with_plain_spaces(cell)), write_raised, width=36),
    **dict.fromkeys(("own", "section", "question", "column"), Kind(lambda cell, _: words(cell), width=16)),
}
"""By the name in ``layout.yaml``."""
