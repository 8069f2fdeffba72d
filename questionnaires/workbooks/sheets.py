"""Sheets as they were read: rows under headings that stand in any order, in English or Norwegian."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from questionnaires.answers.cells import Cell, words_of
from questionnaires.errors import Problem
from questionnaires.workbooks.layout import plain
from questionnaires.workbooks.places import Cells, Spot, WorkbookErrors, cell_name

Sheets: TypeAlias = Mapping[str, list[list[Cell]]]
"""Sheet name to rows, each from A1 on."""

MOST_ROWS = 2_000
"""Rows that a sheet of a definition may have; more are no questionnaire."""

_READ_ME = ("read me", "les meg")

H = TypeVar("H")


@dataclass
class Faults:
    """The faults of a workbook, gathered so that its author sees all of them at once."""

    edition: str = ""
    """Key and edition, once they are known."""
    cells: Cells = field(default_factory=Cells)
    _found: list[Problem] = field(default_factory=list)

    def add(self, place: str, sentence: str, key: str = "", cell: str = "") -> None:
        """Keep a fault: at ``Questions row 7``, under a heading; ``cell`` is where it is mended."""
        problem = Problem(self.edition, place, sentence, key)
        self._found.append(problem)
        if cell:
            known = self.cells[place].cells if place in self.cells else {}
            self.cells.add(place, Spot(cell, {**known, (((key,), "en")): cell}))

    def refuse(self) -> None:
        """Raise WorkbookErrors if there is any fault."""
        if self._found:
            raise WorkbookErrors(self._found, self.cells)


@dataclass(frozen=True, slots=True)
class HeadedRow(Generic[H]):
    """One row that holds something, its cells by heading."""

    sheet: str
    """The sheet's name as its author wrote it."""
    number: int
    """Counted from 1, as Excel does."""
    cells: Mapping[H, Cell]
    columns: Mapping[H, int]
    """Counted from 1; also those whose cell is empty in this row."""
    titles: Mapping[H, str]
    """The headings as their author wrote them."""

    @property
    def place(self) -> str:
        """Where a fault of the row is: ``Questions row 7``."""
        return f"{self.sheet} row {self.number}"

    def cell_name(self, heading: H) -> str:
        """Return the name of the row's cell under a heading."""
        return cell_name(self.sheet, self.number, self.columns.get(heading, 1))


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing that is seen."""
    return cell is None or not words_of(cell).strip()


def find_sheet(sheets: Sheets, *names: str) -> str | None:
    """Return the name under which a sheet is there, whatever its capital letters; None where it is not."""
    wanted = {plain(name) for name in names}
    return next((name for name in sheets if plain(name) in wanted), None)


def strangers(sheets: Sheets, known: set[str]) -> list[str]:
    """Return the sheets that hold something under a name that is not known."""
    expected = {plain(name) for name in known} | set(_READ_ME)
    return [
        name
        for name, rows in sheets.items()
        if plain(name) not in expected and any(not is_blank(cell) for row in rows for cell in row)
    ]


def headed_rows(
    sheet: str,
    rows: list[list[Cell]],
    understand: Callable[[str], H | None],
    faults: Faults,
    known: str,
    most: int = MOST_ROWS,
) -> Iterator[HeadedRow[H]]:
    """Yield the rows below the headings that hold anything.

    Args:
        sheet: its name.
        rows: its cells from A1 on.
        understand: returns what a heading stands for, None for one that is not known.
        faults: takes unknown and repeated headings, and rows beyond the most.
        known: the headings that would be understood, in words.
        most: how many rows are read.
    """
    width = max((len(row) for row in rows), default=0)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    titles: dict[H, str] = {}
    columns: dict[H, int] = {}
    for number, title, heading in _headings(sheet, padded, understand, faults):
        if heading is None or heading in columns:
            sentence = "stands there twice" if heading else f"unknown heading “{title}”; known: {known}"
            faults.add(f"{sheet} row 1", sentence, title, cell_name(sheet, 1, number))
            continue
        columns[heading], titles[heading] = number, title
    found = 0
    for number, row in enumerate(padded[1:], start=2):
        cells = {heading: row[at - 1] for heading, at in columns.items() if not is_blank(row[at - 1])}
        found += bool(cells)
        if found > most:
            faults.add(f"{sheet} row {number}", f"more than {most} rows", cell=cell_name(sheet, number, 1))
            return
        if cells:
            yield HeadedRow(sheet, number, cells, columns, titles)


def _headings(
    sheet: str, rows: list[list[Cell]], understand: Callable[[str], H | None], faults: Faults
) -> Iterator[tuple[int, str, H | None]]:
    """Yield number, words and meaning of each column with a heading; one without must be empty."""
    for number, cell in enumerate(rows[0] if rows else [], start=1):
        title = " ".join(words_of(cell).split())
        if title:
            yield number, title, understand(title)
        else:
            _refuse_untitled(sheet, rows, number, faults)


def _refuse_untitled(sheet: str, rows: list[list[Cell]], column: int, faults: Faults) -> None:
    """Refuse words in a column without a heading: nobody would know what they are."""
    for number, row in enumerate(rows[1:], start=2):
        if not is_blank(row[column - 1]):
            cell = cell_name(sheet, number, column)
            faults.add(f"{sheet} row {number}", f"{cell} stands below no heading", "", cell)
            return
