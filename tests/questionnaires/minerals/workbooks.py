"""Small CMRT and EMRT workbooks with the sheets and addresses of the templates, written by hand in a millisecond.

Nothing of the templates' texts but answers, names of sheets and addresses; the smelters are invented.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from questionnaires.minerals.layout import (
    CHECKER,
    DECLARATION,
    FIRST_LISTED,
    FIRST_MINE,
    FIRST_PRODUCT,
    FIRST_SMELTER,
    LOOKUP,
    LOOKUP_COLUMNS,
    MINE_COLUMNS,
    MINES,
    PRODUCTS,
    SMELTER_COLUMNS,
    SMELTERS,
    layout_of,
    product_columns,
)  # fmt: skip
from questionnaires.minerals.model import Asked, Kind, Listed, Mineral

CMRT_VERSIONS = ("6.01", "6.1", "6.2", "6.21", "6.22", "6.3", "6.31", "6.4", "6.5", "6.6", "6.6.1")
EMRT_VERSIONS = ("1.1", "1.11", "1.2", "1.3", "2.0", "2.1", "2.11", "2.11.1")
VERSIONS = [(Kind.CMRT, version) for version in CMRT_VERSIONS] + [(Kind.EMRT, version) for version in EMRT_VERSIONS]
LANGUAGES = (
    "English", "中文 Chinese", "日本語 Japanese", "한국어 Korean", "Français", "Português", "Deutsch", "Español",
    "Italiano", "Türkçe",
)  # fmt: skip
SMELTERS_KNOWN = (
    Listed("Tin", "Fjord Tin Works", "Fjord Tin Works", "NORWAY", "CID900001", "Kaien 1", "Bergen", "Vestland"),
    Listed("Tin", "Fjord Tinn", "Fjord Tin Works", "NORWAY", "CID900001", "Kaien 1", "Bergen", "Vestland"),
    Listed("Gold", "Elv Gold Refinery", "Elv Gold Refinery", "SWEDEN", "CID900002", "", "Falun", "Dalarna"),
    Listed("Tantalum", "Ås Tantalum", "Ås Tantalum", "ESTONIA", "CID900003"),
    Listed("Tungsten", "Vidda Tungsten", "Vidda Tungsten", "AUSTRIA", "CID900004"),
    Listed("Cobalt", "Dal Cobalt", "Dal Cobalt", "FINLAND", "CID900005"),
    Listed("Mica", "Berg Mica", "Berg Mica", "INDIA", "CID900006"),
    Listed("Tin", "Both Metals", "Both Tin", "PERU", "CID900007"),
    Listed("Tungsten", "Both Metals", "Both Tungsten", "PERU", "CID900008"),
    Listed("Tin", "Smelter not listed", "Smelter not listed", "", ""),
    Listed("Tin", "Smelter not yet identified", "Unknown", "Unknown", ""),
)
DATE = date(2026, 2, 4)
Cells = dict[str, dict[str, Any]]
"""Name of a sheet → address → value; None takes a cell away, `Formula` is one without a cached value."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula; without a value where nobody has calculated."""

    formula: str = "1+1"
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """What a formula says that cannot be calculated."""

    code: str = "#N/A"


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook is to say; unless told otherwise, all that the template's own Checker asks for."""

    kind: Kind = Kind.CMRT
    version: str = "6.5"
    released: str = "April 25, 2025"
    language: str = "English"
    minerals: Sequence[Mineral] | None = None
    """Selected in an EMRT 2; None: the first two."""
    company: Mapping[str, Any] = field(default_factory=dict)
    """Over the defaults of `COMPANY`."""
    answers: Mapping[tuple[Asked, Mineral] | Asked, Any] = field(default_factory=dict)
    comments: Mapping[tuple[Asked, Mineral], str] = field(default_factory=dict)
    company_answers: Mapping[str, Any] = field(default_factory=dict)
    company_comments: Mapping[str, str] = field(default_factory=dict)
    smelters: Sequence[Mapping[str, Any]] | None = None
    """By the names of `layout.SMELTER_COLUMNS`, with `row` where there are gaps; None: one for each mineral."""
    mines: Sequence[Mapping[str, Any]] = ()
    products: Sequence[Mapping[str, Any]] = ()
    known: Sequence[Listed] = SMELTERS_KNOWN
    missing: int | None = 0
    """What the Checker counts."""
    titled: bool = True
    """Whether the title of the Declaration is cached."""
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Over everything else."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    extra: Sequence[str] = ()
    """Names of sheets that somebody added in front."""


