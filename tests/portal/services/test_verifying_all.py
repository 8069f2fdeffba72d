"""Everything that a proof rests on: what is damaged is named exactly, and nothing else."""

from __future__ import annotations

import os
import random
import time
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.installation import Installation
from portal.models import Attachment, Declaration, Deed, LedgerEvent
from portal.services import checkpoints, ledger
from portal.services.actors import PORTAL
from portal.services.verifying_all import FaultKind, Result, verify_all
from tests.factories import Make
from tests.portal.signing_acts import Act

LONG_AGO = time.time() - 90_000


@pytest.fixture
def declaration(installation: Installation, session: Session, make: Make, now: datetime) -> Declaration:
    """A declaration that was really signed and sealed."""
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    assert act.seal(accepted, now)
    return session.get_one(Declaration, accepted.id)


@pytest.fixture
def attached(installation: Installation, session: Session, declaration: Declaration, now: datetime) -> list[Path]:
    """Forty files that rows name."""
    for number in range(40):
        content = f"file {number}".encode() * 100
        session.add(
            Attachment(
                assessment_id=declaration.assessment_id, question="CC-02#files", filename="a.txt",
                media_type="text/plain", size=len(content), sha256=installation.store.put(content), uploaded_at=now,
            )
        )  # fmt: skip
    session.commit()
    return sorted(path for path in installation.settings.files_dir.rglob("*") if path.is_file())


def check(installation: Installation) -> Result:
    return verify_all(installation.provable, clock())


def found(result: Result) -> set[tuple[FaultKind, str]]:
    return {(fault.kind, fault.place) for fault in result.faults}


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def test_what_is_whole_has_no_fault(installation: Installation, attached: list[Path]) -> None:
    result = check(installation)
    assert result.faults == []
    assert result.counts["files"] == len(attached) == 42
    assert result.counts["declarations"] == 1
    assert result.counts["ledger rows"] > 3


def test_each_damaged_missing_and_foreign_file_is_named_and_nothing_else(
    installation: Installation, attached: list[Path]
) -> None:
    chance = random.Random(7)
    hit = chance.sample(attached, 25)
    for path in hit[:20]:
        flip(path, chance)
    for path in hit[20:]:
        path.unlink()
    folder = installation.settings.files_dir
    foreign = [folder / "notes.txt", folder / "ab" / "x", folder / "ab" / ".new-old"]
    foreign += [folder / "00" / ("00" + "f" * 62 + ".bak")]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"?")
    foreign.append(folder / (name := installation.store.put(b"smuggled"))[:2] / name)
    for path in foreign:
        os.utime(path, (LONG_AGO, LONG_AGO))
    kinds = [FaultKind.CHANGED] * 20 + [FaultKind.MISSING] * 5 + [FaultKind.FOREIGN] * 5
    expected = {(kind, path.relative_to(folder).as_posix()) for kind, path in zip(kinds, [*hit, *foreign], strict=True)}
    result = check(installation)
    assert (found(result), len(result.faults)) == (expected, 30)


def test_a_file_on_its_way_is_no_fault(installation: Installation, attached: list[Path]) -> None:
    sha256 = installation.store.put(b"an upload that waits for a decision")
    (installation.settings.files_dir / sha256[:2] / ".new-abc").write_bytes(b"half")
    assert check(installation).faults == []


def test_a_file_that_only_the_ledger_names_is_not_foreign(
    installation: Installation, session: Session, now: datetime
) -> None:
    sha256 = installation.store.put(b"an imported register")
    path = installation.settings.files_dir / sha256[:2] / sha256
    os.utime(path, (LONG_AGO, LONG_AGO))
    data = {"file_sha256": sha256}
    ledger.record(session, Deed.SUPPLIERS_IMPORTED, f"import:{sha256}", by=PORTAL, now=now, data=data)
    session.commit()
    assert check(installation).faults == []
    path.unlink()
    (fault,) = check(installation).faults
    assert (fault.kind, fault.detail) == (FaultKind.MISSING, "named by row 0 of the ledger")


def test_a_row_that_names_another_file_than_was_signed_is_not_proven(
    installation: Installation, session: Session, declaration: Declaration
) -> None:
    preview = declaration.preview.pdf_sha256
    session.execute(sa.update(Declaration).values(pdf_sha256=preview))
    session.commit()
    (fault,) = check(installation).faults
    assert (fault.kind, fault.place) == (FaultKind.NOT_PROVEN, f"declaration {declaration.reference}")
    assert "unsigned" in fault.detail
    assert "not_in_ledger" in fault.detail


def test_a_broken_ledger_and_a_forged_checkpoint_are_named(
    installation: Installation, session: Session, declaration: Declaration, now: datetime
) -> None:
    session.commit()
    signer = installation.checkpoint_signer
    made = checkpoints.make(installation.new_session, signer, None, installation.keeping, now)
    assert check(installation).counts["checkpoints"] == 1
    _without_guards(session)
    session.execute(sa.text("UPDATE checkpoints SET note = replace(note, 'ts 2', 'ts 1')"))
    session.execute(sa.update(LedgerEvent).where(LedgerEvent.seq == 2).values(deed="user:added"))
    session.commit()
    assert found(check(installation)) == {
        (FaultKind.CHECKPOINT, f"checkpoint of {made.size} rows"),
        (FaultKind.LEDGER, "row 2 of the ledger"),
    }


def _without_guards(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(sa.text(f'DROP TRIGGER "{name}"'))
