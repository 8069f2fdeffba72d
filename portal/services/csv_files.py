"""Tables as CSV that a spreadsheet reads as text, whatever the cells begin with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = frozenset("=+-@\t\r\n|%＝＋－＠")
"""What a spreadsheet takes as the beginning of a formula or a command, full-width forms included."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""


def safe_cell(text: str) -> str:
    """Return the text so that no spreadsheet computes it."""
    begins = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if begins in FORMULA_SIGNS and begins else text


def as_csv(rows: Iterable[Sequence[str]], separator: str = ",") -> str:
    """Return a table as CSV, its first row the headings."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()
