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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import rfc8785
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.failpoints import Point, reach
from portal.models import Checkpoint, Declaration, Deed, LedgerEvent, LedgerPersonalData, Renewal
from portal.services.actors import Actor
from portal.services.merkle import Growing

FIRST = hashlib.sha256(b"portal-log-v1\n").hexdigest()
"""What the first record names as the one before it."""
APPEND_LOCK = 0x504F5254
"""PostgreSQL advisory lock that puts appenders in a queue; SQLite's writers stand in one already."""

# statements are made once, and without objects to keep track of: every deed appends
_EVENTS, _PERSONAL = cast(sa.Table, LedgerEvent.__table__), cast(sa.Table, LedgerPersonalData.__table__)
_LAST = sa.select(_EVENTS.c.seq, _EVENTS.c.leaf).order_by(_EVENTS.c.seq.desc()).limit(1)
_INSERT, _INSERT_PERSONAL = sa.insert(_EVENTS), sa.insert(_PERSONAL)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not fit, and why.

    Codes: gap, chain, leaf, record, personal-data; checkpoint: all rows fit each other, but the ones before this are
    not those that a checkpoint has signed; cut: a checkpoint has signed rows from here on, which are gone.
    """

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a walk over all rows has found."""

    size: int
    """Rows that fit, from the first on."""
    root: bytes
    """Of the Merkle tree over them."""
    broken: Broken | None


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

    Returns:
        What was appended, as an object that no session knows.
    """
    begin(session)
    session.flush()
    seq, prev = _place(session)
    salt, payload = secrets.token_bytes(32), rfc8785.dumps(_normal(personal)) if personal else b""
    commitment = hmac.new(salt, payload, hashlib.sha256).hexdigest() if personal else None
    body = _body(seq, prev, deed, subject, by=by, now=now, data=data or {}, commitment=commitment)
    row = {"seq": seq, "prev": prev, "leaf": leaf_hash(body), "record": body, "deed": deed.value, "subject": subject}
    session.execute(_INSERT, row)
    if personal:
        session.execute(_INSERT_PERSONAL, {"seq": seq, "salt": salt, "payload": payload})
    reach(Point.LEDGER_INSERTED)
    return LedgerEvent(**row)


def record_all(session: Session, deed: Deed, facts: Mapping[str, dict[str, Any]], *, by: Actor, now: datetime) -> None:
    """Append the same deed for many things at once, in two statements: facts for all to see, by subject."""
    begin(session)
    session.flush()
    seq, prev = _place(session)
    rows = []
    for subject, data in facts.items():
        body = _body(seq, prev, deed, subject, by=by, now=now, data=data, commitment=None)
        leaf = leaf_hash(body)
        rows.append({"seq": seq, "prev": prev, "leaf": leaf, "record": body, "deed": deed.value, "subject": subject})
        seq, prev = seq + 1, leaf
    if rows:
        session.execute(sa.insert(LedgerEvent), rows)


def _place(session: Session) -> tuple[int, str]:
    """Return number and predecessor of the next record."""
    last = session.execute(_LAST).first()
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


def data_of(event: LedgerEvent) -> dict[str, Any]:
    """Return the facts of a record, which all may see."""
    return dict(json.loads(event.record)["data"])


_MAKES_A_FILE = {Deed.DECLARATION_SIGNED, Deed.DECLARATION_RENEWED}


def events_that_made_files(session: Session, declaration_ids: Iterable[uuid.UUID]) -> list[LedgerEvent]:
    """Return the records of the signed files of some declarations, and of what renewals made of them, oldest first."""
    subjects = [subject_of("declaration", each) for each in declaration_ids]
    is_one = LedgerEvent.subject.in_(subjects) & LedgerEvent.deed.in_(_MAKES_A_FILE)
    return list(session.scalars(sa.select(LedgerEvent).where(is_one).order_by(LedgerEvent.seq)))


def knows_file(session: Session, sha256: str) -> bool:
    """Return whether a record of this ledger says that the file with this SHA-256 was signed, or renewed."""
    signed = sa.select(Declaration.id).where(Declaration.pdf_sha256 == sha256)
    renewed = sa.select(Renewal.declaration_id).where(Renewal.pdf_sha256 == sha256)
    declaration_id = session.scalar(signed.union_all(renewed))
    if declaration_id is None:
        return False
    events = events_about(session, subject_of("declaration", declaration_id))
    return any(event.deed in _MAKES_A_FILE and _file_of(event) == sha256 for event in events)


def _file_of(event: LedgerEvent) -> str | None:
    named: str | None = data_of(event).get("pdf_sha256")
    return named


def check(session: Session, heads: Mapping[int, bytes] | None = None) -> Checked:
    """Walk over all rows, with little memory.

    Args:
        session: may be a reading one.
        heads: roots that were signed earlier, by the number of rows that each covers.
    """
    tree, prev, roots = Growing(), FIRST, dict(heads or {})
    for event, personal in _rows(session):
        reason = _fault_of(event, personal, tree.size, prev)
        if reason:
            return Checked(tree.size, tree.root, Broken(tree.size if reason == "gap" else event.seq, reason))
        prev = event.leaf
        tree.append(bytes.fromhex(event.leaf))
        if roots.pop(tree.size, tree.root) != tree.root:
            return Checked(tree.size, tree.root, Broken(tree.size, "checkpoint"))
    return Checked(tree.size, tree.root, Broken(tree.size, "cut") if roots else None)


def verify(session: Session) -> Broken | None:
    """Return the first broken row, or None when the whole chain holds, and every checkpoint in the database with it."""
    signed = session.execute(sa.select(Checkpoint.size, Checkpoint.root).distinct())
    return check(session, {row.size: bytes.fromhex(row.root) for row in signed}).broken


def _rows(session: Session) -> Iterator[tuple[LedgerEvent, LedgerPersonalData | None]]:
    query = (
        sa.select(LedgerEvent, LedgerPersonalData)
        .outerjoin(LedgerPersonalData, LedgerPersonalData.seq == LedgerEvent.seq)
        .order_by(LedgerEvent.seq)
        .execution_options(yield_per=500)
    )
    with session.execute(query) as rows:  # closed also when the reader stops at a broken row
        yield from rows


def _fault_of(event: LedgerEvent, personal: LedgerPersonalData | None, seq: int, prev: str) -> str | None:
    try:
        return _fault(event, personal, seq, prev)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "record"  # somebody wrote what no record of ours can be


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
