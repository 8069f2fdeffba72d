"""Read a CMRT 6 or EMRT 1 or 2 by address, in any language, whoever saved it last.

What strangers send is read by `portal.services.minerals_child`, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from questionnaires.minerals import cells, layout, references
from questionnaires.minerals.identity import Identity, identify
from questionnaires.minerals.layout import CompanyQuestion, Layout
from questionnaires.minerals.model import (
    Answer,
    Asked,
    Entry,
    Listed,
    Mineral,
    MineRow,
    Place,
    ProductRow,
    SmelterRow,
    Workbook,
)  # fmt: skip
from questionnaires.minerals.package import check_package
from questionnaires.minerals.references import References
from questionnaires.minerals.refusals import NotReadable
from questionnaires.minerals.sheets import Rows, Sheets, cell, columns

__all__ = ["MOST_ROWS", "NotReadable", "read"]

MOST_ROWS: Final = 50_000
"""Filled lines of one list."""
_CHECKER_COUNT: Final = "D2"
_SCOPES: Final = cells.folded(
    ("A. Company", "B. Product (or List of Products)", "C. User defined [Specify in 'Description of scope']")
)
_YES_NO_UNKNOWN: Final = cells.folded(layout.YES_NO_UNKNOWN)
_METALS: Final = cells.folded(mineral.value for mineral in Mineral)
_CALCULATED: Final = (
    "metal",
    "lookup",
    "country",
    "smelter_id",
    "id_source",
    "street",
    "city",
    "state",
    "standard_name",
)
"""Columns of the smelter list that are formulas until somebody types over them: an error or a 0 there is nothing."""
_FOOT: Final = "©"
"""Begins the line below the products of a template."""
_NOTHING: Final = frozenset({"0", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#DIV/0!", "#NUM!"})


def read(content: bytes, known: References | None = None, *, with_references: bool = False) -> Workbook:
    """Return what the workbook says.

    Args:
        content: the file.
        known: a reference list for smelter rows that the workbook's own does not complete.
        with_references: return the workbook's own reference list too.

    Raises:
        NotReadable: it is no CMRT or EMRT that can be read; the code says why.
    """
    check_package(content)
    sheets = Sheets(content)
    return _workbook(sheets, identify(sheets), known, with_references=with_references)


def _workbook(sheets: Sheets, identity: Identity, known: References | None, *, with_references: bool) -> Workbook:
    plan = layout.layout_of(identity.kind, identity.version)
    declaration = sheets.rows(layout.DECLARATION)
    minerals = _minerals(declaration, plan)
    return Workbook(
        kind=identity.kind, version=identity.version, released=identity.released,
        language=cells.text(cell(declaration, layout.LANGUAGE)), sheets=sheets.names_as_known(),
        company={name: _entry(declaration, name, address) for name, address in plan.company.items()},
        effective_date=cells.day(cell(declaration, plan.company["effective_date"])), minerals=minerals,
        answers=_answers(declaration, plan, minerals), company_answers=_company_answers(declaration, plan, minerals),
        smelters=_smelters(sheets, known), mines=_mines(sheets) if plan.has_mines else (),
        products=_products(sheets, identity), references=_own_references(sheets) if with_references else (),
        checker_missing=_checker_missing(sheets),
    )  # fmt: skip


def _entry(declaration: Rows, name: str, address: str) -> Entry:
    value = cell(declaration, address)
    written = cells.choice(value, _SCOPES) if name == "scope" else cells.text(value)
    if name == "effective_date" and isinstance(value, float) and (day := cells.day(value)):
        written = day.isoformat()
    return Entry(written, Place(layout.DECLARATION, address))


def _minerals(declaration: Rows, plan: Layout) -> tuple[Mineral, ...]:
    """Return all of the template, or those that were selected, alphabetically as the rows have them."""
    if not plan.selectors:
        return plan.minerals
    selected = {cells.text(cell(declaration, address)).casefold() for address in plan.selectors}
    return tuple(mineral for mineral in plan.minerals if mineral.casefold() in selected)


def _answers(declaration: Rows, plan: Layout, minerals: tuple[Mineral, ...]) -> dict[tuple[Asked, Mineral], Answer]:
    return {
        (question.asked, mineral): _answer(
            declaration, question.first_row + number, (*question.answers, *question.more.get(mineral, ()))
        )
        for question in plan.questions
        for number, mineral in enumerate(minerals)
    }


def _company_answers(declaration: Rows, plan: Layout, minerals: tuple[Mineral, ...]) -> dict[str, Answer]:
    return {
        key: _answer(declaration, row, words)
        for question in plan.company_questions
        for key, row, words in _company_rows(question, minerals)
    }


def _company_rows(
    question: CompanyQuestion, minerals: tuple[Mineral, ...]
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    if not question.by_mineral:
        yield question.letter, question.row, question.answers
        return
    more: Mapping[Mineral, tuple[str, ...]] = question.more or {}
    for number, mineral in enumerate(minerals):
        yield f"{question.letter}/{mineral}", question.row + number, (*question.answers, *more.get(mineral, ()))


def _answer(declaration: Rows, row: int, words: tuple[str, ...]) -> Answer:
    address, comment = f"{layout.ANSWER}{row}", f"{layout.COMMENT}{row}"
    return Answer(
        cells.choice(cell(declaration, address), cells.folded(words)), Place(layout.DECLARATION, address),
        cells.text(cell(declaration, comment)), Place(layout.DECLARATION, comment),
    )  # fmt: skip


def _smelters(sheets: Sheets, known: References | None) -> tuple[SmelterRow, ...]:
    found = tuple(
        _smelter(number, values)
        for number, values in _filled(sheets.rows(layout.SMELTERS), layout.FIRST_SMELTER, layout.SMELTER_COLUMNS)
    )
    rows = tuple(row for row in found if row is not None)
    if any(references.wants_completing(row) for row in rows):
        rows = references.complete(rows, References.of(_own_references(sheets)))
        rows = references.complete(rows, known) if known else rows
    return rows


def _smelter(number: int, values: dict[str, str]) -> SmelterRow | None:
    for name in _CALCULATED:
        if values[name] in _NOTHING:
            values[name] = ""
    if not any(values.values()):
        return None
    values["smelter_id"] = values["smelter_id"] or values["id_typed"]
    values["metal"] = cells.choice(values["metal"], _METALS)
    values["recycled"] = cells.choice(values["recycled"], _YES_NO_UNKNOWN)
    return SmelterRow(number, **values)


def _mines(sheets: Sheets) -> tuple[MineRow, ...]:
    lines = _filled(sheets.rows(layout.MINES), layout.FIRST_MINE, layout.MINE_COLUMNS)
    return tuple(MineRow(number, **values) for number, values in lines)


def _products(sheets: Sheets, identity: Identity) -> tuple[ProductRow, ...]:
    letters = layout.product_columns(identity.kind, identity.version)
    lines = _filled(sheets.rows(layout.PRODUCTS), layout.FIRST_PRODUCT, letters)
    rows = (ProductRow(number, **values) for number, values in lines)
    return tuple(row for row in rows if not row.number.startswith(_FOOT))


def _own_references(sheets: Sheets) -> tuple[Listed, ...]:
    lines = _filled(sheets.rows(layout.LOOKUP), layout.FIRST_LISTED, layout.LOOKUP_COLUMNS)
    return tuple(Listed(**values) for _, values in lines if values["metal"] and values["alias"])


def _filled(rows: Rows, first: int, letters: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the lines with something in these columns, however many empty ones lie between: number from 1 and texts.

    Raises:
        NotReadable: there are more than any honest list has.
    """
    places = tuple(zip(letters, columns(letters.values()), strict=True))
    last, count, text = max(at for _, at in places) + 1, 0, cells.text
    if rows and len(rows[0]) < last:
        rows = [row + [""] * (last - len(row)) for row in rows]
    for number, row in enumerate(rows[first - 1 :], start=first):
        if not any(row[:last]):
            continue
        values = {name: text(row[at]) if row[at] != "" else "" for name, at in places}
        if any(values.values()):
            count += 1
            if count > MOST_ROWS:
                raise NotReadable("too_large")
            yield number, values


def _checker_missing(sheets: Sheets) -> int | None:
    count = cell(sheets.rows(layout.CHECKER), _CHECKER_COUNT)
    return int(count) if isinstance(count, int | float) and 0 <= count < MOST_ROWS else None
