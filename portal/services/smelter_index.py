"""The index of smelters in suppliers' workbooks: each row with the smelter that it stands for, or why nobody knows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Doubt, MineralsWorkbook, SmelterMatch, SmelterMention
from portal.services import smelters
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.known import Known, Status
from questionnaires.minerals.model import Listed, Settings, SmelterRow
from questionnaires.minerals.references import References

_SPACE = 32
"""Characters of an id that are kept."""
AT_ONCE = 20
"""Workbooks in memory while all are indexed."""


@dataclass(frozen=True)
class Resolver:
    """What rows are resolved by; made once for many workbooks."""

    known: Known
    matches: Mapping[tuple[str, str, str, str], SmelterMatch]

    @classmethod
    def load(cls, session: Session) -> Resolver:
        """Return it as of now."""
        lines = smelters.newest_lines(session)
        statuses: Mapping[str, Status] = smelters.newest_statuses(session)
        found = Known(lines, smelters.former_ids(session, lines), statuses, None, Settings())
        return cls(found, smelters.matches(session))

    @cached_property
    def references(self) -> References:
        """The lists by their keys."""
        return References.of(self.known.references)

    def resolve(self, row: SmelterRow) -> tuple[str, Doubt | None, SmelterMatch | None]:
        """Return the id that a row stands for, what is doubtful about it, and the match that decided."""
        match = self.matches.get(smelters.match_key(row))
        if match:
            return match.smelter_id, None, match
        written = smelters.written_id(row).upper()[:_SPACE]
        if not written:
            line = self.references.find(row)
            return (line.smelter_id, None, None) if line else ("", Doubt.NOT_LISTED, None)
        entries = self.known.listed.get(written)
        if entries:
            return written, _differs(row, entries), None
        return self._unlisted(row, written)

    def _unlisted(self, row: SmelterRow, written: str) -> tuple[str, Doubt | None, SmelterMatch | None]:
        if written in self.known.former:
            return written, Doubt.LEFT_LIST, None
        if written in self.known.statuses or (row.metal and row.metal.casefold() not in self.known.metals):
            return written, None, None
        return "", Doubt.UNKNOWN_ID, None


def _differs(row: SmelterRow, entries: Iterable[Listed]) -> Doubt | None:
    """Return what of metal, name and country is not as the list has it; what is empty differs from nothing."""
    lines = list(entries)
    name = folded(smelters.written_name(row))
    if row.metal and folded(row.metal) not in {folded(line.metal) for line in lines}:
        return Doubt.METAL_DIFFERS
    if name and name not in {folded(each) for line in lines for each in (line.alias, line.standard_name)}:
        return Doubt.NAME_DIFFERS
    if row.country and folded(row.country) not in {folded(line.country) for line in lines}:
        return Doubt.COUNTRY_DIFFERS
    return None


def index_workbook(session: Session, workbook: MineralsWorkbook, resolver: Resolver | None = None) -> None:
    """Index the rows of a workbook, in place of what was indexed before; flush it first."""
    session.execute(sa.delete(SmelterMention).where(SmelterMention.workbook_id == workbook.id))
    found = _mentions(workbook, resolver or Resolver.load(session))
    if found:
        session.execute(sa.insert(SmelterMention), found)


def rebuild(session: Session, only: Sequence[uuid.UUID] | None = None) -> int:
    """Index all workbooks anew, as after a new list of smelters, or some; return how many. 100 take about 2 s."""
    resolver = Resolver.load(session)
    ids = session.scalars(sa.select(MineralsWorkbook.id)).all() if only is None else only
    for start in range(0, len(ids), AT_ONCE):
        query = sa.select(MineralsWorkbook).where(MineralsWorkbook.id.in_(ids[start : start + AT_ONCE]))
        for workbook in session.scalars(query):
            index_workbook(session, workbook, resolver)
    return len(ids)


def _mentions(workbook: MineralsWorkbook, resolver: Resolver) -> list[dict[str, Any]]:
    rows = (SmelterRow(*row) for row in workbook.workbook["smelters"])
    return [
        {"workbook_id": workbook.id, "row": row.row, **_mention(row, resolver)} for row in rows if _names_something(row)
    ]


def _names_something(row: SmelterRow) -> bool:
    return not row.is_not_identified and bool(smelters.written_id(row) or smelters.written_name(row))


def _mention(row: SmelterRow, resolver: Resolver) -> dict[str, Any]:
    smelter_id, doubt, match = resolver.resolve(row)
    line = next(iter(resolver.known.listed.get(smelter_id, ())), None)
    metal, name, country, written = smelters.match_key(row)
    return {
        "smelter_id": smelter_id,
        "metal": row.metal or (line.metal if line else ""),
        "name": smelters.written_name(row) or (line.standard_name if line else ""),
        "country": row.country or (line.country if line else ""),
        "written_id": smelters.written_id(row)[:_SPACE],
        "folded_metal": metal, "folded_name": name, "folded_country": country, "folded_id": written,
        "doubt": doubt,
        "match_id": match.id if match else None,
    }  # fmt: skip


def apply_match(session: Session, match: SmelterMatch) -> int:
    """Give the rows that a match speaks of its smelter; return how many there are."""
    each = SmelterMention
    table = each.__table__
    statement = (
        sa.update(each)
        .where(
            each.folded_metal == match.metal, each.folded_name == match.name,
            each.folded_country == match.country, each.folded_id == match.written_id,
        )
        .values({table.c.smelter_id: match.smelter_id, table.c.doubt: None, table.c.match_id: match.id})
    )  # fmt: skip
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
