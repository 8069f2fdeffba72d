"""Which minerals the workbook goes on to ask about: the gate that question 1 and 2 are."""

from __future__ import annotations

from questionnaires.minerals.layout import Layout
from questionnaires.minerals.model import Asked, Kind, Mineral, Workbook

ENDING = frozenset({"no", "unknown"})
"""Of what closes the gate at question 1, this does so at question 2 as well."""


def is_needed(workbook: Workbook, layout: Layout, mineral: Mineral) -> bool:
    """Return whether questions 3 and on, and smelters, are required; a question that is empty closes nothing.

    As in the workbook's Checker (CMRT F24, EMRT F39): capitals are one with small letters, and a CMRT reads
    question 2 only after a Yes to question 1.
    """
    closing = {answer.casefold() for answer in layout.closing}
    first = workbook.answer(Asked.USED, mineral).casefold()
    if first in closing:
        return False
    if workbook.kind is Kind.CMRT and first != "yes":
        return True
    return workbook.answer(Asked.REMAINS, mineral).casefold() not in closing & ENDING


def needed_minerals(workbook: Workbook, layout: Layout) -> tuple[Mineral, ...]:
    """Return the minerals that are needed, in the order of the workbook."""
    return tuple(mineral for mineral in workbook.minerals if is_needed(workbook, layout, mineral))
