"""Read a list of smelters' statuses: CSV, XLSX, or the XML Spreadsheet 2003 that the list's publisher exports."""

from __future__ import annotations

import csv
import enum
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.services.import_reading import ImportFileError, decoded
from portal.services.workbook_child import WorkbookError, read_workbook
from questionnaires.minerals import cells

MOST_ROWS = 20_000
MOST_XML_BYTES = 8 * 1024 * 1024
_LOOK_FOR_HEADINGS = 25
"""Rows; titles may stand above."""
_ZIP = b"PK\x03\x04"
_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_ID = re.compile(r"CID\d{6}")


class Field(enum.StrEnum):
    """A column that is read."""

    SMELTER_ID = "smelter_id"
    STATUS = "status"
    AUDITED = "audited"
    CYCLE = "cycle"
    METAL = "metal"
    NAME = "name"
    COUNTRY = "country"


_HEADINGS: Mapping[Field, tuple[str, ...]] = {
    Field.SMELTER_ID: (
        "smelterid", "smelteridentification", "smelteridentificationnumber", "smelterreferenceid", "facilityid",
        "smelterrefinerid", "rmismelterid", "rmiid", "cid", "cidnumber", "smelteridnumber",
    ),
    Field.STATUS: (
        "status", "facilitystatus", "smelterstatus", "rmapstatus", "auditstatus", "assessmentstatus",
        "conformancestatus", "rmapauditstatus", "rmapassessmentstatus",
    ),
    Field.AUDITED: ("lastauditdate", "auditdate", "lastaudit", "lastassessmentdate", "assessmentdate", "audited"),
    Field.CYCLE: ("auditcycle", "cycle", "auditcycleyears", "assessmentcycle", "cycleyears"),
    Field.METAL: ("metal", "mineral", "metals", "material"),
    Field.NAME: (
        "smeltername", "facilityname", "standardsmeltername", "standardfacilityname", "name", "smelter", "facility",
        "operatingname", "smelterrefinername",
    ),
    Field.COUNTRY: (
        "country", "facilitycountry", "smeltercountry", "countrylocation", "location", "facilitylocation",
        "smelterfacilitylocation", "countryregion",
    ),
}  # fmt: skip
_FIELD_OF = {heading: field for field, headings in _HEADINGS.items() for heading in headings}

STATUSES = (
    "Conformant", "Active", "Cross-recognized", "Eligible", "Not conformant", "Re-audit in progress",
    "Outreach required", "Communication suspended",
)  # fmt: skip
"""Words of the Responsible Minerals Initiative; others are kept as they stand."""
_WORDS = {re.sub("[^a-z]", "", word.casefold()): word for word in STATUSES}
_WORDS |= {"crossrecognised": "Cross-recognized", "nonconformant": "Not conformant"}


class StatusFileError(Exception):
    """The whole file is refused.

    Codes: those of `ImportFileError` and, with `workbook_` before them, of `WorkbookError`; xml, no_id_column,
    no_status_column.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class StatusRow:
    """What one row says."""

    number: int
    """As a spreadsheet program counts."""
    smelter_id: str
    status: str
    audited: date | None
    cycle_years: int | None
    metal: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is left out. Codes: id, status, date, date_ahead, cycle, twice."""

    number: int
    code: str
    value: str
    """What stands in the cell."""


@dataclass(frozen=True, slots=True)
class StatusFile:
    """A file, read."""

    rows: tuple[StatusRow, ...]
    refused: tuple[RefusedRow, ...]
    ignored: tuple[str, ...]
    """Headings that nobody knows."""


def read_status_file(content: bytes, as_of: date, assumed: str = "") -> StatusFile:
    """Return what a file says.

    Args:
        content: its kind is seen from its first bytes.
        as_of: the day of the list: no audit is later.
        assumed: the status of all rows, where the file has no column for it.

    Raises:
        StatusFileError: the whole file is refused.
    """
    table = [[cells.text(cell)[:500] for cell in row] for row in _table(content)]
    place = next((number for number, row in enumerate(table[:_LOOK_FOR_HEADINGS]) if _is_heading(row)), None)
    if place is None:
        raise StatusFileError("no_id_column")
    columns = [_FIELD_OF.get(_plain(heading)) for heading in table[place]]
    if Field.STATUS not in columns and not assumed:
        raise StatusFileError("no_status_column")
    rows: dict[str, StatusRow] = {}
    refused: list[RefusedRow] = []
    for number, record in enumerate(table[place + 1 :], start=place + 2):
        if not any(record):
            continue
        found = _row(number, _by_field(columns, record), as_of, assumed)
        if isinstance(found, StatusRow) and found.smelter_id in rows:
            found = RefusedRow(number, "twice", found.smelter_id)
        if isinstance(found, StatusRow):
            rows[found.smelter_id] = found
        else:
            refused.append(found)
    ignored = (heading for heading, field in zip(table[place], columns, strict=True) if heading and not field)
    return StatusFile(tuple(rows.values()), tuple(refused), tuple(ignored))


