"""The evidence of many declarations in one ZIP file that is written while it is sent, and the index that proves them.

The index names each signed file and the ledger's record of it. It is not signed by itself: the records are proven
against the ledger's newest checkpoint, which is, by a key that the web does not hold.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.models import Assessment, Declaration, Deed, LedgerEvent, Renewal, Supplier
from portal.models.engine import reading
from portal.services import evidence, ledger, proofs
from portal.services.actors import Actor
from portal.services.evidence import EvidenceMissing, Sources
from portal.services.proofs import Head

MOST = 1000
"""So many declarations go into one file."""
INDEX, SUMS, MISSING = "INDEX.txt", "INDEX.sha256", "MISSING.txt"
COLUMNS = ("reference", "signed_at", "pdf_sha256", "seq", "questionnaire", "supplier")


@dataclass(frozen=True, slots=True)
class Row:
    """One declaration of the index."""

    declaration_id: uuid.UUID
    reference: str
    signed_at: str
    """As the ledger's record has it; empty where there is none."""
    pdf_sha256: str
    """Of the newest file, which may be a renewed one."""
    seq: int | None
    """The ledger's record that names this file."""
    questionnaire: str
    supplier: str
    """As the register has it now; no name is in the ledger."""

    @property
    def line(self) -> str:
        """The row in INDEX.txt."""
        values = (self.reference, self.signed_at, self.pdf_sha256, self.seq, self.questionnaire, self.supplier)
        return "\t".join(" ".join(str("" if value is None else value).split()) for value in values) + "\n"


@dataclass(frozen=True, slots=True)
class Index:
    """What is settled before the first byte goes out."""

    rows: tuple[Row, ...]
    members: tuple[tuple[str, bytes], ...]
    head: Head | None
    sha256: str
    """Of INDEX.txt."""


def prepare(session: Session, query: sa.Select[Declaration], sources: Sources, now: datetime) -> Index:
    """Return the index of the declarations that an archive's statement finds, with what proves it."""
    head = proofs.newest_head(session)
    rows, events = _rows(session, query)
    listed = ("\t".join(COLUMNS) + "\n" + "".join(row.line for row in rows)).encode()
    sha256 = hashlib.sha256(listed).hexdigest()
    members = [
        ("README.txt", _readme(rows, sources.organisation, sha256, now)),
        ("verify.py", (evidence.TEMPLATES / "verify.py").read_bytes()),
        (INDEX, listed),
        ("events.jsonl", b"".join(event.record + b"\n" for event in events)),
        ("events.leaves", evidence.leaves(events)),
        *proofs.members(head, events, sources.keys_dir),
    ]
    members += [(f"certificates/{name}", each) for name, each in evidence.public_certificates(sources.keys_dir).items()]
    for each in (head.checkpoint, *head.earlier) if head else ():
        session.expunge(each)  # it outlives the session
    return Index(rows, tuple(members), head, sha256)


def note_download(session: Session, index: Index, *, whole: bool, by: Actor, now: datetime) -> None:
    """Record who takes what, before it is sent: afterwards, a reader who hangs up early would not be recorded.

    The hash of a file that is written while it is sent is not known here. That of the index is, and of each signed
    file; the index names all that follows.
    """
    common = {"file": "evidence.zip" if whole else "index.zip", "index_sha256": index.sha256}
    facts = {
        ledger.subject_of("declaration", row.declaration_id): {**common, "pdf_sha256": row.pdf_sha256}
        for row in index.rows
    }
    ledger.record_all(session, Deed.EVIDENCE_DOWNLOADED, facts, by=by, now=now)


def stream(
    index: Index, new_session: sessionmaker[Session], sources: Sources, now: datetime, *, whole: bool
) -> Iterator[bytes]:
    """Yield the ZIP file: the index, and with it, where the whole is wanted, the evidence of each declaration.

    One declaration's evidence is in memory at a time, and no database session is open while the reader takes it.
    INDEX.sha256 comes last and lists all, for `sha256sum -c`; MISSING.txt names declarations whose file is gone.
    """
    sink, sums, missing = _Sink(), [], []
    with zipfile.ZipFile(sink, "w") as packed:

        def add(name: str, content: bytes, kind: int = zipfile.ZIP_DEFLATED) -> Iterator[bytes]:
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            packed.writestr(_entry(name, now, kind), content)
            return sink.taken()

        for name, content in index.members:
            yield from add(name, content)
        for row in index.rows if whole else ():
            built = _build(row, new_session, sources, now, index.head)
            if built is None:
                missing.append(f"{row.reference}\n")
            else:
                yield from add(built.filename, built.content, zipfile.ZIP_STORED)
            del built  # not kept while the next one is made
        if missing:
            yield from add(MISSING, "".join(missing).encode())
        yield from add(SUMS, "".join(sums).encode())
    yield from sink.taken()


def _rows(session: Session, query: sa.Select[Declaration]) -> tuple[tuple[Row, ...], list[LedgerEvent]]:
    columns = (
        Declaration.id, Declaration.reference, Declaration.pdf_sha256,
        Assessment.questionnaire, Assessment.edition, Supplier.name,
    )  # fmt: skip
    found = session.execute(query.with_only_columns(*columns).limit(MOST)).all()
    ids = [each.id for each in found]
    renewals = sa.select(Renewal.declaration_id, Renewal.pdf_sha256).where(Renewal.declaration_id.in_(ids))
    renewed: dict[uuid.UUID, str] = {
        each.declaration_id: each.pdf_sha256 for each in session.execute(renewals.order_by(Renewal.number))
    }
    events = ledger.events_that_made_files(session, ids)
    records: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        records.setdefault(event.subject, []).append(json.loads(event.record))
    return tuple(_row(each, renewed, records) for each in found), events


def _row(found: Any, renewed: dict[uuid.UUID, str], records: dict[str, list[dict[str, Any]]]) -> Row:
    own = records.get(ledger.subject_of("declaration", found.id), [])
    sha256 = renewed.get(found.id, found.pdf_sha256)
    naming = [each["seq"] for each in own if each["data"].get("pdf_sha256") == sha256]
    return Row(
        declaration_id=found.id,
        reference=found.reference,
        signed_at=own[0]["ts"] if own else "",
        pdf_sha256=sha256,
        seq=naming[-1] if naming else None,
        questionnaire=f"{found.questionnaire}/{found.edition}",
        supplier=found.name,
    )


def _build(
    row: Row, new_session: sessionmaker[Session], sources: Sources, now: datetime, head: Head | None
) -> evidence.Evidence | None:
    """Return the evidence of a declaration, or None where its signed file is gone, or it is itself since."""
    reading.set(True)
    try:
        with new_session() as session:
            declaration = session.get(Declaration, row.declaration_id)
            return evidence.build(session, declaration, sources, now, head) if declaration else None
    except EvidenceMissing:
        return None
    finally:
        reading.set(False)


def _readme(rows: Sequence[Row], organisation: str, sha256: str, now: datetime) -> bytes:
    words = Template((evidence.TEMPLATES / "INDEX-README.txt").read_text("utf-8"))
    values = {"organisation": organisation, "count": len(rows), "index_sha256": sha256, "day": f"{now:%Y-%m-%d}"}
    return words.substitute(values).encode()


class _Sink(io.RawIOBase):
    """Takes what a ZIP file writes and gives it out; it cannot go back, so sizes stand behind each member."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        return iter(parts)


def _entry(name: str, now: datetime, kind: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, kind
    return entry
