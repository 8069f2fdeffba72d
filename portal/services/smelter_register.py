"""The smelters that suppliers named, in the newest signed workbook of each; worked out from the index."""

from __future__ import annotations

import enum
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Assessment,
    Attachment,
    Campaign,
    Declaration,
    ListedSmelter,
    MineralsTemplate,
    MineralsWorkbook,
    Request,
    SmelterMention,
    SmelterStatus,
    StatusList,
    Supplier,
)
from portal.services import smelters
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.known import Status
from questionnaires.minerals.model import Listed


@dataclass(frozen=True, slots=True)
class Handed:
    """A workbook that a supplier has signed for."""

    workbook_id: uuid.UUID
    kind: str
    version: str
    scope: str
    effective_date: date | None
    sha256: str
    assessment_id: uuid.UUID
    attachment_id: uuid.UUID
    filename: str
    supplier_id: uuid.UUID
    supplier: str
    year: int
    """The reporting year of the campaign."""
    signed_at: datetime
    """When it was first declared."""

    @property
    def of(self) -> tuple[uuid.UUID, str]:
        """What it replaces older ones of: the supplier and the kind."""
        return self.supplier_id, self.kind


def all_handed(session: Session) -> list[Handed]:
    """Return the workbooks that signed declarations name, oldest first; drafts are the suppliers' own."""
    signed = sa.func.min(Declaration.accepted_at)
    book = MineralsWorkbook
    columns = (
        book.id, book.kind, book.version, book.scope, book.effective_date, book.sha256, book.assessment_id,
        Attachment.id, Attachment.filename, Supplier.id, Supplier.name, Campaign.reporting_year,
    )  # fmt: skip
    query = (
        sa.select(*columns, signed)
        .join(Attachment, Attachment.id == book.attachment_id)
        .join(Assessment, Assessment.id == book.assessment_id)
        .join(Request, Request.id == Assessment.request_id)
        .join(Campaign, Campaign.id == Request.campaign_id)
        .join(Supplier, Supplier.id == Request.supplier_id)
        .join(Declaration, Declaration.assessment_id == book.assessment_id)
        .where(
            Declaration.signed_at.is_not(None),
            Attachment.uploaded_at <= Declaration.accepted_at,
            sa.or_(Attachment.removed_at.is_(None), Attachment.removed_at > Declaration.accepted_at),
            Supplier.retired_at.is_(None),
        )
        .group_by(*columns, book.read_at)
        .order_by(signed, book.read_at)
    )
    return [Handed(*row) for row in session.execute(query)]


def newest_of(handed: Iterable[Handed], until: date | None = None) -> dict[tuple[uuid.UUID, str], Handed]:
    """Return the newest workbook of each supplier and kind; with `until` those that were the newest on that day."""
    return {each.of: each for each in handed if until is None or each.signed_at.date() <= until}


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
        sa.select(each.smelter_id, sa.func.min(each.metal), sa.func.min(each.name), sa.func.min(each.country), suppliers)
        .join(MineralsWorkbook, MineralsWorkbook.id == each.workbook_id)
        .join(Assessment, Assessment.id == MineralsWorkbook.assessment_id)
        .join(Request, Request.id == Assessment.request_id)
        .where(each.workbook_id.in_([one.workbook_id for one in handed]), each.smelter_id != "")
        .group_by(each.smelter_id)
    )  # fmt: skip
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
    ordered = sorted(by_edition, key=lambda edition: smelters.age(edition[1]), reverse=True)
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


def products(session: Session, workbook_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return the products of workbooks that are about products: number and name, else how a scope is described."""
    book = MineralsWorkbook
    query = sa.select(book.id, book.scope, book.workbook["products"], book.workbook["company"]["scope_description"])
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for workbook_id, scope, rows, description in session.execute(query.where(book.id.in_(workbook_ids))):
        listed = tuple(" ".join(filter(None, row[1:3])) for row in rows or ()) if scope == "B" else ()
        described = (description[0],) if scope == "C" and description and description[0] else ()
        found[workbook_id] = listed or described
    return found
