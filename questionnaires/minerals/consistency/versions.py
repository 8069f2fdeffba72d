"""Rules V: the edition of the template, and whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.minerals.consistency.examined import Examined, Found, Rule, quoted
from questionnaires.minerals.findings import Level
from questionnaires.minerals.layout import CHECKER, DECLARATION, LOOKUP, MINES, PRODUCTS, REVISION, SMELTERS
from questionnaires.minerals.model import Kind, Place

VERSIONS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CMRT: ("6.0", "6.01", "6.1", "6.2", "6.21", "6.22", "6.3", "6.31", "6.4", "6.5", "6.6", "6.6.1"),
    Kind.EMRT: ("1.0", "1.1", "1.11", "1.2", "1.3", "2.0", "2.1", "2.11", "2.11.1"),
}
"""That were published."""
ASKED = (DECLARATION, SMELTERS, CHECKER, PRODUCTS, LOOKUP)
"""Sheets without which the workbook cannot be what it says."""
OTHERS = ("Revision", "Instructions", "Definitions", "L", "C", "SorP")
_REVISION = Place(DECLARATION, REVISION)


def age(version: str) -> tuple[int, str]:
    """Return what versions are sorted by; their second part counts as decimals do: 6.22 is before 6.3."""
    major, _, minor = version.partition(".")
    return int(major), minor


def template_older(examined: Examined) -> Found:
    """There is a newer template."""
    newest = examined.known.settings.newest[examined.workbook.kind]
    version = examined.workbook.version
    if version in VERSIONS[examined.workbook.kind] and age(version) < age(newest):
        yield _REVISION, {"kind": examined.workbook.kind, "version": version, "newest": newest}


def version_unknown(examined: Examined) -> Found:
    """No such version was published, as far as is known here."""
    kind, version = examined.workbook.kind, examined.workbook.version
    if version not in VERSIONS[kind] and version != examined.known.settings.newest[kind]:
        yield _REVISION, {"kind": kind, "version": quoted(version)}


def sheet_missing(examined: Examined) -> Found:
    """A sheet that matters was taken away or renamed."""
    sheets = examined.workbook.sheets
    for sheet in (*ASKED, *((MINES,) if examined.layout.has_mines else ())):
        if sheets and sheet not in sheets:
            yield Place(sheet, "A1"), {"sheet": sheet}


def template_modified(examined: Examined) -> Found:
    """Sheets were added, or others than those that matter taken away."""
    sheets = examined.workbook.sheets
    own = (*ASKED, *OTHERS, *((MINES,) if examined.layout.has_mines else ()))
    changed = [sheet for sheet in sheets if sheet not in own] + [each for each in OTHERS if each not in sheets]
    if sheets and changed:
        yield _REVISION, {"sheets": quoted(", ".join(changed))}


RULES: Mapping[str, tuple[Level, Rule]] = {
    "V1a": (Level.WARNING, template_older),
    "V1b": (Level.ERROR, version_unknown),
    "V1c": (Level.ERROR, sheet_missing),
    "V1d": (Level.WARNING, template_modified),
}
