"""From the place of a fault in an edition to the cell where its author mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from questionnaires.errors import DEFINITION_FILE, DefinitionErrors, Problem
from questionnaires.texts import ENGLISH

_NUMBERED = re.compile(r" \d+$")

Path = tuple[str, ...]


def cell_name(sheet: str, row: int, column: int) -> str:
    """Return a cell as Excel names it: ``Questions!F7``; row and column are counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one part of an edition (a question, an option) stands in the workbook."""

    at: str
    """The cell of its id."""
    cells: Mapping[tuple[Path, str], str] = field(default_factory=dict)
    """By the keys that lead to the value in the YAML, and the language."""

    def cell(self, path: Path, language: str) -> str:
        """Return the cell that holds what the keys lead to, or the part of it that exists; else the id's."""
        for length in range(len(path), 0, -1):
            begun = path[:length]
            for wanted in (language, ENGLISH):
                for (known, code), cell in self.cells.items():
                    if code == wanted and known[:length] == begun:
                        return cell
        return self.at


class Cells:
    """The cells of a workbook by the places of the loader's problems, or by those of the workbook's own."""

    def __init__(self) -> None:
        self._spots: dict[str, Spot] = {}

    def __contains__(self, place: str) -> bool:
        return place in self._spots

    def __getitem__(self, place: str) -> Spot:
        return self._spots[place]

    def add(self, place: str, spot: Spot) -> None:
        """Remember where a place is."""
        self._spots[place] = spot

    def of(self, problem: Problem) -> str | None:
        """Return the cell in which a problem is mended; None where it is about no cell."""
        parts = [part for part in problem.place.split(": ") if part]
        language = ENGLISH if problem.file == DEFINITION_FILE else problem.file.removesuffix(".yaml")
        for length in range(len(parts), -1, -1):
            place = ": ".join(parts[:length])
            spot = self._spots.get(place) or (self._repeated(parts[0]) if length == 1 else None)
            if spot:
                path = tuple(_NUMBERED.sub("", part) for part in parts[length:])
                return spot.cell((*path, problem.key) if problem.key else path, language)
        return None

    def _repeated(self, question: str) -> Spot | None:
        """Return the spot of a question in a repeated section, whose id has an option's code at its end."""
        while "-" in question:
            question = question.rpartition("-")[0]
            if question in self._spots:
                return self._spots[question]
        return None


class WorkbookErrors(DefinitionErrors):
    """A workbook cannot be read as what it should be; each fault is told, all at once."""

    def __init__(self, problems: Iterable[Problem], cells: Cells) -> None:
        self.cells = cells
        super().__init__(problems)

    def cell_of(self, problem: Problem) -> str | None:
        """Return the cell in which a problem is mended: ``Questions!F7``."""
        return self.cells.of(problem)
