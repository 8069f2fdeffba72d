"""The sheets of a workbook as rows of cells: the only module that knows the reader of spreadsheets.

It takes the process down on some well-formed files: what strangers send is read in a child (`minerals_child`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from questionnaires.minerals.refusals import NotReadable

Rows = list[list[Any]]

MOST_SHEETS: Final = 100
MOST_CELLS: Final = 2_000_000
"""In one sheet, rows times columns of the used range; a blank smelter list has 85,000."""
COLUMNS: Final = {letter: number for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


class Sheets:
    """An open workbook; each sheet is parsed when it is asked for, and once."""

    def __init__(self, content: bytes) -> None:
        """Open it. Raises NotReadable."""
        self._workbook: CalamineWorkbook = _guarded(CalamineWorkbook.from_filelike, io.BytesIO(content))
        listed = [sheet.name for sheet in self._workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        self.names = tuple(listed[:MOST_SHEETS])
        self._known: dict[str, str] = {}
        self._parsed: dict[str, Rows] = {}

    def call(self, name: str, known_as: str) -> None:
        """Let a sheet be asked for by the name that the templates give it."""
        self._known[known_as] = name

    def has(self, known_as: str) -> bool:
        """Return whether there is such a sheet."""
        return known_as in self._known

    def rows(self, known_as: str) -> Rows:
        """Return the cells from A1 on; none where there is no such sheet. Raises NotReadable."""
        name = self._known.get(known_as)
        return self.rows_of(name) if name is not None else []

    def rows_of(self, name: str) -> Rows:
        """Return the cells of a sheet by its own name. Raises NotReadable."""
        if name not in self._parsed:
            self._parsed[name] = _guarded(self._parse, name)
        return self._parsed[name]

    def _parse(self, name: str) -> Rows:
        sheet = self._workbook.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise NotReadable("too_large")
        rows: Rows = sheet.to_python(skip_empty_area=False)
        return rows

    def names_as_known(self) -> tuple[str, ...]:
        """Return the names, those of renamed sheets as the templates have them."""
        known: Mapping[str, str] = {name: known_as for known_as, name in self._known.items()}
        return tuple(known.get(name, name) for name in self.names)


def cell(rows: Rows, address: str) -> Any:
    """Return a cell by its address, one letter and a number; "" where the sheet does not reach."""
    row, column = int(address[1:]) - 1, COLUMNS[address[0]]
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def columns(letters: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of columns, from 0."""
    return tuple(COLUMNS[letter] for letter in letters)


def _guarded(call: Any, argument: Any) -> Any:
    """Call the reader; it raises errors of many kinds, and panics that are no `Exception`."""
    try:
        return call(argument)
    except (KeyboardInterrupt, SystemExit, NotReadable):
        raise
    except MemoryError as error:
        raise NotReadable("stopped") from error
    except CalamineError as error:
        raise NotReadable("unreadable") from error
    except BaseException as error:
        raise NotReadable("unreadable") from error
