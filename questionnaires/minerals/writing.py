"""Write a declaration into a blank template: cells of its sheets are patched, all other parts stay byte for byte.

No library that loads and saves workbooks keeps all of a template: calculated values, conditional formats and parts get
lost. Here formulas stay where they are, with the value that they will have as their cached one, so that programs which
do not calculate read the same as Excel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Final

from questionnaires.minerals import layout
from questionnaires.minerals.checker import last_smelter_row, missing
from questionnaires.minerals.declaring import rows_numbered
from questionnaires.minerals.layout import ALL, Layout
from questionnaires.minerals.model import Kind, Listed, Mineral, SmelterRow, Workbook
from questionnaires.minerals.patching import Cached, Number, PatchError, Put, Rows, Template, Typed
from questionnaires.minerals.reading import read
from questionnaires.minerals.references import SOURCE, References
from questionnaires.minerals.unwritable import NotWritable

__all__ = ["NotWritable", "expected", "write"]

NOT_LISTED: Final = "Smelter not listed"
NOT_IDENTIFIED: Final = "Smelter not yet identified"
_ENTER_DETAILS: Final = "Enter smelter details"
"""What the template's column G says of a smelter that is not listed."""
_EPOCH: Final = date(1899, 12, 30)
_FORMULAS: Final = ("metal", "lookup", "country", "smelter_id", "id_source", "street", "city", "state", "standard_name")
"""Columns of the smelter list that the template calculates from the id."""
_CHECKER_COUNT: Final = "D2"


def write(template: bytes, declaration: Workbook) -> bytes:
    """Return the template with the declaration in it; read back, it is `expected(declaration, template)`.

    Raises:
        NotReadable: the template is no CMRT or EMRT.
        NotWritable: it is not blank, of another kind or generation, or the lists do not fit into it.
    """
    blank = read(template, with_references=True)
    _check(blank, declaration)
    wanted = expected(declaration, blank)
    try:
        package = Template(template)
        _check_lists(wanted, package)
        for sheet, rows in _sheets(wanted).items():
            package.patch(sheet, rows)
        written = package.finish()
    except PatchError as error:
        raise NotWritable("structure") from error
    if _essence(read(written)) != _essence(wanted):
        raise NotWritable("not_same")
    return written


def expected(declaration: Workbook, blank: Workbook) -> Workbook:
    """Return what the written workbook will say: version and language of the template, smelters by its own list."""
    index = References.of(blank.references)
    smelters = tuple(_resolved(row, index) for row in declaration.smelters)
    return rows_numbered(
        replace(
            declaration,
            version=blank.version, released=blank.released, language=blank.language, sheets=blank.sheets,
            smelters=smelters, references=(), checker_missing=None,
        )
    )  # fmt: skip


def _check(blank: Workbook, declaration: Workbook) -> None:
    if blank.kind is not declaration.kind:
        raise NotWritable("other_kind")
    if blank.version.partition(".")[0] != declaration.version.partition(".")[0]:
        raise NotWritable("other_generation")
    filled = (
        *(entry.value for entry in blank.company.values()), *(answer.value for answer in blank.answers.values()),
        *(answer.value for answer in blank.company_answers.values()),
    )  # fmt: skip
    if any(filled) or blank.smelters or blank.products or blank.mines:
        raise NotWritable("not_blank")


def _check_lists(wanted: Workbook, package: Template) -> None:
    if wanted.smelters and wanted.smelters[-1].row > last_smelter_row(wanted):
        raise NotWritable("too_many_smelters")
    foot = package.last_formula(layout.PRODUCTS, "B")
    if wanted.products and layout.FIRST_PRODUCT <= foot <= wanted.products[-1].row:
        raise NotWritable("too_many_products")


def _resolved(row: SmelterRow, index: References) -> SmelterRow:
    listed = index.by_id.get(row.smelter_id.upper())
    if listed is not None:
        return _by_list(row, listed)
    if row.is_not_identified:
        return replace(row, id_typed="", smelter_id="", id_source="", lookup=NOT_IDENTIFIED, standard_name="")
    name = row.name or row.standard_name or row.lookup
    return replace(
        row, id_typed="", smelter_id="", id_source=_ENTER_DETAILS, lookup=NOT_LISTED, name=name, standard_name=""
    )


