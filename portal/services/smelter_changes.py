"""What has changed in suppliers' workbooks and in smelters' statuses, between two days or two workbooks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import MineralsWorkbook, SmelterMention
from portal.services import smelters
from portal.services.handed_workbooks import Handed, newest_of, products
from questionnaires.minerals.known import Status
from questionnaires.minerals.layout import layout_of
from questionnaires.minerals.model import Asked, Kind


@dataclass(frozen=True, slots=True)
class SmelterName:
    """A smelter in a sentence."""

    smelter_id: str
    metal: str
    name: str


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that is another than before."""

    asked: str
    """A value of `Asked`, or the letter of a question about the company."""
    number: str
    """In the newer workbook."""
    mineral: str
    """Empty where the company is asked."""
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A smelter whose status is another than before."""

    smelter: SmelterName
    before: Status | None
    """None: the list did not have it."""
    now: Status | None

    @property
    def is_worse(self) -> bool:
        """Whether it was good and is not any more."""
        return bool(self.before and self.before.is_good and not (self.now and self.now.is_good))


@dataclass(frozen=True, slots=True)
class SupplierChange:
    """What has changed at a supplier; `before` is None where there was no workbook then, `now` never is."""

    before: Handed | None
    now: Handed
    come: tuple[SmelterName, ...]
    gone: tuple[SmelterName, ...]
    answers: tuple[AnswerChange, ...]
    turned: tuple[Turned, ...] = ()
    """Since the workbook before; only where one supplier is asked about."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not (self.come or self.gone or self.answers or self.turned)


@dataclass(frozen=True, slots=True)
class Touched:
    """A supplier that names a smelter whose status turned."""

    handed: Handed
    products: tuple[str, ...]
    """Empty: all that it delivers."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A status that turned, and what that touches."""

    change: StatusChange
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class ChainChange:
    """What has changed in the whole chain."""

    come: tuple[SmelterName, ...]
    """That nobody named before."""
    gone: tuple[SmelterName, ...]
    """That nobody names any more."""
    suppliers: tuple[SupplierChange, ...]
    turned: tuple[Turned, ...]
    """Those that got worse first."""
    lists: tuple[date | None, date | None]
    """Days of the lists of statuses that were compared."""


def of_supplier(
    session: Session, handed: Iterable[Handed], supplier_id: uuid.UUID, today: date
) -> list[SupplierChange]:
    """Return, for each kind, what differs between the two newest workbooks of a supplier, and statuses since then."""
    by_kind: dict[str, list[Handed]] = defaultdict(list)
    for each in handed:
        if each.supplier_id == supplier_id:
            by_kind[each.kind].append(each)
    pairs = [(books[-2] if len(books) > 1 else None, books[-1]) for _, books in sorted(by_kind.items())]
    named = _mentions(session, {each.workbook_id for pair in pairs for each in pair if each})
    return [
        replace(
            each, turned=_turned(session, named, [each.now], each.before.signed_at.date(), today) if each.before else ()
        )
        for each in _compared(session, named, pairs)
    ]


def of_chain(session: Session, handed: Collection[Handed], start: date, end: date) -> ChainChange:
    """Return what differs between two days: the newest workbook of each supplier then and now, and the statuses."""
    before, now = newest_of(handed, start), newest_of(handed, end)
    named = _mentions(session, {each.workbook_id for each in (*before.values(), *now.values())})
    changes = _compared(session, named, [(before.get(key), book) for key, book in now.items()])
    then, today = _union(named, before.values()), _union(named, now.values())
    lists = smelters.newest_list(session, start), smelters.newest_list(session, end)
    return ChainChange(
        come=_sorted(today[key] for key in today.keys() - then.keys()),
        gone=_sorted(then[key] for key in then.keys() - today.keys()),
        suppliers=tuple(sorted(changes, key=lambda each: each.now.supplier.casefold())),
        turned=_turned(session, named, now.values(), start, end),
        lists=(lists[0].as_of if lists[0] else None, lists[1].as_of if lists[1] else None),
    )


_Named = Mapping[uuid.UUID, Mapping[str, SmelterName]]
"""Workbook → id → smelter."""


