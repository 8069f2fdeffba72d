"""Dated lists of smelters' statuses: a dry run first, then the same in earnest."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Deed, SmelterStatus, StatusList, User
from portal.services import ledger, smelter_index, smelters
from portal.services.actors import COMMAND_LINE, user_actor
from portal.services.smelter_status_files import StatusFile
from portal.storage import Store
from questionnaires.minerals.known import Status


@dataclass(frozen=True, slots=True)
class Turn:
    """A smelter whose status is another than before."""

    smelter_id: str
    name: str
    before: str
    """Empty where the list before did not have it."""
    now: str


@dataclass(frozen=True, slots=True)
class Dry:
    """What a file would do."""

    counts: Mapping[str, int]
    """Rows by status, the most frequent first."""
    new: int
    """Smelters that the list before does not have."""
    turned: tuple[Turn, ...]
    replaced: int
    """Rows of a list of the same day that the file speaks of, too."""
    before: date | None
    """Day of the list that it is compared with."""


def dry_run(session: Session, file: StatusFile, as_of: date) -> Dry:
    """Return what a file would do; nothing is changed."""
    before = smelters.newest_list(session, as_of)
    known = smelters.newest_statuses(session, as_of)
    same_day = before is not None and before.as_of == as_of
    return Dry(
        counts=dict(Counter(row.status for row in file.rows).most_common()),
        new=sum(row.smelter_id not in known for row in file.rows),
        turned=tuple(_turns(file, known)),
        replaced=sum(row.smelter_id in known for row in file.rows) if same_day else 0,
        before=before.as_of if before else None,
    )


def _turns(file: StatusFile, known: Mapping[str, Status]) -> list[Turn]:
    return [
        Turn(row.smelter_id, row.name, known[row.smelter_id].status, row.status)
        for row in file.rows
        if row.smelter_id in known and known[row.smelter_id].status.casefold() != row.status.casefold()
    ]


def apply(
    session: Session, store: Store, content: bytes, file: StatusFile, as_of: date, *, now: datetime, by: User | None
) -> StatusList:
    """Keep the rows as the list of that day; a second file of the day adds to it, and counts where both speak.

    Args:
        session: a writing one.
        store: gets the file.
        content: the file.
        file: what `read_status_file` said of it; without rows nothing may be applied.
        as_of: the day of the list.
        now: when.
        by: who; None: the command line.
    """
    sha256 = store.put(content)
    ledger.begin(session)
    kept = session.scalar(sa.select(StatusList).where(StatusList.as_of == as_of))
    if kept is None:
        kept = StatusList(id=uuid.uuid4(), as_of=as_of)
        session.add(kept)
    kept.imported_at, kept.by = now, by
    session.flush()
    _write(session, kept, file)
    ledger.record(
        session, Deed.SMELTER_STATUSES_IMPORTED, ledger.subject_of("smelter-statuses", kept.id),
        by=user_actor(by) if by else COMMAND_LINE, now=now,
        data={"file_sha256": sha256, "as_of": as_of.isoformat(), "rows": len(file.rows), "refused": len(file.refused)},
    )  # fmt: skip
    smelter_index.rebuild(session)
    return kept


def _write(session: Session, kept: StatusList, file: StatusFile) -> None:
    ids = [row.smelter_id for row in file.rows]
    for start in range(0, len(ids), 500):
        said_again = SmelterStatus.smelter_id.in_(ids[start : start + 500])
        session.execute(sa.delete(SmelterStatus).where(SmelterStatus.list_id == kept.id, said_again))
    rows = [{"list_id": kept.id, **asdict(row)} for row in file.rows]
    for each in rows:
        del each["number"]
    session.execute(sa.insert(SmelterStatus), rows)


def all_lists(session: Session) -> list[tuple[StatusList, dict[str, int]]]:
    """Return the lists, the newest first, each with how many smelters have which status."""
    counts: dict[uuid.UUID, dict[str, int]] = {}
    query = sa.select(SmelterStatus.list_id, SmelterStatus.status, sa.func.count()).group_by(
        SmelterStatus.list_id, SmelterStatus.status
    )
    for list_id, status, count in session.execute(query.order_by(sa.func.count().desc())):
        counts.setdefault(list_id, {})[status] = count
    return [(each, counts.get(each.id, {})) for each in session.scalars(_LISTS)]


_LISTS = sa.select(StatusList).order_by(StatusList.as_of.desc())