COMPANY: Mapping[str, Any] = {
    "company_name": "Bjørk Fasteners AS", "scope": "A. Company", "unique_id": "999888777",
    "unique_id_authority": "Brønnøysund", "address": "Storgata 1, Oslo", "contact_name": "Kari Nordmann",
    "contact_email": "kari@bjork.example", "contact_phone": "+47 22 00 00 00", "authorizer_name": "Ola Nordmann",
    "authorizer_title": "CEO", "authorizer_email": "ola@bjork.example", "authorizer_phone": "+47 22 00 00 01",
    "effective_date": DATE,
}  # fmt: skip
ANSWERS: Mapping[Asked, str] = {
    Asked.USED: "Yes", Asked.REMAINS: "Yes", Asked.COVERED_COUNTRIES: "No", Asked.HIGH_RISK_AREAS: "No",
    Asked.RECYCLED: "No", Asked.COVERAGE: "100%", Asked.ALL_IDENTIFIED: "Yes", Asked.ALL_REPORTED: "Yes",
}  # fmt: skip


def build(book: Book | None = None, **changes: Any) -> bytes:
    """Return the workbook as Excel would have saved it; `changes` are fields of `Book`."""
    book = book or Book(**changes)
    sheets = cells_of(book)
    for name, cells in book.cells.items():
        sheets.setdefault(name, {}).update(cells)
    ordered = [*book.extra, *(name for name in order_of(book) if name not in book.left_out)]
    return pack({book.renamed.get(name, name): sheets.get(name, {}) for name in ordered})


def order_of(book: Book) -> list[str]:
    """Return the sheets in the order of the template."""
    mines = [MINES] if book.kind is Kind.EMRT and book.version >= "2" else []
    first = (
        ["Instructions", "Revision"]
        if book.kind is Kind.EMRT and book.version < "2.1"
        else ["Revision", "Instructions"]
    )
    return [*first, "Definitions", DECLARATION, SMELTERS, CHECKER, *mines, PRODUCTS, LOOKUP, "L", "C", "SorP"]


def cells_of(book: Book) -> Cells:
    """Return what stands in the sheets."""
    revision = f"Revision {book.version}\n{book.released}"
    lists = {
        SMELTERS: _lines(_smelter_rows(book), SMELTER_COLUMNS, FIRST_SMELTER),
        PRODUCTS: _lines(book.products, product_columns(book.kind, book.version), FIRST_PRODUCT),
        MINES: _lines(book.mines, MINE_COLUMNS, FIRST_MINE),
        LOOKUP: _lines([_listed(line) for line in book.known], LOOKUP_COLUMNS, FIRST_LISTED),
    }
    lists[SMELTERS] |= {"Q3": revision, "A4": "x"}
    checker = {} if book.missing is None else {"D2": book.missing}
    title = {"A1": "InstructionsA1"} if book.titled else {"A1": "DeclarationD2", "D1": f"({book.kind})"}
    return {DECLARATION: _declaration(book, revision), CHECKER: checker, "L": title, "C": {"A1": "NO"}, **lists}


def _declaration(book: Book, revision: str) -> dict[str, Any]:
    plan = layout_of(book.kind, book.version)
    selected = [*(book.minerals if book.minerals is not None else plan.minerals[:2])] if plan.selectors else []
    minerals = sorted(selected) if plan.selectors else plan.minerals
    cells: dict[str, Any] = {
        "J3": revision,
        "D3": book.language,
        "D2": Formula(value=f"({book.kind})" if book.titled else None),
    }
    company = {**COMPANY, **book.company}
    cells |= {address: company[name] for name, address in plan.company.items() if name in company}
    cells |= dict(zip(plan.selectors, [*selected, "(Delete Nickel)"], strict=False))
    for question in plan.questions:
        for row, mineral in enumerate(minerals, start=question.first_row):
            key = (question.asked, mineral)
            cells[f"D{row}"] = book.answers.get(key, book.answers.get(question.asked, ANSWERS[question.asked]))
            cells[f"G{row}"] = book.comments.get(key)
    for each in plan.company_questions:
        names = [f"{each.letter}/{mineral}" for mineral in minerals] if each.by_mineral else [each.letter]
        for row, name in enumerate(names, start=each.row):
            cells[f"D{row}"] = book.company_answers.get(name, each.answers[0])
            cells[f"G{row}"] = book.company_comments.get(name)
    cells.setdefault(plan.website, None)
    cells[plan.website] = cells[plan.website] or "https://bjork.example/policy"
    return cells


