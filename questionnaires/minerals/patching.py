"""Change single cells of a workbook's sheets in their XML; everything else of the package stays as it is."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape

from questionnaires.minerals.package import check_package

Rows = dict[int, dict[str, "Put"]]
"""Number of a row → letters of a column → what is put there."""

_ROW: Final = re.compile(rb"<row\b[^>]*>")
_NUMBER: Final = re.compile(rb'\sr="(\d+)"')
_CELL: Final = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ADDRESS: Final = re.compile(rb'\sr="([A-Z]{1,3})\d+"')
_STYLE: Final = re.compile(rb'<c\b[^>]*?(\ss="\d+")')
_FORMULA: Final = re.compile(rb"<f\b[^>]*?(?:/>|>.*?</f>)", re.DOTALL)
_SHARED: Final = re.compile(rb'<f\b[^>]*\sref="')
"""A formula that other cells take theirs from."""
_SHEET: Final = re.compile(rb"<sheet\b[^>]*>")
_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE: Final = re.compile(rb'([\w:]+)="([^"]*)"')
_CALCULATION: Final = re.compile(rb"<calcPr\b([^>]*?)/?>(?:</calcPr>)?")
_BEFORE_CALCULATION: Final = re.compile(rb"</definedNames>|</externalReferences>|</sheets>")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads `_x0041_` as A; the first underscore is written so that it stays what it is."""
_WORKBOOK, _RELATIONS, _TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_LONGEST: Final = 32_767


class PatchError(Exception):
    """The XML is not written as spreadsheet programs write it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A text, whatever it looks like; a formula in its place goes."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, shown as the cell's format has it."""

    value: int


@dataclass(frozen=True, slots=True)
class Cached:
    """What the cell's formula will say; typed where there is no formula."""

    text: str
    is_number: bool = False


Put = Typed | Number | Cached


class Template:
    """A workbook whose cells are being changed."""

    def __init__(self, content: bytes) -> None:
        """Open it. Raises NotReadable for a package that must not be opened, PatchError for a strange one."""
        check_package(content)
        self._package = zipfile.ZipFile(io.BytesIO(content))
        self._changed: dict[str, bytes] = {}
        try:
            self._parts = self._find_parts()
        except KeyError as error:
            raise PatchError(str(error)) from error

    def _find_parts(self) -> dict[str, str]:
        """Return the parts by the names of the sheets. Raises KeyError."""
        targets = {
            each["Id"]: _part(each["Target"]) for each in map(_attributes, _RELATION.findall(self._read(_RELATIONS)))
        }
        sheets = map(_attributes, _SHEET.findall(self._read(_WORKBOOK)))
        return {each["name"]: targets[each["r:id"]] for each in sheets}

    def _read(self, part: str) -> bytes:
        return self._changed.get(part) or self._package.read(part)

    def last_formula(self, sheet: str, column: str) -> int:
        """Return the last row that has a formula in this column; 0 where there is none. Raises PatchError."""
        cells = re.compile(rb'<c r="%s(\d+)"[^>]*><f' % column.encode())
        return max((int(row) for row in cells.findall(self._sheet(sheet))), default=0)

    def patch(self, sheet: str, rows: Rows) -> None:
        """Put something into cells of a sheet. Raises PatchError."""
        self._changed[self._parts[sheet]] = _patched(self._sheet(sheet), rows)

    def _sheet(self, sheet: str) -> bytes:
        if sheet not in self._parts:
            raise PatchError(sheet)
        return self._read(self._parts[sheet])

    def finish(self) -> bytes:
        """Return the workbook, which every program that can will calculate when it opens it."""
        self._changed[_WORKBOOK] = _calculating(self._read(_WORKBOOK))
        chain = self._drop_chain()
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as written:
            for part in self._package.infolist():
                if part.filename not in chain:
                    written.writestr(part, self._read(part.filename), part.compress_type)
        return file.getvalue()

    def _drop_chain(self) -> frozenset[str]:
        """Take out the order of calculation, which names cells whose formulas are gone; return the part's name."""
        relations = self._read(_RELATIONS)
        found = next((each for each in _RELATION.findall(relations) if b"/calcChain" in each), None)
        if found is None:
            return frozenset()
        part = _part(_attributes(found)["Target"])
        override = re.compile(rb'<Override\b[^>]*PartName="/%s"[^>]*/>' % re.escape(part).encode())
        self._changed[_RELATIONS] = relations.replace(found, b"")
        self._changed[_TYPES] = override.sub(b"", self._read(_TYPES))
        return frozenset({part})


