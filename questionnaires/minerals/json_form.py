"""A workbook as JSON and back: between processes, and to be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any, Final

from questionnaires.minerals.model import (
    Answer,
    Asked,
    Entry,
    Kind,
    Listed,
    Mineral,
    MineRow,
    Place,
    ProductRow,
    SmelterRow,
    Workbook,
)

_ROW_KINDS: Final = (SmelterRow, MineRow, ProductRow, Listed)
_VALUES_OF: Final[dict[type, attrgetter[tuple[Any, ...]]]] = {
    kind: attrgetter(*(each.name for each in fields(kind))) for kind in _ROW_KINDS
}


def to_json(workbook: Workbook) -> dict[str, Any]:
    """Return it as JSON knows it: rows as lists, in the order of the fields of their classes."""
    return {
        "kind": workbook.kind,
        "version": workbook.version,
        "released": _written(workbook.released),
        "language": workbook.language,
        "sheets": list(workbook.sheets),
        "company": {name: [entry.value, *_place(entry.place)] for name, entry in workbook.company.items()},
        "effective_date": _written(workbook.effective_date),
        "minerals": list(workbook.minerals),
        "answers": [[*key, *_answer(answer)] for key, answer in workbook.answers.items()],
        "company_answers": {key: _answer(answer) for key, answer in workbook.company_answers.items()},
        "smelters": _rows(SmelterRow, workbook.smelters),
        "mines": _rows(MineRow, workbook.mines),
        "products": _rows(ProductRow, workbook.products),
        "references": _rows(Listed, workbook.references),
        "checker_missing": workbook.checker_missing,
    }


def from_json(found: dict[str, Any]) -> Workbook:
    """Return the workbook.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: somebody else wrote this.
    """
    missing = found["checker_missing"]
    return Workbook(
        kind=Kind(found["kind"]),
        version=str(found["version"]),
        released=_day(found["released"]),
        language=str(found["language"]),
        sheets=_texts(found["sheets"]),
        company={str(name): Entry(str(value), Place(str(sheet), str(cell)))
                 for name, (value, sheet, cell) in found["company"].items()},
        effective_date=_day(found["effective_date"]),
        minerals=tuple(Mineral(name) for name in found["minerals"]),
        answers={(Asked(asked), Mineral(mineral)): _read_answer(*rest) for asked, mineral, *rest in found["answers"]},
        company_answers={str(key): _read_answer(*answer) for key, answer in found["company_answers"].items()},
        smelters=tuple(SmelterRow(int(row), *_texts(rest)) for row, *rest in found["smelters"]),
        mines=tuple(MineRow(int(row), *_texts(rest)) for row, *rest in found["mines"]),
        products=tuple(ProductRow(int(row), *_texts(rest)) for row, *rest in found["products"]),
        references=tuple(Listed(*_texts(line)) for line in found["references"]),
        checker_missing=None if missing is None else int(missing),
    )  # fmt: skip


def _rows(kind: type, rows: Iterable[Any]) -> list[Any]:
    return [_VALUES_OF[kind](row) for row in rows]


def _answer(answer: Answer) -> list[str]:
    return [answer.value, *_place(answer.place), answer.comment, *_place(answer.comment_place)]


def _read_answer(value: Any, sheet: Any, cell: Any, comment: Any, comment_sheet: Any, comment_cell: Any) -> Answer:
    return Answer(
        str(value), Place(str(sheet), str(cell)), str(comment), Place(str(comment_sheet), str(comment_cell))
    )  # fmt: skip


def _place(place: Place) -> tuple[str, str]:
    return place.sheet, place.cell


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if written else None
