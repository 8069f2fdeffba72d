"""The ledger: append-only, hash-chained, written in the transaction of the deed.

Record and hashes follow RFC 6962 (leaf = SHA-256 of 0x00 and the record) over RFC 8785 JSON, so that a Merkle tree can
be built on the same leaves.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Declaration, Deed, LedgerEvent, LedgerPersonalData
from portal.services.actors import Actor

FIRST = hashlib.sha256(b"portal-log-v1\n").hexdigest()
"""What the first record names as the one before it."""
APPEND_LOCK = 0x504F5254
"""PostgreSQL advisory lock that puts appenders in a queue; SQLite's writers stand in one already."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not fit, and why (a code: gap, chain, leaf, record, personal-data)."""

    seq: int
    reason: str


def begin(session: Session) -> None:
    """Stand in the queue of those who append, until the transaction ends.

    Deeds that lock or change rows and then record begin with this. Everybody takes the queue first and rows after
    it, so that no two transactions wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})


def record(
    session: Session,
    deed: Deed,
    subject: str,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
) -> LedgerEvent:
    """Append one event.

    Args:
        session: the transaction of the deed itself.
        deed: what happened.
        subject: `kind:id` of the thing that it happened to.
        by: who did it.
        now: when.
        data: facts for all to see; JSON without floats.
        personal: names, addresses, browsers: kept apart, the record only commits to them.
    """
    begin(session)
    session.flush()
    seq, prev = _place(session)
    salt, payload = secrets.token_bytes(32), rfc8785.dumps(_normal(personal)) if personal else b""
    commitment = hmac.new(salt, payload, hashlib.sha256).hexdigest() if personal else None
    body = _body(seq, prev, deed, subject, by=by, now=now, data=data or {}, commitment=commitment)
    event = LedgerEvent(seq=seq, prev=prev, leaf=leaf_hash(body), record=body, deed=deed.value, subject=subject)
    session.add(event)
    session.flush()
    if personal:
        session.add(LedgerPersonalData(seq=seq, salt=salt, payload=payload))
        session.flush()
    return event


def _place(session: Session) -> tuple[int, str]:
    """Return number and predecessor of the next record."""
    query = sa.select(LedgerEvent.seq, LedgerEvent.leaf).order_by(LedgerEvent.seq.desc()).limit(1)
    last = session.execute(query).first()
    return (last.seq + 1, last.leaf) if last else (0, FIRST)


def _body(
    seq: int,
    prev: str,
    deed: Deed,
    subject: str,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any],
    commitment: str | None,
) -> bytes:
    kind, _, identity = subject.partition(":")
    return rfc8785.dumps(
        {
            "v": 1,
            "seq": seq,
            "ts": now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "type": deed.value,
            "actor": by.as_json(),
            "obj": {"kind": kind, "id": identity},
            "data": _normal(data),
            "pii": commitment,
            "prev": prev,
        }
    )


def leaf_hash(body: bytes) -> str:
    """Return the RFC 6962 leaf hash of a record, as hex."""
    return hashlib.sha256(b"\x00" + body).hexdigest()


def subject_of(kind: str, thing_id: uuid.UUID | str) -> str:
    """Return how a record names a thing."""
    return f"{kind}:{thing_id}"


def events_about(session: Session, *subjects: str) -> list[LedgerEvent]:
    """Return the events of some things, oldest first."""
    query = sa.select(LedgerEvent).where(LedgerEvent.subject.in_(subjects)).order_by(LedgerEvent.seq)
    return list(session.scalars(query))


def knows_file(session: Session, sha256: str) -> bool:
    """Return whether a `declaration:signed` record of this ledger names the file with this SHA-256."""
    declaration_id = session.scalar(sa.select(Declaration.id).where(Declaration.pdf_sha256 == sha256))
    if declaration_id is None:
        return False
    return any(
        event.deed == Deed.DECLARATION_SIGNED and json.loads(event.record)["data"].get("pdf_sha256") == sha256
        for event in events_about(session, subject_of("declaration", declaration_id))
    )


def verify(session: Session) -> Broken | None:
    """Return the first broken row, or None when the whole chain holds."""
    prev, expected = FIRST, 0
    for event, personal in _rows(session):
        try:
            reason = _fault(event, personal, expected, prev)
        except (ValueError, TypeError, KeyError, AttributeError):
            reason = "record"  # somebody wrote what no record of ours can be
        if reason:
            return Broken(expected if reason == "gap" else event.seq, reason)
        prev, expected = event.leaf, expected + 1
    return None


def _rows(session: Session) -> Iterator[tuple[LedgerEvent, LedgerPersonalData | None]]:
    query = (
        sa.select(LedgerEvent, LedgerPersonalData)
        .outerjoin(LedgerPersonalData, LedgerPersonalData.seq == LedgerEvent.seq)
        .order_by(LedgerEvent.seq)
        .execution_options(yield_per=500)
    )
    with session.execute(query) as rows:  # closed also when the reader stops at a broken row
        yield from rows


def _fault(event: LedgerEvent, personal: LedgerPersonalData | None, seq: int, prev: str) -> str | None:
    if event.seq != seq:
        return "gap"
    if event.prev != prev:
        return "chain"
    if leaf_hash(event.record) != event.leaf:
        return "leaf"
    body = json.loads(event.record)
    subject = f"{body['obj']['kind']}:{body['obj']['id']}"
    if (body["seq"], body["prev"], body["type"], subject) != (
        event.seq,
        event.prev,
        event.deed,
        event.subject,
    ):
        return "record"
    if personal and hmac.new(personal.salt, personal.payload, hashlib.sha256).hexdigest() != body["pii"]:
        return "personal-data"
    return None


def _normal(value: Any) -> Any:
    """NFC strings all the way down: what RFC 8785 leaves to the caller."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_normal(key): _normal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normal(item) for item in value]
    return value
