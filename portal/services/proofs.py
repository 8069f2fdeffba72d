"""Proofs that records stand in the ledger, against its newest checkpoint: for those who have the evidence file alone.

Nothing here is judged. A ledger that no longer leads to what was signed gives proofs that fail, for the reader to see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from portal.models import Checkpoint, LedgerEvent
from portal.services import checkpoints, notes
from portal.services.checkpoint_keys import CheckpointKeyError, load_verifier
from portal.services.merkle import Tree

NEWEST = 300
"""So many of the newest checkpoints get a proof that they grew into this one …"""
DAYS = 400
"""… and of as many days the last one. A proof is some 20 hashes, most of which the one before has too."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest checkpoint, and the tree over the records that it covers as the database has them now."""

    checkpoint: Checkpoint
    tree: Tree
    earlier: Sequence[Checkpoint]
    """Smaller ones, from the newest on, each size once."""
    thinned_before: int
    """From this size on, none is left out; 0 where none is at all."""

    def covers(self, events: Sequence[LedgerEvent]) -> int:
        """Return how many of the events the checkpoint covers."""
        return sum(event.seq < self.checkpoint.size for event in events)


def newest_head(session: Session) -> Head | None:
    """Return what proofs are made against; None before the first checkpoint."""
    checkpoint = checkpoints.newest(session)
    if checkpoint is None:
        return None
    query = sa.select(LedgerEvent.leaf).where(LedgerEvent.seq < checkpoint.size).order_by(LedgerEvent.seq)
    tree = Tree(bytes.fromhex(leaf) for leaf in session.scalars(query.execution_options(yield_per=1000)))
    return Head(checkpoint, tree, *_earlier(session, checkpoint))


def members(head: Head | None, events: Sequence[LedgerEvent], keys_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Return the files that prove the events, by name."""
    yield "proofs.json", _json(_inclusion(head, events))
    if head:
        yield "checkpoint.txt", head.checkpoint.note.encode()
        if head.checkpoint.token:
            yield "checkpoint.tsr", head.checkpoint.token
        yield "consistency.json", _json(_consistency(head))
    for name, content in public_keys(keys_dir).items():
        yield f"certificates/{name}", content


def public_keys(keys_dir: Path) -> dict[str, bytes]:
    """Return the key that checkpoints are signed with, for verifiers of notes and for OpenSSL; none where none is."""
    try:
        verifier = load_verifier(keys_dir)
    except CheckpointKeyError:
        return {}
    return {
        "checkpoint.pub": f"{notes.verifier_key(verifier.name, verifier.key)}\n".encode(),
        "checkpoint.pem": verifier.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }


def _inclusion(head: Head | None, events: Sequence[LedgerEvent]) -> dict[str, Any]:
    size = head.tree.size if head else 0
    return {
        "size": size,
        "root": head.tree.root.hex() if head else None,
        "not_yet_in_a_checkpoint": [event.seq for event in events if event.seq >= size],
        "records": [
            {
                "seq": event.seq,
                "leaf": event.leaf,
                "index": event.seq,
                "size": size,
                "path": [each.hex() for each in head.tree.inclusion(event.seq)],
            }
            for event in events
            if head and event.seq < size
        ],
    }


def _consistency(head: Head) -> dict[str, Any]:
    tree = head.tree
    return {
        "size": tree.size,
        "root": tree.root.hex(),
        "thinned_before": head.thinned_before,
        "from": [
            {"size": each.size, "root": each.root, "path": [step.hex() for step in tree.consistency(each.size)]}
            for each in head.earlier
            if each.size <= tree.size
        ],
    }


def _earlier(session: Session, checkpoint: Checkpoint) -> tuple[list[Checkpoint], int]:
    smaller = sa.select(Checkpoint).where(Checkpoint.size < checkpoint.size)
    newest_first = smaller.order_by(Checkpoint.size.desc(), Checkpoint.made_at.desc())
    recent = list(session.scalars(newest_first.limit(NEWEST)))
    last_of_each_day = sa.select(sa.func.max(Checkpoint.size)).group_by(sa.func.date(Checkpoint.made_at))
    daily = session.scalars(newest_first.where(Checkpoint.size.in_(last_of_each_day)).limit(DAYS))
    found = list({each.size: each for each in [*recent, *daily]}.values())
    return found, recent[-1].size if len(recent) == NEWEST else 0


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, indent=1).encode() + b"\n"