def _by_list(row: SmelterRow, listed: Listed) -> SmelterRow:
    return replace(
        row,
        id_typed=listed.smelter_id, smelter_id=listed.smelter_id, metal=listed.metal, name="",
        lookup=listed.standard_name, country=listed.country, id_source=SOURCE, street=listed.street,
        city=listed.city, state=listed.state, standard_name=listed.standard_name,
    )  # fmt: skip


def _sheets(wanted: Workbook) -> dict[str, Rows]:
    plan = layout.layout_of(wanted.kind, wanted.version)
    count = len(missing(wanted))
    sheets: dict[str, Rows] = {
        layout.DECLARATION: _rows(_declaration(wanted, plan)),
        layout.CHECKER: _rows([(_CHECKER_COUNT, Cached(str(count), is_number=bool(count)))]),
    }
    lists: list[tuple[str, Mapping[str, str], tuple[object, ...]]] = [
        (layout.PRODUCTS, layout.product_columns(wanted.kind, wanted.version), wanted.products),
        (layout.MINES, layout.MINE_COLUMNS, wanted.mines),
    ]
    sheets |= {sheet: _rows(_typed_lines(lines, letters)) for sheet, letters, lines in lists if lines}
    if wanted.smelters:
        sheets[layout.SMELTERS] = _rows(cell for row in wanted.smelters for cell in _smelter(row))
    return sheets


def _rows(cells: Iterable[tuple[str, Put]]) -> Rows:
    rows: Rows = {}
    for address, put in cells:
        letters = address.rstrip("0123456789")
        rows.setdefault(int(address[len(letters) :]), {})[letters] = put
    return rows


def _declaration(wanted: Workbook, plan: Layout) -> Iterator[tuple[str, Put]]:
    yield from zip(plan.selectors, _selected(wanted, plan), strict=True)
    for name, address in plan.company.items():
        if name == "effective_date" and wanted.effective_date:
            yield address, Number((wanted.effective_date - _EPOCH).days)
        elif value := wanted.company[name].value:
            yield address, Typed(value)
    for answer in (*wanted.answers.values(), *wanted.company_answers.values()):
        if answer.value:
            yield answer.place.cell, _choice(answer.value, wanted)
        if answer.comment:
            yield answer.comment_place.cell, Typed(answer.comment)


def _selected(wanted: Workbook, plan: Layout) -> Iterator[Put]:
    """Each selector has its own mineral, or says that it is deleted."""
    choices: tuple[Mineral, ...] = plan.minerals if plan.selectors else ()
    for mineral in choices:
        yield Typed(mineral if mineral in wanted.minerals else f"(Delete {mineral})")


def _choice(value: str, wanted: Workbook) -> Put:
    """All of it is the number 1 until CMRT 6.22 and in an EMRT 1, a text in later ones."""
    major, _, minor = wanted.version.partition(".")
    is_text = (minor[:1] >= "3") if wanted.kind is Kind.CMRT else major >= "2"
    return Number(1) if value == ALL and not is_text else Typed(value)


def _typed_lines(lines: Iterable[object], letters: Mapping[str, str]) -> Iterator[tuple[str, Put]]:
    for line in lines:
        row = line.row  # type: ignore[attr-defined]
        for name, letter in letters.items():
            if value := getattr(line, name):
                yield f"{letter}{row}", Typed(value)


def _smelter(row: SmelterRow) -> Iterator[tuple[str, Put]]:
    """An id is typed and the formulas stay; without one, what the formulas would say is typed over them."""
    kept = _FORMULAS if row.smelter_id else ("id_source",)
    for name, letter in layout.SMELTER_COLUMNS.items():
        value: str = getattr(row, name)
        if value and not (name == "standard_name" and not row.smelter_id):
            yield f"{letter}{row.row}", Cached(value) if name in kept else Typed(value)


def _essence(workbook: Workbook) -> tuple[object, ...]:
    """All that was to be written: what the template says of itself and its places are left out."""
    left_out = {"released", "sheets", "references", "checker_missing", "company", "language"}
    company = {name: entry.value for name, entry in workbook.company.items() if name != "effective_date"}
    return (company, *(getattr(workbook, each.name) for each in fields(workbook) if each.name not in left_out))