def _by_field(columns: list[Field | None], record: list[str]) -> dict[Field, str]:
    """Return the cells by field; of two columns for the same the first that is filled counts."""
    found: dict[Field, str] = {}
    for field, cell in zip(columns, record, strict=False):
        if field and cell:
            found.setdefault(field, cell)
    return found


def _is_heading(row: list[str]) -> bool:
    return any(_FIELD_OF.get(_plain(cell)) is Field.SMELTER_ID for cell in row)


def _plain(heading: str) -> str:
    return re.sub("[^a-z]", "", heading.casefold())


def _row(number: int, said: Mapping[Field, str], as_of: date, assumed: str) -> StatusRow | RefusedRow:
    smelter_id = said.get(Field.SMELTER_ID, "").upper().replace(" ", "")
    status = _status(said.get(Field.STATUS, "") or assumed)
    written, cycle = said.get(Field.AUDITED, ""), said.get(Field.CYCLE, "")
    audited, years = _audited(written), _years(cycle)
    faults = (
        ("id", smelter_id, not _ID.fullmatch(smelter_id)),
        ("status", status, not 0 < len(status) <= 64),
        ("date", written, bool(written) and audited is None),
        ("date_ahead", written, audited is not None and audited > as_of),
        ("cycle", cycle, bool(cycle) and years is None),
    )
    for code, value, is_wrong in faults:
        if is_wrong:
            return RefusedRow(number, code, value[:60])
    told = [said.get(field, "") for field in (Field.METAL, Field.NAME, Field.COUNTRY)]
    return StatusRow(number, smelter_id, status, audited, years, *told)


def _status(written: str) -> str:
    """Return the publisher's word where it is one of them, in its usual spelling."""
    plain = re.sub("[^a-z]", "", written.casefold()).removeprefix("rmap").removesuffix("smelter")
    return _WORDS.get(plain, written)


def _audited(written: str) -> date | None:
    """Return the day; where day and month cannot be told apart the American order of the publisher counts."""
    found = cells.day(written)
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})/([12]\d{3})", written)
    return cells.day(f"{slashed[3]}-{slashed[1]}-{slashed[2]}") if slashed and found is None else found


def _years(written: str) -> int | None:
    found = re.fullmatch(r"(?i)(\d)(?:\.0)?\s*(?:-?\s*y(?:ea)?rs?\.?.*)?", written)
    return int(found[1]) if found and 1 <= int(found[1]) <= 5 else None


def _table(content: bytes) -> list[list[str]]:
    if not content.strip():
        raise StatusFileError("empty")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise StatusFileError("old_workbook")
    try:
        if content.startswith(_ZIP):
            found = read_workbook(content)
        elif content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            found = list(_xml_rows(content))
        else:
            found = _csv(decoded(content))
    except WorkbookError as error:
        raise StatusFileError(f"workbook_{error.code}") from error
    except ImportFileError as error:
        raise StatusFileError(error.code) from error
    if len(found) > MOST_ROWS:
        raise StatusFileError("too_many_rows")
    return found


def _csv(text: str) -> list[list[str]]:
    """Parted by whichever sign makes the most headings that are known."""
    lines = text.splitlines()[:_LOOK_FOR_HEADINGS]
    known = {sign: sum(_plain(cell) in _FIELD_OF for line in lines for cell in line.split(sign)) for sign in ",;\t"}
    separator = max(known, key=lambda sign: known[sign])
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [row for row, _ in zip(rows, range(MOST_ROWS + 1), strict=False)]
    except csv.Error as error:
        raise StatusFileError("not_a_table") from error


def _xml_rows(content: bytes) -> Iterator[list[str]]:
    """Yield the rows of the first sheet; `ss:Index` leaves out empty ones. A DTD or an entity is refused."""
    if len(content) > MOST_XML_BYTES:
        raise StatusFileError("workbook_too_large")
    try:
        root = fromstring(content.lstrip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise StatusFileError("xml") from error
    table = root.find(f"{_NS}Worksheet/{_NS}Table")
    if root.tag != f"{_NS}Workbook" or table is None:
        raise StatusFileError("xml")
    number = 0
    for row in table.iterfind(f"{_NS}Row"):
        place = _place(row, number + 1)
        yield from ([] for _ in range(place - number - 1))
        number = place
        yield _xml_cells(row)


def _xml_cells(row: Element) -> list[str]:
    found: list[str] = []
    for cell in row.iterfind(f"{_NS}Cell"):
        place = _place(cell, len(found) + 1)
        found += [""] * (place - len(found) - 1)
        data = cell.find(f"{_NS}Data")
        found.append("" if data is None else "".join(data.itertext()))
    return found


def _place(element: Element, usual: int) -> int:
    """Return the number of a row or cell; raises StatusFileError for one that is not ahead, or far out."""
    index = element.get(f"{_NS}Index", str(usual))
    place = int(index) if index.isascii() and index.isdigit() and len(index) < 7 else 0
    if not usual <= place <= MOST_ROWS + 1:
        raise StatusFileError("xml")
    return place
