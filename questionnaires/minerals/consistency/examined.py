"""A workbook as the rules look at it: answers by the words of the drop-downs, smelters by mineral."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from questionnaires.minerals.known import Known
from questionnaires.minerals.layout import Layout, layout_of
from questionnaires.minerals.model import Asked, Mineral, Place, SmelterRow, Workbook
from questionnaires.minerals.needs import ENDING, needed_minerals

SMELTER_ID = re.compile(r"CID[0-9]{6}")

LONGEST_QUOTED = 60
"""Letters of a quoted value in a sentence."""


class Examined:
    """One workbook with what is known; made once, asked by every rule."""

    def __init__(self, workbook: Workbook, known: Known) -> None:
        self.workbook = workbook
        self.known = known
        self.layout: Layout = layout_of(workbook.kind, workbook.version)
        self.needed = needed_minerals(workbook, self.layout)
        self.numbers = {question.asked: question.number for question in self.layout.questions}

    def options(self, asked: Asked, mineral: Mineral) -> tuple[str, ...]:
        """Return what the drop-down offers."""
        question = next(each for each in self.layout.questions if each.asked is asked)
        return (*question.answers, *question.more.get(mineral, ()))

    @cached_property
    def answers(self) -> Mapping[tuple[Asked, Mineral], str]:
        """Answers in the capitals of the drop-down; others as typed."""
        return {
            (asked, mineral): in_words_of(self.options(asked, mineral), answer.value)
            for (asked, mineral), answer in self.workbook.answers.items()
            if answer.value and asked in self.numbers
        }

    def said(self, asked: Asked, mineral: Mineral) -> str:
        """Return an answer; "" where it is empty or not asked in this kind."""
        return self.answers.get((asked, mineral), "")

    def place(self, asked: Asked, mineral: Mineral) -> Place:
        """Return the cell of an answer."""
        return self.workbook.answers[asked, mineral].place

    def told(self, letter: str) -> str:
        """Return an answer about the company in small letters."""
        answer = self.workbook.company_answers.get(letter)
        return answer.value.casefold() if answer else ""

    def closing(self, mineral: Mineral) -> Asked | None:
        """Return which of the first two questions says that the mineral does not matter."""
        if self.said(Asked.USED, mineral) in self.layout.closing:
            return Asked.USED
        second = self.said(Asked.REMAINS, mineral)
        return Asked.REMAINS if second in self.layout.closing and second.casefold() in ENDING else None

    @cached_property
    def smelters(self) -> Mapping[str, tuple[SmelterRow, ...]]:
        """Rows of the smelter list by mineral in small letters."""
        found: defaultdict[str, list[SmelterRow]] = defaultdict(list)
        for row in self.workbook.smelters:
            found[row.metal.casefold()].append(row)
        return {metal: tuple(rows) for metal, rows in found.items()}

    def smelters_of(self, mineral: Mineral) -> tuple[SmelterRow, ...]:
        """Return the rows of a mineral."""
        return self.smelters.get(mineral.casefold(), ())

    @cached_property
    def written(self) -> tuple[tuple[SmelterRow, str, Place], ...]:
        """Rows with an id of whatever form, with the id in capitals and its cell."""
        written = ((row, *written_id(row)) for row in self.workbook.smelters)
        return tuple((row, smelter_id, place) for row, smelter_id, place in written if smelter_id)

    @cached_property
    def identified(self) -> tuple[tuple[SmelterRow, str, Place], ...]:
        """Those of them whose id has the right form."""
        return tuple(each for each in self.written if SMELTER_ID.fullmatch(each[1]))


Facts = Mapping[str, str]
Found = Iterator[tuple[Place, Facts]]
Rule = Callable[[Examined], Found]
"""Yields the cell and what the sentence tells, once for each time that it is broken."""


def written_id(row: SmelterRow) -> tuple[str, Place]:
    """Return the id of a row in capitals, and its cell: as typed, or else as the workbook found it."""
    if row.id_typed:
        return row.id_typed.upper(), row.place("A")
    return row.smelter_id.upper(), row.place("F")


def in_words_of(options: tuple[str, ...], value: str) -> str:
    """Return the option that a value is when capitals do not matter; else the value."""
    if value in options:
        return value
    folded = value.casefold()
    return next((option for option in options if option.casefold() == folded), value)


def quoted(value: str) -> str:
    """Return a value as a sentence can carry it."""
    return value if len(value) <= LONGEST_QUOTED else f"{value[: LONGEST_QUOTED - 1]}…"
