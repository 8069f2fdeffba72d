"""Checkpoints: when they are due, what they sign, and what they find."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.mail.messages import Reader
from portal.models import Checkpoint, Deed, LedgerEvent, OutgoingMail
from portal.services import checkpoint_keys, checkpoints, ledger, notes
from portal.services.actors import PORTAL
from portal.services.checkpoints import Keeping, LedgerBroken
from portal.services.ledger import Broken
from tests.portal.services.test_ledger import without_guards

MINUTE = timedelta(minutes=1)
EVENTS = cast("sa.Table", LedgerEvent.__table__)


@pytest.fixture
def ledger_of(session: Session, now: datetime) -> Session:
    """A ledger of five events."""
    append(session, now, 5)
    return session


def append(session: Session, now: datetime, count: int) -> None:
    for _ in range(count):
        ledger.record(session, Deed.NOTE_WRITTEN, "note:1", by=PORTAL, now=now)
    session.commit()


def make(installation: Installation, now: datetime, stamp: checkpoints.Stamp | None = None) -> Checkpoint:
    return checkpoints.make(installation.new_session, installation.checkpoint_signer, stamp, installation.keeping, now)


def is_due(session: Session, now: datetime) -> bool:
    due = checkpoints.is_due(session, now)
    session.commit()
    return due


def test_a_checkpoint_is_due_soon_after_a_deed_and_daily_without(
    ledger_of: Session, installation: Installation, now: datetime
) -> None:
    assert is_due(ledger_of, now)
    make(installation, now)
    assert not is_due(ledger_of, now + timedelta(hours=23))
    assert is_due(ledger_of, now + timedelta(hours=24)), "a log that has stopped is seen"
    append(ledger_of, now, 1)
    assert not is_due(ledger_of, now + 9 * MINUTE)
    assert is_due(ledger_of, now + 10 * MINUTE)


def test_an_empty_ledger_needs_none(session: Session, now: datetime) -> None:
    assert not is_due(session, now)


def test_the_signed_head_is_in_the_database_and_in_the_folder(
    ledger_of: Session, installation: Installation, now: datetime
) -> None:
    made = make(installation, now, lambda note: b"stamp of " + note[:3])
    verifier = installation.checkpoint_verifier
    head = notes.verify(made.note, verifier.name, verifier.key)
    assert (head.size, head.root.hex(), head.at) == (5, made.root, now)
    copies = {path.suffix: path.read_bytes() for path in installation.settings.checkpoints_dir.iterdir()}
    assert copies == {".txt": made.note.encode(), ".tsr": b"stamp of loc"}
    stored = ledger_of.scalars(sa.select(Checkpoint)).one()
    assert (stored.size, stored.token) == (5, b"stamp of loc")


def test_a_service_that_is_away_holds_nothing_up(ledger_of: Session, installation: Installation, now: datetime) -> None:
    def away(note: bytes) -> bytes:
        raise OSError(note)

    assert make(installation, now, away).token is None
    assert [path.suffix for path in installation.settings.checkpoints_dir.iterdir()] == [".txt"]


def rewrite_from(session: Session, first: int) -> None:
    """Write the ledger anew from a row on, each row fitting the one before."""
    rows = list(session.execute(sa.select(EVENTS).order_by(EVENTS.c.seq)).mappings())
    prev = rows[first]["prev"]
    for row in rows[first:]:
        body = {**json.loads(row["record"]), "prev": prev, "data": {"forged": True}}
        record = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
        leaf = ledger.leaf_hash(record)
        session.execute(sa.update(EVENTS).where(EVENTS.c.seq == row["seq"]).values(prev=prev, leaf=leaf, record=record))
        prev = leaf


def test_a_tail_that_was_written_anew_is_found_and_never_signed(
    ledger_of: Session, installation: Installation, now: datetime
) -> None:
    make(installation, now)
    append(ledger_of, now, 3)
    without_guards(ledger_of)
    rewrite_from(ledger_of, 3)
    ledger_of.commit()
    assert ledger.check(ledger_of).broken is None, "the chain alone does not show it"
    assert ledger.verify(ledger_of) == Broken(5, "checkpoint")
    ledger_of.commit()
    with pytest.raises(LedgerBroken):
        make(installation, now + MINUTE)


def test_rows_written_anew_after_the_last_checkpoint_are_the_price_of_a_quarter_of_an_hour(
    ledger_of: Session, installation: Installation, now: datetime
) -> None:
    make(installation, now)
    append(ledger_of, now, 3)
    without_guards(ledger_of)
    rewrite_from(ledger_of, 6)
    ledger_of.commit()
    assert ledger.verify(ledger_of) is None
    ledger_of.commit()


def test_a_cut_tail_is_missed(ledger_of: Session, installation: Installation, now: datetime) -> None:
    make(installation, now)
    without_guards(ledger_of)
    ledger_of.execute(sa.delete(EVENTS).where(EVENTS.c.seq >= 3))
    ledger_of.commit()
    assert ledger.verify(ledger_of) == Broken(3, "cut")
    ledger_of.commit()


@pytest.mark.parametrize("statement", ["UPDATE checkpoints SET size = 9", "DELETE FROM checkpoints"])
def test_the_database_refuses_to_change_a_checkpoint(
    ledger_of: Session, installation: Installation, now: datetime, statement: str
) -> None:
    make(installation, now)
    with pytest.raises(sa.exc.DatabaseError, match="never changed"):
        ledger_of.execute(sa.text(statement))


def test_the_key_is_made_once_and_opens_with_the_passphrase_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    assert checkpoint_keys.create(folder, "portal.example", b"passphrase")
    assert not checkpoint_keys.create(folder, "other.example", b"passphrase")
    signer = checkpoint_keys.load_signer(folder, b"passphrase")
    assert signer.name == checkpoint_keys.load_verifier(folder).name == "portal.example/ledger"
    with pytest.raises(checkpoint_keys.CheckpointKeyError, match="portal init"):
        checkpoint_keys.load_signer(folder, b"wrong")


def test_somebody_outside_gets_the_first_checkpoint_of_each_day(
    installation: Installation, ledger_of: Session, now: datetime
) -> None:
    keeping = Keeping(installation.settings.checkpoints_dir, Reader("", "witness@outside.example", "nb"))
    made = [
        checkpoints.make(
            installation.new_session, installation.checkpoint_signer, None, keeping, now + hours * 60 * MINUTE
        )
        for hours in (0, 1, 26)
    ]
    mails = ledger_of.query(OutgoingMail).order_by(OutgoingMail.queued_at).all()
    assert [mail.facts["note"] for mail in mails] == [made[0].note, made[2].note]
    assert {mail.to_email for mail in mails} == {"witness@outside.example"}
