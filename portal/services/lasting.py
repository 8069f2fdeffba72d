"""The look ahead: will what was declared still be proven in five and ten years? Once a night, by the worker.

What it found lies in a small file of the data folder, beside that of the check of everything.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.models import Declaration, Level
from portal.models.engine import reading
from portal.pdf.certificates import Trust
from portal.pdf.outlook import Trouble, look_ahead
from portal.services import nightly
from portal.storage import Store, StoreError

FILENAME = "outlook.json"
MISSING = "missing"
"""The file is not there or was changed; the check of everything says more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the last look ahead has found."""

    begun_at: datetime
    looked_at: int
    troubles: dict[str, str]
    """Reference of a declaration → the value of a `Trouble`, or `MISSING`."""


def is_due(data_dir: Path, now: datetime) -> bool:
    """Return whether it is night, and nobody has begun tonight."""
    return nightly.is_due(data_dir, now, FILENAME)


def look(new_session: sessionmaker[Session], store: Store, trust: Trust, data_dir: Path, now: datetime) -> Outlook:
    """Look at the newest file of every declaration that lasts; leave what was found in file and log."""
    nightly.write(data_dir / FILENAME, {"begun_at": now.isoformat()})
    found = dict(_each(new_session, store, trust, now))
    troubles = {reference: trouble for reference, trouble in found.items() if trouble}
    outlook = Outlook(now, len(found), troubles)
    nightly.write(
        data_dir / FILENAME, {"begun_at": now.isoformat(), "looked_at": outlook.looked_at, "troubles": troubles}
    )
    for reference, trouble in troubles.items():
        log.critical("declaration %s will not be proven in years to come: %s", reference, trouble)
    return outlook


def last(data_dir: Path) -> Outlook | None:
    """Return what the last look ahead has found; None where there was none, or it is not done."""
    try:
        said = json.loads((data_dir / FILENAME).read_text("utf-8"))
        return Outlook(datetime.fromisoformat(said["begun_at"]), int(said["looked_at"]), dict(said["troubles"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _each(
    new_session: sessionmaker[Session], store: Store, trust: Trust, now: datetime
) -> Iterator[tuple[str, str | None]]:
    before = reading.set(True)
    try:
        with new_session() as session:
            lasting = sa.select(Declaration).where(Declaration.level == Level.B_LTA).order_by(Declaration.signed_at)
            files = [(each.reference, each.newest_sha256 or "") for each in session.scalars(lasting)]
    finally:
        reading.reset(before)
    for reference, sha256 in files:
        yield reference, _trouble(store, sha256, trust, now)


def _trouble(store: Store, sha256: str, trust: Trust, now: datetime) -> Trouble | str | None:
    try:
        return look_ahead(store.get(sha256), trust, now)
    except StoreError:
        return MISSING