def _smelter_rows(book: Book) -> Iterable[Mapping[str, Any]]:
    if book.smelters is not None:
        return book.smelters
    plan = layout_of(book.kind, book.version)
    minerals = (book.minerals if book.minerals is not None else plan.minerals[:2]) if plan.selectors else plan.minerals
    first = {line.metal: line for line in reversed(book.known) if line.smelter_id}
    return [smelter(first[mineral]) for mineral in minerals if mineral in first]


def smelter(line: Listed, **more: Any) -> dict[str, Any]:
    """Return a row as the formulas complete it when an id was typed."""
    return {
        "id_typed": line.smelter_id, "metal": line.metal, "lookup": line.standard_name, "country": line.country,
        "smelter_id": line.smelter_id, "id_source": "RMI", "street": line.street, "city": line.city,
        "state": line.state, "standard_name": line.standard_name, **more,
    }  # fmt: skip


def uncalculated(line: Listed, **more: Any) -> dict[str, Any]:
    """Return such a row as programs save it that do not calculate: formulas without values."""
    calculated = ("metal", "lookup", "country", "smelter_id", "id_source", "street", "city", "state", "standard_name")
    return {"id_typed": line.smelter_id, **dict.fromkeys(calculated, Formula()), **more}


def _listed(line: Listed) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LOOKUP_COLUMNS}


def _lines(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], first: int) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    number = first
    for row in rows:
        number = row.get("row", number)
        cells |= {f"{columns[name]}{number}": value for name, value in row.items() if name != "row"}
        number += 1
    return cells


def pack(sheets: Mapping[str, Mapping[str, Any]], parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """Return a workbook with these cells; `parts` replace or add parts of the package."""
    places = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    kinds = [("workbook.xml", "sheet.main"), ("styles.xml", "styles"), *((place, "worksheet") for place in places)]
    texts: dict[str, bytes | str] = {
        "[Content_Types].xml": _content_types(kinds),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f"{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", place) for place in places), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/{place}": sheet_xml(cells) for place, cells in zip(places, sheets.values(), strict=True)},
        **(parts or {}),
    }
    return zipped(texts)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """Return a package with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" xfId="0"/>'
    '<xf numFmtId="15" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _content_types(kinds: Iterable[tuple[str, str]]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(f'<Override PartName="/xl/{part}" ContentType="{kind}.{name}+xml"/>' for part, name in kinds)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{listed}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def sheet_xml(cells: Mapping[str, Any]) -> str:
    """Return a sheet with these cells."""
    rows: dict[int, list[tuple[int, str, str]]] = {}
    for address, value in cells.items():
        letters = address.rstrip("0123456789")
        if value is not None:
            number = int(address[len(letters) :])
            rows.setdefault(number, []).append((len(letters), letters, cell_xml(address, value)))
    lines = (f'<row r="{n}">{"".join(xml for *_, xml in sorted(row))}</row>' for n, row in sorted(rows.items()))
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def cell_xml(address: str, value: Any) -> str:
    """Return a cell as spreadsheet programs write it."""
    if isinstance(value, Formula):
        cached = "" if value.value is None else f"<v>{escape(value.value)}</v>"
        return f'<c r="{address}" t="str"><f>{escape(value.formula)}</f>{cached}</c>'
    if isinstance(value, Error):
        return f'<c r="{address}" t="e"><f>MATCH(1,2)</f><v>{value.code}</v></c>'
    if isinstance(value, date):
        return f'<c r="{address}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{address}"><v>{value}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
