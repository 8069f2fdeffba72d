"""Checkpoints: at most a quarter of an hour after a deed, and once a day without one, the ledger's head is signed.

A chain alone cannot show that its newest rows were cut off, nor that somebody wrote it anew from some row on. A signed
head can, as soon as a copy of it lies where the one who changes the database cannot reach.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.mail import messages
from portal.mail.messages import Reader
from portal.models import Checkpoint, LedgerEvent
from portal.models.engine import reading
from portal.services import ledger, notes, outbox
from portal.services.checkpoint_keys import CheckpointSigner
from portal.services.notes import Head

AFTER_A_DEED = timedelta(minutes=10)
"""How old a checkpoint gets before newer deeds call for the next; with the time that a sweep takes, a quarter of an
hour at most."""
WITHOUT_A_DEED = timedelta(days=1)

Stamp = Callable[[bytes], bytes]
"""Gives a time stamping service's answer about some bytes; raises OSError where there is none."""

log = logging.getLogger(__name__)


class LedgerBroken(Exception):
    """The ledger does not hold, so its head is not signed."""

    def __init__(self, broken: ledger.Broken) -> None:
        super().__init__(f"the ledger is broken at row {broken.seq}: {broken.reason}")
        self.broken = broken


def newest(session: Session) -> Checkpoint | None:
    """Return the newest checkpoint."""
    return session.scalar(sa.select(Checkpoint).order_by(Checkpoint.size.desc(), Checkpoint.made_at.desc()).limit(1))


def heads(session: Session) -> dict[int, bytes]:
    """Return the roots that checkpoints have signed, by the number of records that they cover."""
    rows = session.execute(sa.select(Checkpoint.size, Checkpoint.root).distinct())
    return {row.size: bytes.fromhex(row.root) for row in rows}


def is_empty(session: Session) -> bool:
    """Return whether nothing was ever done."""
    return session.scalar(sa.select(LedgerEvent.seq).limit(1)) is None


def is_due(session: Session, now: datetime) -> bool:
    """Return whether there are deeds that should be covered by now, or no checkpoint for a day."""
    last = newest(session)
    if last is None:
        return not is_empty(session)
    if now - last.made_at >= WITHOUT_A_DEED:
        return True
    has_more = session.scalar(sa.select(LedgerEvent.seq).where(LedgerEvent.seq >= last.size).limit(1)) is not None
    return has_more and now - last.made_at >= AFTER_A_DEED


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where checkpoints go besides the database."""

    folder: Path
    witness: Reader | None = None
    """Gets the first of each day by mail; None: nobody."""


def make(
    new_session: sessionmaker[Session], signer: CheckpointSigner, stamp: Stamp | None, keeping: Keeping, now: datetime
) -> Checkpoint:
    """Work out the root from the rows as they are on the disk, sign it, have it stamped, keep it and its copy.

    Three steps, so that neither reading a long ledger nor waiting for the service holds up a deed.

    Raises:
        LedgerBroken: a row does not fit, or the ledger no longer begins with what was signed before.
    """
    reading.set(True)
    try:
        with new_session() as session:
            checked = ledger.check(session, heads(session))
    finally:
        reading.set(False)
    if checked.broken:
        raise LedgerBroken(checked.broken)
    note = notes.sign(Head(signer.name, checked.size, checked.root, now), signer.name, signer.key)
    token = _stamped(note, stamp)
    made = Checkpoint(size=checked.size, root=checked.root.hex(), note=note, token=token, made_at=now)
    with new_session(expire_on_commit=False) as session, session.begin():
        before = newest(session)
        session.add(made)
        session.flush()
        if keeping.witness and (before is None or before.made_at.date() < now.date()):
            _tell(session, made, keeping.witness)
    write_copy(keeping.folder, made)
    return made


def _tell(session: Session, made: Checkpoint, witness: Reader) -> None:
    draft = messages.ledger_checkpoint(
        witness, checkpoint_id=made.id, note=made.note, size=made.size, made_at=made.made_at
    )
    outbox.queue(session, draft, made.made_at)


def write_copy(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint and its time stamp into a folder, which may be one that another machine keeps."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{checkpoint.size:010d}-{checkpoint.made_at:%Y%m%dT%H%M%SZ}"
    contents = {f"{name}.txt": checkpoint.note.encode(), f"{name}.tsr": checkpoint.token}
    for filename, content in contents.items():
        if content is not None:
            unfinished = folder / f".{filename}"
            unfinished.write_bytes(content)
            unfinished.replace(folder / filename)


def _stamped(note: str, stamp: Stamp | None) -> bytes | None:
    if stamp is None:
        return None
    try:
        return stamp(note.encode())
    except OSError:
        # the signature stands; the next checkpoint covers these rows too, and is stamped
        log.warning("a checkpoint goes without a time stamp", exc_info=True)
        return None