def _compared(
    session: Session, named: _Named, pairs: Collection[tuple[Handed | None, Handed]]
) -> Iterator[SupplierChange]:
    answers = _answers(session, {each.workbook_id for pair in pairs for each in pair if each})
    for before, now in pairs:
        then = named.get(before.workbook_id, {}) if before else {}
        today = named.get(now.workbook_id, {})
        differ = before is not None and before.workbook_id != now.workbook_id
        yield SupplierChange(
            before,
            now,
            come=_sorted(today[key] for key in today.keys() - then.keys()),
            gone=_sorted(then[key] for key in then.keys() - today.keys()),
            answers=_differences(now, answers[before.workbook_id], answers[now.workbook_id])
            if before and differ
            else (),
        )


def _sorted(found: Iterable[SmelterName]) -> tuple[SmelterName, ...]:
    return tuple(sorted(found, key=lambda each: (each.metal, each.name.casefold(), each.smelter_id)))


def _mentions(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, SmelterName]]:
    """Return the smelters that each workbook names, by id; the database joins the ids of one, as they are many."""
    each = SmelterMention
    wanted = (each.workbook_id.in_(ids), each.smelter_id != "")
    by_id = sa.select(each.smelter_id, sa.func.min(each.metal), sa.func.min(each.name)).group_by(each.smelter_id)
    names = {
        smelter_id: SmelterName(smelter_id, metal, name)
        for smelter_id, metal, name in session.execute(by_id.where(*wanted))
    }
    joined = sa.select(each.workbook_id, sa.func.aggregate_strings(each.smelter_id, " ")).group_by(each.workbook_id)
    return {
        workbook_id: {smelter_id: names[smelter_id] for smelter_id in smelter_ids.split()}
        for workbook_id, smelter_ids in session.execute(joined.where(*wanted))
    }


def _union(named: _Named, books: Iterable[Handed]) -> dict[str, SmelterName]:
    found: dict[str, SmelterName] = {}
    for each in books:
        found.update(named.get(each.workbook_id, {}))
    return found


_Answers = dict[tuple[str, str], str]
"""Question and mineral → answer."""


def _answers(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, _Answers]:
    book = MineralsWorkbook
    query = sa.select(book.id, book.workbook["answers"], book.workbook["company_answers"]).where(book.id.in_(ids))
    return {workbook_id: _said(by_mineral, company) for workbook_id, by_mineral, company in session.execute(query)}


def _said(by_mineral: list[list[Any]], company: Mapping[str, list[Any]]) -> _Answers:
    found: _Answers = {(row[0], row[1]): row[2] for row in by_mineral}
    for key, answer in company.items():
        letter, _, mineral = key.partition("/")
        found[letter, mineral] = answer[0]
    return found


def _differences(now: Handed, before: _Answers, after: _Answers) -> tuple[AnswerChange, ...]:
    layout = layout_of(Kind(now.kind), now.version)
    numbers = {str(each.asked): str(each.number) for each in layout.questions}
    order = {key: place for place, key in enumerate((*after, *before))}
    keys = sorted(before.keys() | after.keys(), key=lambda key: (key[0] not in set(Asked), order[key]))
    return tuple(
        AnswerChange(asked, numbers.get(asked, asked), mineral, before.get((asked, mineral), ""), said)
        for asked, mineral in keys
        if (said := after.get((asked, mineral), "")) != before.get((asked, mineral), "")
    )


def _turned(session: Session, named: _Named, now: Collection[Handed], start: date, end: date) -> tuple[Turned, ...]:
    """Return the smelters named today whose status is another; none where there is no list from before."""
    lists = smelters.newest_list(session, start), smelters.newest_list(session, end)
    if not lists[0] or not lists[1] or lists[0] is lists[1]:
        return ()
    before, after = smelters.newest_statuses(session, start), smelters.newest_statuses(session, end)
    changed = [
        StatusChange(smelter, before.get(key), after.get(key))
        for key, smelter in _union(named, now).items()
        if _word(before, key) != _word(after, key)
    ]
    made_for = products(session, [each.workbook_id for each in now])
    books = sorted(now, key=lambda each: each.supplier.casefold())
    about = [(Touched(book, made_for[book.workbook_id]), named.get(book.workbook_id, {})) for book in books]
    found = [
        Turned(each, tuple(touched for touched, names in about if each.smelter.smelter_id in names)) for each in changed
    ]
    return tuple(sorted(found, key=lambda each: (not each.change.is_worse, each.change.smelter.name.casefold())))


def _word(statuses: Mapping[str, Status], smelter_id: str) -> str:
    found = statuses.get(smelter_id)
    return found.status.casefold() if found else ""