def _attributes(element: bytes) -> Mapping[str, str]:
    return {name.decode(): html.unescape(value.decode()) for name, value in _ATTRIBUTE.findall(element)}


def _part(target: str) -> str:
    """A target is a path from `xl`, or from the root of the package."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _calculating(workbook: bytes) -> bytes:
    found = _CALCULATION.search(workbook)
    if found:
        kept = re.sub(rb'\s*fullCalcOnLoad="[^"]*"', b"", found[1]).rstrip()
        return workbook.replace(found[0], b"<calcPr" + kept + b' fullCalcOnLoad="1"/>')
    before = list(_BEFORE_CALCULATION.finditer(workbook))
    if not before:
        raise PatchError(_WORKBOOK)
    at = max(each.end() for each in before)
    return workbook[:at] + b'<calcPr fullCalcOnLoad="1"/>' + workbook[at:]


def _patched(sheet: bytes, rows: Rows) -> bytes:
    """Rows and cells that are not there yet come in their order, as the format wants it."""
    sheet = sheet.replace(b"<sheetData/>", b"<sheetData></sheetData>")
    at, end = sheet.find(b"<sheetData>"), sheet.find(b"</sheetData>")
    if min(at, end) < 0:
        raise PatchError("no sheetData")
    waiting, last = sorted(rows), max(rows, default=0)
    done: list[bytes] = []
    kept_to = 0
    for number, start, stop in _each_row(sheet, at, end):
        while waiting and waiting[0] < number:
            done += [sheet[kept_to:start], _new_row(waiting[0], rows[waiting.pop(0)])]
            kept_to = start
        if waiting and waiting[0] == number:
            done += [sheet[kept_to:start], _row(sheet[start:stop], number, rows[waiting.pop(0)])]
            kept_to = stop
        if number >= last:
            break
    rest = [_new_row(number, rows[number]) for number in waiting]
    if rest:
        done += [sheet[kept_to:end], *rest]
        kept_to = end
    return b"".join([*done, sheet[kept_to:]])


def _each_row(sheet: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """Return number, beginning and end of each row. Raises PatchError."""
    found = list(_ROW.finditer(sheet, at, end))
    bounds = [*(row.start() for row in found), end]
    rows: list[tuple[int, int, int]] = []
    for row, (start, stop) in zip(found, pairwise(bounds), strict=True):
        number = _NUMBER.search(row[0])
        if number is None:
            raise PatchError("a row without its number")
        rows.append((int(number[1]), start, stop))
    return rows


def _new_row(number: int, cells: Mapping[str, Put]) -> bytes:
    return _row(b'<row r="%d"></row>' % number, number, cells)


def _row(row: bytes, number: int, cells: Mapping[str, Put]) -> bytes:
    head = _ROW.match(row)
    if head is None:
        raise PatchError("no row")
    found = {_letters(cell): cell for cell in _CELL.findall(row)}
    for letters, put in cells.items():
        found[letters.encode()] = _cell(f"{letters}{number}".encode(), put, found.get(letters.encode(), b""))
    inside = b"".join(found[letters] for letters in sorted(found, key=lambda each: (len(each), each)))
    return head[0].removesuffix(b"/>").removesuffix(b">") + b">" + inside + b"</row>"


def _letters(cell: bytes) -> bytes:
    found = _ADDRESS.search(cell)
    if found is None:
        raise PatchError("a cell without its address")
    return found[1]


def _cell(address: bytes, put: Put, before: bytes) -> bytes:
    style = _STYLE.match(before)
    head = b'<c r="' + address + b'"' + (style[1] if style else b"")
    formula = _FORMULA.search(before)
    if isinstance(put, Cached) and formula:
        kind = b"" if put.is_number else b' t="str"'
        return head + kind + b">" + formula[0] + b"<v>" + _text(put.text) + b"</v></c>"
    if formula and _SHARED.match(formula[0]):
        raise PatchError("a formula that others share")
    if isinstance(put, Number):
        return head + b"><v>%d</v></c>" % put.value
    return head + b' t="inlineStr"><is><t xml:space="preserve">' + _text(put.text) + b"</t></is></c>"


def _text(text: str) -> bytes:
    plain = _NOT_XML.sub("", text)[:_LONGEST]
    return escape(_LOOKS_ESCAPED.sub("_x005F_", plain)).encode()
