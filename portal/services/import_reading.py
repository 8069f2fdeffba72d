"""Read a supplier file, CSV or XLSX, into rows of known columns."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from portal.mail.message import one_line
from portal.services.import_columns import REQUIRED, Column, column_of
from portal.services.workbook_child import WorkbookError, read_workbook

MOST_ROWS = 10_000
DELIMITERS = (";", ",", "\t")
TEMPLATE_ROW = {
    Column.NAME: "Example Metals AS",
    Column.NATIONAL_ID: "999888777",
    Column.COUNTRY: "NO",
    Column.CRITICALITY: "A",
    Column.PRODUCT_GROUPS: "Fasteners|Castings",
    Column.SUPPLIER_TYPE: "manufacturer",
    Column.CONTACT_NAME: "Kari Nordmann",
    Column.CONTACT_EMAIL: "kari@example.com",
    Column.LANGUAGE: "nb",
    Column.EXTERNAL_ID: "10001",
    Column.SIZE: "small",
    Column.TIER: "medium",
    Column.MINERALS_RELEVANT: "yes",
}
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class ImportFileError(Exception):
    """The whole file is refused; a code for the reader's language, and what it speaks of.

    Codes: empty, encoding, not_a_table, headings_missing, heading_twice, too_many_rows, old_workbook,
    workbook_unreadable, workbook_too_large, workbook_macros, workbook_unsafe.
    """

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty."""

    number: int
    """As a spreadsheet program counts: the headings are row 1."""
    cells: Mapping[Column, str]
    """Filled cells only, each on one line and without control characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """A supplier file."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    """Headings that nobody knows; their cells are not read."""
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    """Return the rows of a file; its kind is seen from its first bytes, not from its name.

    Raises:
        ImportFileError: the whole file is refused.
    """
    if not content.strip():
        raise ImportFileError("empty")
    if content.startswith(_OLD_OFFICE):
        raise ImportFileError("old_workbook")
    records = _workbook(content) if content.startswith(_ZIP) else _csv(decoded(content))
    if len(records) > MOST_ROWS + 1:
        raise ImportFileError("too_many_rows", maximum=str(MOST_ROWS))
    return _table([[_clean(cell) for cell in record] for record in records])


def template() -> bytes:
    """Return a CSV file to fill in: the headings and one example; with a mark that makes Excel read it as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.value for column in Column])
    writer.writerow([TEMPLATE_ROW[column] for column in Column])
    return text.getvalue().encode("utf-8-sig")


def _workbook(content: bytes) -> list[list[str]]:
    try:
        return read_workbook(content)
    except WorkbookError as error:
        raise ImportFileError(f"workbook_{error.code}") from error


def decoded(content: bytes) -> str:
    """UTF-8, with or without a mark; UTF-16 with one (Excel's “Unicode text”); else Windows-1252."""
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportFileError("encoding")


def _csv(text: str) -> list[list[str]]:
    """Parted by whichever sign makes the most known headings."""
    told = re.match(r"sep=(.)\r?\n", text)
    text = text[told.end() :] if told else text
    candidates = [told[1]] if told else DELIMITERS
    first = [(delimiter, _records(text, delimiter, most=1)) for delimiter in candidates]
    known = {delimiter: _known_headings(records) for delimiter, records in first}
    best = max(known, key=lambda delimiter: known[delimiter])
    return _records(text, best, most=MOST_ROWS + 2)


def _records(text: str, delimiter: str, most: int) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found.append(record)
            if len(found) >= most:
                break
    except csv.Error as error:
        raise ImportFileError("not_a_table") from error
    return found


def _known_headings(records: list[list[str]]) -> int:
    return sum(column_of(heading) is not None for record in records for heading in record)


def _clean(cell: str) -> str:
    """A guard against control characters that a spreadsheet can hide and a mail header or a database cannot bear."""
    return one_line(unicodedata.normalize("NFC", cell))


def _table(records: list[list[str]]) -> Table:
    headings = records[0] if records else []
    columns = [column_of(heading) for heading in headings]
    known = tuple(column for column in columns if column)
    if not known:
        raise ImportFileError("not_a_table")
    missing = [column.value for column in REQUIRED if column not in known]
    if missing:
        raise ImportFileError("headings_missing", columns=", ".join(missing))
    twice = next((column for column in known if known.count(column) > 1), None)
    if twice:
        raise ImportFileError("heading_twice", column=twice.value)
    rows = []
    for number, record in enumerate(records[1:], start=2):
        cells = {column: cell for column, cell in zip(columns, record, strict=False) if column and cell}
        if cells:
            rows.append(Row(number, cells))
    ignored = tuple(heading for heading, column in zip(headings, columns, strict=True) if heading and not column)
    return Table(known, ignored, tuple(rows))
