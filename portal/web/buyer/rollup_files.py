"""A roll-up as files: the smelters with who reported them, and the countries that minerals come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from questionnaires.minerals.contributions import Source
from questionnaires.minerals.rollup import RollUp
from questionnaires.minerals.wording import follow_up_sentence
from questionnaires.workbooks.xlsx import Book, new_book

Table = list[list[str]]


def smelters(result: RollUp) -> Table:
    """Return a row for each smelter and each file behind it, the headings first."""
    heading = [
        _("Mineral"), _("Smelter id"), _("Smelter"), _("Country of the smelter"), _("Reported by suppliers"),
        _("Supplier"), _("File"), _("SHA-256"), _("Effective date"), _("Scope"),
    ]  # fmt: skip
    rows = [
        [
            str(line.smelter.metal), line.smelter.smelter_id, line.smelter.name, line.smelter.country,
            str(len({each.supplier for each in line.behind})), *_source(source),
        ]
        for line in result.smelters
        for source in line.behind
    ]  # fmt: skip
    return [heading, *rows]


def countries(result: RollUp) -> Table:
    """Return the countries of mines that suppliers name, then those of the smelters, the headings first."""
    heading = [_("Mineral"), _("What"), _("Country"), _("Smelters"), _("Files that say so")]
    mines = [
        [str(metal), _("Country of origin"), country, str(count), str(files)]
        for metal, country, count, files in result.origins
    ]
    places = [
        [str(metal), _("Country of the smelter"), country or _("Unknown"), str(count), ""]
        for country, counts in result.countries.items()
        for metal, count in counts.items()
    ]
    return [heading, *mines, *places]


def follow_ups(result: RollUp, language: str) -> Table:
    """Return the rows that suppliers should be asked about, the headings first."""
    heading = [
        _("Mineral"), _("Smelter id"), _("Smelter"), _("Row"), _("Why"), _("Supplier"), _("File"), _("SHA-256"),
        _("Effective date"), _("Scope"),
    ]  # fmt: skip
    rows = [
        [each.metal, each.smelter_id, each.name, str(each.row), follow_up_sentence(each.reason, language),
         *_source(each.source)]
        for each in result.follow_ups
    ]  # fmt: skip
    return [heading, *rows]


def as_xlsx(result: RollUp, language: str) -> bytes:
    """Return all three as one workbook."""
    with new_book() as (book, file):
        _sheet(book, _("Smelters"), smelters(result), (12, 14, 40, 24, 12, 32, 32, 40, 14, 8))
        _sheet(book, _("Countries"), countries(result), (12, 24, 40, 12, 12))
        _sheet(book, _("To follow up"), follow_ups(result, language), (12, 14, 40, 8, 50, 32, 32, 40, 14, 8))
    return file.getvalue()


def _sheet(book: Book, name: str, table: Table, widths: Sequence[int]) -> None:
    sheet = book.add_sheet(name, table[0], widths, frozen=1)
    for row, cells in enumerate(table[1:], start=1):
        _write(book, sheet, row, cells)


def _write(book: Book, sheet: object, row: int, cells: Iterable[str]) -> None:
    for column, text in enumerate(cells):
        book.write(sheet, row, column, text)


def _source(source: Source) -> list[str]:
    return [source.supplier, source.filename, source.sha256, source.day.isoformat() if source.day else "", source.scope]
