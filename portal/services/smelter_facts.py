"""All about one smelter: its names, its status over time, and who named it, for which products, since when."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ListedSmelter, MineralsTemplate, SmelterMention, SmelterStatus, StatusList
from portal.services.handed_workbooks import Handed, all_handed, newest_of, products
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.consistency.versions import age
from questionnaires.minerals.known import Status


@dataclass(frozen=True, slots=True)
class Naming:
    """A supplier that names a smelter."""

    handed: Handed
    rows: tuple[int, ...]
    names: tuple[str, ...]
    """As written."""
    products: tuple[str, ...]
    """What the workbook is about; empty: all that the company delivers, or as it describes."""
    since: datetime
    """When a workbook of this supplier first named it."""
    is_newest: bool
    """False: the newest workbook does not name it any more."""


@dataclass(frozen=True, slots=True)
class StatusThen:
    """What a list said."""

    as_of: date
    status: Status | None
    """None: the list of that day does not have the smelter."""


@dataclass(frozen=True, slots=True)
class Smelter:
    """All about one smelter."""

    smelter_id: str
    metal: str
    name: str
    country: str
    place: str
    """City and state."""
    aliases: tuple[str, ...]
    written: tuple[str, ...]
    """How suppliers write it, where no list does."""
    editions: tuple[str, ...]
    """Templates whose list has it, as CMRT 6.5."""
    statuses: tuple[StatusThen, ...]
    """The newest first."""
    naming: tuple[Naming, ...]

    @property
    def status(self) -> Status | None:
        """What the newest list says."""
        return self.statuses[0].status if self.statuses else None


def find(session: Session, smelter_id: str) -> Smelter | None:
    """Return a smelter that a list has or a signed workbook names; None where nobody knows the id."""
    lines, editions = _lines_of(session, smelter_id)
    statuses = _statuses_of(session, smelter_id)
    naming = _naming(session, smelter_id)
    listed = session.scalar(
        sa.select(SmelterStatus).where(SmelterStatus.smelter_id == smelter_id).join(StatusList)
        .order_by(StatusList.as_of.desc()).limit(1)
    )  # fmt: skip
    if not (lines or listed or naming):
        return None
    first = next(iter(lines), None)
    said = _said(session, smelter_id, listed)
    aliases = tuple(dict.fromkeys(name for line in lines for name in (line.standard_name, line.alias) if name))
    known = {folded(alias) for alias in aliases}
    return Smelter(
        smelter_id=smelter_id,
        metal=first.metal if first else said[0],
        name=(first.standard_name or first.alias) if first else said[1],
        country=first.country if first else said[2],
        place=", ".join(filter(None, (first.city, first.state))) if first else "",
        aliases=aliases,
        written=tuple(sorted({name for each in naming for name in each.names if folded(name) not in known})),
        editions=editions,
        statuses=statuses,
        naming=naming,
    )


def _lines_of(session: Session, smelter_id: str) -> tuple[list[ListedSmelter], tuple[str, ...]]:
    """Return the lines of the newest edition that has the smelter, and the names of all that do."""
    query = (
        sa.select(ListedSmelter, MineralsTemplate).join(MineralsTemplate)
        .where(ListedSmelter.smelter_id == smelter_id).order_by(ListedSmelter.position)
    )  # fmt: skip
    by_edition: dict[tuple[str, str], list[ListedSmelter]] = defaultdict(list)
    for line, template in session.execute(query):
        by_edition[template.kind, template.version].append(line)
    ordered = sorted(by_edition, key=lambda edition: age(edition[1]), reverse=True)
    return (by_edition[ordered[0]] if ordered else []), tuple(" ".join(edition) for edition in ordered)


def _said(session: Session, smelter_id: str, listed: SmelterStatus | None) -> tuple[str, str, str]:
    """Return metal, name and country where no reference list has them: by a list of statuses, else by a supplier."""
    query = sa.select(SmelterMention).where(SmelterMention.smelter_id == smelter_id).limit(1)
    mention = None if listed and listed.name else session.scalar(query)
    found = mention or listed
    return (found.metal, found.name, found.country) if found else ("", "", "")


def _statuses_of(session: Session, smelter_id: str) -> tuple[StatusThen, ...]:
    each = SmelterStatus
    query = (
        sa.select(StatusList.as_of, each.status, each.audited, each.cycle_years)
        .outerjoin(each, sa.and_(each.list_id == StatusList.id, each.smelter_id == smelter_id))
        .order_by(StatusList.as_of.desc())
    )
    return tuple(
        StatusThen(as_of, Status(status, audited, years) if status else None)
        for as_of, status, audited, years in session.execute(query)
    )


def _naming(session: Session, smelter_id: str) -> tuple[Naming, ...]:
    """Return the suppliers that name it, those of today first: each with its newest workbook that does."""
    handed = all_handed(session)
    newest = {each.workbook_id for each in newest_of(handed).values()}
    rows: dict[uuid.UUID, list[tuple[int, str]]] = defaultdict(list)
    query = sa.select(SmelterMention.workbook_id, SmelterMention.row, SmelterMention.name)
    for workbook_id, row, name in session.execute(query.where(SmelterMention.smelter_id == smelter_id)):
        rows[workbook_id].append((row, name))
    of: dict[tuple[uuid.UUID, str], list[Handed]] = defaultdict(list)
    for each in handed:
        if each.workbook_id in rows:
            of[each.of].append(each)
    made_for = products(session, [books[-1].workbook_id for books in of.values()])
    found = [
        Naming(
            handed=books[-1],
            rows=tuple(sorted(row for row, _ in rows[books[-1].workbook_id])),
            names=tuple(dict.fromkeys(name for _, name in rows[books[-1].workbook_id] if name)),
            products=made_for[books[-1].workbook_id],
            since=books[0].signed_at,
            is_newest=books[-1].workbook_id in newest,
        )
        for books in of.values()
    ]
    return tuple(sorted(found, key=lambda each: (not each.is_newest, each.handed.supplier.casefold())))
