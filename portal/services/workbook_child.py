"""Read a workbook from a stranger, in a process of its own, with little memory and time.

The reader of spreadsheets takes the whole process down on some well-formed files, so the process is not ours:
`python -m portal.services.workbook_child` reads the file from standard input and writes its cells as JSON.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from questionnaires.answers.cells import Cell
from questionnaires.packages import Limits, PackageError, open_package

MEMORY = 512_000_000
"""Address space of the child, in bytes."""
CPU_SECONDS = 10
TIMEOUT_SECONDS = 20
LIMITS = Limits()
MOST_SHEETS = 60
MOST_CELLS = 200_000
"""In one sheet, rows times columns of the used range: the reader sets aside room for each, filled or not."""

WHICH_SHEETS = "WORKBOOK_SHEETS"
"""The variable that tells the child what to read: first or all."""

_TOLD = frozenset({"too_large", "macros", "unsafe"})
"""What is wrong with a package, where it is more than that it cannot be read."""
_PROJECT = Path(__file__).resolve().parents[2]
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\']')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br\s*=\s*["\'](\d{1,7})["\']')
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


class WorkbookError(Exception):
    """The workbook is not read; the code says why: unreadable, too_large, macros, unsafe."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_workbook(content: bytes, timeout: float = TIMEOUT_SECONDS) -> list[list[str]]:
    """Return the cells of the first sheet as text, from A1 on.

    Raises:
        WorkbookError: the file is refused, or reading it took the child down.
    """
    return [[_text(_from_json(cell)) for cell in row] for _, rows in _ask(content, "first", timeout) for row in rows]


def read_sheets(content: bytes, timeout: float = TIMEOUT_SECONDS) -> dict[str, list[list[Cell]]]:
    """Return the cells of every sheet by its name, from A1 on: numbers, dates and ticks as such, empty ones as None.

    Raises:
        WorkbookError: the file is refused, or reading it took the child down.
    """
    sheets = _ask(content, "all", timeout)
    return {name: [[_from_json(cell) for cell in row] for row in rows] for name, rows in sheets}


def _ask(content: bytes, which: str, timeout: float) -> list[tuple[str, list[list[Any]]]]:
    """Return name and rows of the first sheet or of all, as the child writes them."""
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "portal.services.workbook_child"],
            input=content,
            capture_output=True,
            check=True,
            timeout=timeout,
            cwd=_PROJECT,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", WHICH_SHEETS: which},
        )
        answer = json.loads(finished.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise WorkbookError("unreadable") from error
    if "error" in answer:
        raise WorkbookError(str(answer["error"]))
    return [(str(name), rows) for name, rows in answer["sheets"]]


def check_package(content: bytes) -> None:
    """Refuse a package that no honest spreadsheet program writes.

    Raises:
        WorkbookError: see there.
    """
    if not content.startswith(b"PK\x03\x04"):
        raise WorkbookError("unreadable")
    try:
        with open_package(content, LIMITS) as package:
            for part in package.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(part, package.read(part))
    except PackageError as error:
        raise WorkbookError(error.code if error.code in _TOLD else "unreadable") from error


def _check_xml(part: zipfile.ZipInfo, text: bytes) -> None:
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise WorkbookError("unsafe")
    if part.filename.lower().startswith("xl/worksheets/") and _used_cells(text) > MOST_CELLS:
        raise WorkbookError("too_large")


def _used_cells(sheet: bytes) -> int:
    cells = _CELL.findall(sheet)
    rows = max((int(row) for _, row in cells), default=0)
    rows = max(rows, max((int(row) for row in _ROW.findall(sheet)), default=0), 1)
    columns = max((_column_number(letters) for letters, _ in set(cells)), default=1)
    return max(rows * columns, len(_ANY_CELL.findall(sheet)))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheets(content: bytes, *, first_only: bool) -> list[tuple[str, list[list[Any]]]]:
    # imported here: whoever only starts children need not load the reader
    from python_calamine import CalamineWorkbook, SheetTypeEnum  # noqa: PLC0415

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    listed = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in listed[: 1 if first_only else MOST_SHEETS]]
    return [(name, [[_as_json(cell) for cell in row] for row in _rows(workbook, name)]) for name in names]


def _rows(workbook: Any, name: str) -> list[list[Any]]:
    rows: list[list[Any]] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _as_json(cell: Any) -> Any:
    """Dates and moments become {"day": …}, durations text; JSON knows the rest."""
    if cell == "":
        return None
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, float) and not isfinite(cell):
        return None
    return cell if isinstance(cell, bool | int | float | str) else str(cell)


def _from_json(cell: Any) -> Cell:
    """Control characters are taken out of every text."""
    if isinstance(cell, dict):
        day = str(cell["day"])
        return datetime.fromisoformat(day) if "T" in day else date.fromisoformat(day)
    return _CONTROLS.sub("", cell) if isinstance(cell, str) else cell


def _text(cell: Cell) -> str:
    """Return a cell as the import of suppliers reads it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def main() -> int:
    """Read standard input; write rows or an error to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    answer: dict[str, Any]
    try:
        check_package(content)
        answer = {"sheets": _sheets(content, first_only=os.environ.get(WHICH_SHEETS) == "first")}
    except WorkbookError as error:
        answer = {"error": error.code}
    except Exception:  # noqa: BLE001  readers raise errors of many kinds on hostile files
        answer = {"error": "unreadable"}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
