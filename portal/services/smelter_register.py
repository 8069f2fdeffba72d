"""The smelters that suppliers named, in the newest signed workbook of each; worked out from the index."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Assessment, MineralsWorkbook, Request, SmelterMention
from portal.services import smelters
from portal.services.handed_workbooks import Handed
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.known import Status
from questionnaires.minerals.model import Listed


@dataclass(frozen=True, slots=True)
class Named:
    """A smelter on the list."""

    smelter_id: str
    metal: str
    name: str
    country: str
    status: Status | None
    suppliers: int

    @property
    def is_good(self) -> bool:
        """Whether the newest list has it as passed or being audited."""
        return self.status is not None and self.status.is_good


class Standing(enum.StrEnum):
    """What can be asked about a status besides its word."""

    NOT_GOOD = "not-good"
    """Neither conformant nor active nor cross-recognised, or not in the list."""
    MISSING = "missing"
    """Not in the list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; empty: all."""

    text: str = ""
    """Part of a name, of a country or of an id."""
    metal: str = ""
    status: str = ""
    """A word of a list, or a `Standing`."""
    country: str = ""


ORDERS: Mapping[str, Callable[[Named], Any]] = {
    "name": lambda each: each.name.casefold(),
    "id": lambda each: each.smelter_id,
    "metal": lambda each: (each.metal, each.name.casefold()),
    "country": lambda each: (each.country, each.name.casefold()),
    "status": lambda each: (each.status.status if each.status else "", each.name.casefold()),
    "suppliers": lambda each: (each.suppliers, each.name.casefold()),
}


def named(session: Session, handed: Iterable[Handed]) -> list[Named]:
    """Return the smelters named in some workbooks, with how many suppliers name each."""
    each = SmelterMention
    suppliers = sa.func.count(sa.distinct(Request.supplier_id))
    query = (
        sa.select(each.smelter_id, *map(sa.func.min, (each.metal, each.name, each.country)), suppliers)
        .join(MineralsWorkbook, MineralsWorkbook.id == each.workbook_id)
        .join(Assessment, Assessment.id == MineralsWorkbook.assessment_id)
        .join(Request, Request.id == Assessment.request_id)
        .where(each.workbook_id.in_([one.workbook_id for one in handed]), each.smelter_id != "")
        .group_by(each.smelter_id)
    )
    statuses, lines = smelters.newest_statuses(session), _first_lines(session)
    return [
        _named(lines.get(smelter_id), statuses.get(smelter_id), smelter_id, *rest)
        for smelter_id, *rest in session.execute(query)
    ]


def _named(line: Listed | None, status: Status | None, smelter_id: str, *said: Any) -> Named:
    """What a list says of a smelter goes before what suppliers wrote."""
    metal, name, country, suppliers = said
    if line:
        metal, name, country = line.metal, line.standard_name or line.alias, line.country
    return Named(smelter_id, metal, name, country, status, suppliers)


def _first_lines(session: Session) -> dict[str, Listed]:
    found: dict[str, Listed] = {}
    for line in smelters.newest_lines(session):
        found.setdefault(line.smelter_id, line)
    return found


def fitting(every: Iterable[Named], wanted: Wanted) -> list[Named]:
    """Return those that a reader looks for."""
    text = folded(wanted.text)
    return [
        each
        for each in every
        if wanted.metal in {"", each.metal}
        and wanted.country in {"", each.country}
        and _status_fits(each, wanted.status)
        and any(text in folded(part) for part in (each.name, each.country, each.smelter_id))
    ]


def _status_fits(each: Named, wanted: str) -> bool:
    if wanted == Standing.NOT_GOOD:
        return not each.is_good
    if wanted == Standing.MISSING:
        return each.status is None
    return not wanted or (each.status is not None and each.status.status == wanted)
