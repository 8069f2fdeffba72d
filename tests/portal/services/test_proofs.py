"""Which earlier checkpoints a proof is made from."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.models import Checkpoint, Deed
from portal.services import ledger, proofs
from portal.services.actors import PORTAL
from portal.services.merkle import Tree, is_consistent


def two_a_day(session: Session, now: datetime, days: int) -> None:
    """Append a record and sign it, twice a day."""
    for half in range(2 * days):
        at = now.replace(hour=12 * (half % 2)) + timedelta(days=half // 2)
        event = ledger.record(session, Deed.NOTE_WRITTEN, "note:1", by=PORTAL, now=at)
        session.add(Checkpoint(size=event.seq + 1, root=f"{event.seq:064x}", note="note", made_at=at))
    session.commit()


def test_of_long_ago_the_last_checkpoint_of_each_day_is_proven(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_a_day(session, now, 5)
    monkeypatch.setattr(proofs, "NEWEST", 3)
    head = proofs.newest_head(session)
    assert head is not None
    assert (head.checkpoint.size, head.thinned_before) == (10, 7)
    assert sorted(each.size for each in head.earlier) == [2, 4, 6, 7, 8, 9]


def test_the_paths_lead_from_each_earlier_root(session: Session, now: datetime, tmp_path: Path) -> None:
    assert [name for name, _ in proofs.members(None, [], tmp_path)] == ["proofs.json"]
    two_a_day(session, now, 5)
    head = proofs.newest_head(session)
    assert head is not None
    assert head.thinned_before == 0
    leaves = [bytes.fromhex(event.leaf) for event in ledger.events_about(session, "note:1")]
    for each in head.earlier:
        earlier = Tree(leaves[: each.size])
        assert is_consistent(each.size, 10, earlier.root, head.tree.root, head.tree.consistency(each.size))
