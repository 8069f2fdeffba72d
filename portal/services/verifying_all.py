"""Everything that a proof rests on, checked: each stored file, what names it, each signed declaration, the ledger."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.children import Children
from portal.models import Checkpoint
from portal.models.engine import reading
from portal.pdf.report import Verdict
from portal.pdf.verification_child import verifiers, verify_in_child
from portal.services import checkpoints, file_names, ledger, notes
from portal.services.checkpoint_keys import CheckpointVerifier
from portal.services.file_names import FileNames
from portal.storage import FileMissing, Store, Stored, hash_of

ON_ITS_WAY = timedelta(hours=1)
"""How long a file may lie in the store before a row names it: an upload waits that long for a decision."""

Progress = Callable[[str, int], None]
"""Told what is being checked, and how many are done."""


class FaultKind(enum.StrEnum):
    """What can be wrong."""

    CHANGED = "changed"
    """The bytes of a file no longer have its name."""
    MISSING = "missing"
    """A row or a record names a file that is not there."""
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    """A file that nothing names, or that is none of the store's."""
    NOT_PROVEN = "not-proven"
    """A signed declaration that the strict rule does not prove."""
    LEDGER = "ledger"
    """The first row that does not fit."""
    CHECKPOINT = "checkpoint"
    """A signed head that is not signed by this portal, or says something else than its row."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    kind: FaultKind
    place: str
    """Path in the store, reference of a declaration, or row."""
    detail: str = ""
    """Who names the file, or which rules do not hold."""


@dataclass(slots=True)
class Result:
    """What was checked, and what is wrong."""

    begun_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    """Kind of thing → how many were looked at."""
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        faults = [{"kind": each.kind.value, "place": each.place, "detail": each.detail} for each in self.faults]
        return {"begun_at": self.begun_at.isoformat(), "whole": not faults, "checked": self.counts, "faults": faults}


@dataclass(frozen=True, slots=True)
class Parts:
    """What is checked, and what it is checked by."""

    new_session: sessionmaker[Session]
    store: Store
    trust_folder: Path
    """Of the public certificates."""
    checkpoint_verifier: Callable[[], CheckpointVerifier]
    """Called only where there are checkpoints."""


def verify_all(parts: Parts, now: datetime, progress: Progress = lambda *_: None) -> Result:
    """Check everything while the portal runs, with little memory.

    Raises:
        OSError: the folder of the files cannot be read.
        CheckpointKeyError: there are checkpoints, and no key to check them by.
    """
    result = Result(now)
    before = reading.set(True)
    try:
        with parts.new_session() as session, file_names.gather(session) as names:
            session.rollback()  # hold no lock while files are read
            steps = {
                "files": _files(parts.store, names, now),
                "declarations": _declarations(session, parts, names, now),
                "checkpoints": _checkpoints(session, parts),
            }
            for step, found in steps.items():
                _count(result, step, found, progress)
            result.faults += _missing(names)
            _ledger(session, result, progress)
    finally:
        reading.reset(before)
    return result


def _count(result: Result, step: str, found: Iterator[Fault | None], progress: Progress) -> None:
    result.counts[step] = 0
    progress(step, 0)
    for fault in found:
        result.counts[step] += 1
        progress(step, result.counts[step])
        if fault:
            result.faults.append(fault)


def _files(store: Store, names: FileNames, now: datetime) -> Iterator[Fault | None]:
    young = (now - ON_ITS_WAY).timestamp()
    for stored in store.walk():
        if stored.sha256:
            yield _file(stored, stored.sha256, names, young)
        elif not (stored.is_unfinished and stored.changed_at > young):
            yield Fault(FaultKind.FOREIGN, stored.place, "none of the store's files")


def _file(stored: Stored, sha256: str, names: FileNames, young: float) -> Fault | None:
    who = names.who(sha256)
    try:
        whole = hash_of(stored.path) == sha256
    except OSError as error:
        names.find(sha256, whole=False)
        return Fault(FaultKind.UNREADABLE, stored.place, error.strerror or "")
    names.find(sha256, whole=whole)
    if not whole:
        return Fault(FaultKind.CHANGED, stored.place, f"named by {who}" if who else "named by nothing")
    if who is None and stored.changed_at <= young:
        return Fault(FaultKind.FOREIGN, stored.place, "named by nothing")
    return None


def _missing(names: FileNames) -> Iterator[Fault]:
    for sha256, who in names.missing():
        yield Fault(FaultKind.MISSING, f"{sha256[:2]}/{sha256}", f"named by {who}")


def _declarations(session: Session, parts: Parts, names: FileNames, now: datetime) -> Iterator[Fault | None]:
    """Examine those whose file is whole: what is wrong with the others is said already."""
    with verifiers(parts.trust_folder) as children, ThreadPoolExecutor(children.at_most) as pool:
        waiting: deque[Future[Fault | None]] = deque()
        for sha256, reference in names.whole("declaration"):
            in_ledger = ledger.knows_file(session, sha256)
            session.rollback()  # a lock that is held for long would hold up those who write
            waiting.append(pool.submit(_declaration, parts, children, reference, sha256, in_ledger, now))
            if len(waiting) > 2 * children.at_most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _declaration(
    parts: Parts, children: Children, reference: str, sha256: str, in_ledger: bool, now: datetime
) -> Fault | None:
    try:
        pdf = parts.store.get(sha256)
    except FileMissing as error:
        return Fault(FaultKind.CHANGED, f"{sha256[:2]}/{sha256}", str(error))
    report = verify_in_child(pdf, parts.trust_folder, lambda _: in_ledger, now=now, children=children)
    if report.verdict is Verdict.PROVEN:
        return None
    reasons = ", ".join(problem.code for problem in report.problems) or report.verdict.value
    return Fault(FaultKind.NOT_PROVEN, f"declaration {reference}", reasons)


def _checkpoints(session: Session, parts: Parts) -> Iterator[Fault | None]:
    rows = sa.select(Checkpoint).order_by(Checkpoint.size).execution_options(yield_per=file_names.AT_ONCE)
    for checkpoint in session.scalars(rows):
        yield _checkpoint(checkpoint, parts.checkpoint_verifier())


def _checkpoint(checkpoint: Checkpoint, by: CheckpointVerifier) -> Fault | None:
    try:
        head = notes.verify(checkpoint.note, by.name, by.key)
    except notes.NoteError as error:
        return Fault(FaultKind.CHECKPOINT, f"checkpoint of {checkpoint.size} rows", str(error))
    if (head.size, head.root.hex()) != (checkpoint.size, checkpoint.root):
        return Fault(FaultKind.CHECKPOINT, f"checkpoint of {checkpoint.size} rows", "its row differs from what it says")
    return None


def _ledger(session: Session, result: Result, progress: Progress) -> None:
    progress("ledger rows", 0)
    checked = ledger.check(session, checkpoints.heads(session))
    result.counts["ledger rows"] = checked.size
    progress("ledger rows", checked.size)
    if checked.broken:
        result.faults.append(Fault(FaultKind.LEDGER, f"row {checked.broken.seq} of the ledger", checked.broken.reason))
