"""Which template a workbook is, and which revision: by its sheets and literal cells, never by translated labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from questionnaires.minerals import cells
from questionnaires.minerals.layout import CHECKER, DECLARATION, LOOKUP, MINES, PRODUCTS, REVISION, SMELTERS, layout_of
from questionnaires.minerals.model import Kind, Settings
from questionnaires.minerals.refusals import NotReadable
from questionnaires.minerals.sheets import Rows, Sheets, cell

_KNOWN_SHEETS: Final = (DECLARATION, SMELTERS, PRODUCTS, MINES, LOOKUP, CHECKER)
_SCOPE_SHEET: Final = "minerals scope"
"""Only the AMRT has it."""
_REVISION: Final = re.compile(r"Rev(?:ision|\.)?\s*(\d{1,2}(?:\.\d{1,3}){0,3})\s*(.*)", re.IGNORECASE)
_TITLE: Final = "D2"
_TITLE_KEY: Final = "DeclarationD2"
"""Of the row of titles in the sheet of strings."""
_STRINGS: Final = "L"
_ACRONYM: Final = re.compile(r"\b(CMRT|EMRT|AMRT|PRT|CRT)\b")
_SMELTER_REVISION: Final = "Q3"
_OLDEST: Final = {Kind.CMRT: "6.01", Kind.EMRT: "1.1"}
_MOST_NAMES: Final = 12
"""Of sheets, in a sentence."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a workbook is."""

    kind: Kind
    version: str
    released: date | None


def identify(sheets: Sheets) -> Identity:
    """Find the sheets by what the templates call them, and say what the workbook is.

    Raises:
        NotReadable: it is no CMRT or EMRT, or one that is not read.
    """
    _name(sheets, _revision_of_declaration, DECLARATION)
    found = _revision_of_declaration(sheets.rows(DECLARATION))
    _name(sheets, _revision_of_smelters, SMELTERS)
    found = found or _revision_of_smelters(sheets.rows(SMELTERS))
    if not found or not sheets.has(DECLARATION):
        raise NotReadable("no_declaration", sheet=DECLARATION, sheets=_listed(sheets.names))
    version, released = found
    kind = _kind(sheets, version)
    for known_as in _KNOWN_SHEETS[2:]:
        _name(sheets, None, known_as)
    return Identity(kind, version, released)


def _name(sheets: Sheets, is_it: Callable[[Rows], Any] | None, known_as: str) -> None:
    """Find a sheet by its name, however spaced; else by what it says; else by the beginning of its name."""
    wanted = _plain(known_as)
    by_name = next((name for name in sheets.names if _plain(name) == wanted), None)
    if by_name is None and is_it:
        taken = {_plain(name) for name in (*_KNOWN_SHEETS, "Revision", "Instructions", "Definitions", "L", "C", "SorP")}
        others = (name for name in sheets.names if _plain(name) not in taken)
        by_name = next((name for name in others if is_it(sheets.rows_of(name))), None)
    if by_name is None:
        by_name = next((name for name in sheets.names if _plain(name).startswith(wanted)), None)
    if by_name is not None:
        sheets.call(by_name, known_as)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _revision_of_declaration(rows: Rows) -> tuple[str, date | None] | None:
    return _revision(cell(rows, REVISION))


def _revision_of_smelters(rows: Rows) -> tuple[str, date | None] | None:
    return _revision(cell(rows, _SMELTER_REVISION))


def _revision(value: Any) -> tuple[str, date | None] | None:
    found = _REVISION.fullmatch(cells.text(value))
    return (found[1], cells.day(found[2])) if found else None


def _kind(sheets: Sheets, version: str) -> Kind:
    """Raises NotReadable for every template but CMRT 6 and EMRT 1 and 2."""
    name = _title(sheets) or _by_structure(sheets, version) or _strings(sheets)
    if not name:
        raise NotReadable("unknown_template", version=version)
    if name not in set(Kind):
        raise NotReadable("other_template", kind=name, version=version)
    kind = Kind(name)
    try:
        layout_of(kind, version)
    except KeyError as error:
        oldest, newest = _OLDEST[kind], Settings().newest[kind]
        is_old = int(version.partition(".")[0]) < int(newest.partition(".")[0])
        code = "too_old" if is_old else "too_new"
        raise NotReadable(code, kind=kind, version=version, oldest=oldest, known=newest) from error
    return kind


def _title(sheets: Sheets) -> str:
    """Return what the title says in each language: CMRT in a bracket; "" where it is not calculated."""
    if any(_plain(name) == _plain(_SCOPE_SHEET) for name in sheets.names):
        return "AMRT"
    return _acronym(cells.text(cell(sheets.rows(DECLARATION), _TITLE)))


def _by_structure(sheets: Sheets, version: str) -> str:
    """Return what a workbook without a title must be; "" where several templates have had such a revision."""
    if any(_plain(name) == _plain(MINES) for name in sheets.names):
        return Kind.EMRT
    return Kind.CMRT if int(version.partition(".")[0]) > 2 else ""


def _strings(sheets: Sheets) -> str:
    """Return what the title would say, from the sheet that holds it in each language."""
    titles = (row for row in sheets.rows_of(_STRINGS) if row[0] == _TITLE_KEY) if _STRINGS in sheets.names else ()
    return _acronym(" ".join(cells.text(value) for row in titles for value in row[1:]))


def _acronym(title: str) -> str:
    found = _ACRONYM.search(title)
    return found[1] if found else ""


def _listed(names: Iterable[str]) -> str:
    told = [cells.text(name)[:40] for name in names]
    more = ["…"] if len(told) > _MOST_NAMES else []
    return ", ".join(f"“{name}”" for name in told[:_MOST_NAMES]) + ", ".join(["", *more]) or "–"
