"""An end at each boundary, one after the other: whatever was half done is done once afterwards."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import failpoints, jobs
from portal.config import Settings, SettingsError, read_settings
from portal.failpoints import Point
from portal.installation import Installation
from portal.models import OutgoingMail
from tests.crash import doom, work
from tests.crash.invariants import violations
from tests.crash.nursery import Clock, Nursery
from tests.crash.people import make_people
from tests.crash.test_kills import finish
from tests.portal.mail.postbox import Postbox, serving
from tests.portal.pdf import authorities
from tests.servers import free_port

RUNS = int(os.environ.get("RUNS", "3"))
"""Of each failpoint; 20 by hand."""
HITS = 4
"""How many of the times that a child is at a point are tried."""
STAMPS = (Point.STAMP_ASKED.value, Point.STAMP_GIVEN.value)
MAILED = (Point.MAILS_CLAIMED.value, Point.MAIL_TAKEN.value, Point.MAIL_UNMARKED.value)
LATER = timedelta(minutes=2)
"""When the claims of the dead have run out, and the time stamp authority's clock is not yet too far from ours."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def end_at(nursery: Nursery, folder: Path, points: Iterable[str]) -> int:
    """End children at points, each at another of the times that it is there; return how many ended there."""
    ended = 0
    for point in points:
        for run in range(RUNS):
            pid = nursery.start(f"{'sender' if point in MAILED else 'both'} {point}:exit:{1 + run % HITS}")
            deadline = time.monotonic() + 60
            while Path(f"/proc/{pid}").exists():
                assert time.monotonic() < deadline, f"{point} is not reached"
                time.sleep(0.005)
            nursery.forget(pid)
            ended += 1
            assert (folder / "reached").read_text().split().count(point) == run + 1, failures(folder)
    return ended


def failures(folder: Path) -> str:
    path = folder / "failures"
    return path.read_text() if path.exists() else "it ended elsewhere"


def copies(installation: Installation, postbox: Postbox) -> Counter[str]:
    """Return how often each mail came that must come, by its Message-ID: a second copy comes under the same."""
    with installation.new_session() as session:
        due = {"receipt", "declaration_signed"}
        wanted = sa.select(OutgoingMail.id).where(OutgoingMail.kind.in_(due), OutgoingMail.sent_at.is_not(None))
        sent = {str(each) for each in session.scalars(wanted)}
        total = session.scalar(sa.select(sa.func.count()).where(OutgoingMail.kind.in_(due)))
    assert len(sent) == total, "a mail was never sent"
    came = Counter(str(mail["Message-ID"]) for mail in postbox.mails)
    assert len(came) >= len(sent)
    return came


@pytest.mark.slow
def test_an_end_at_any_boundary_harms_nothing(
    settings: Settings, printed: bytes, nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getfqdn", work.own_name)
    with serving(Postbox()) as postbox:
        parts = Installation(replace(settings, smtp_url=f"smtp://127.0.0.1:{postbox.port}"))
        begin(parts, nursery, printed)
        ended = end_at(nursery, tmp_path, [each for each in doom.POINTS if each not in STAMPS])
        finish(parts, nursery)
        deliver(parts, nursery, postbox)
        came = copies(parts, postbox)
    parts.engine.dispose()
    assert ended == (len(doom.POINTS) - len(STAMPS)) * RUNS
    assert violations(parts, fewest=RUNS) == []
    assert came.total() - len(came) <= len(MAILED) * RUNS, "only an end before the row says so doubles a mail"
    print(f"{ended} ends, {len(came)} mails, {came.total() - len(came)} of them twice")


@pytest.mark.slow
def test_an_end_around_a_time_stamp_harms_nothing(
    settings: Settings, printed: bytes, nursery: Nursery, tmp_path: Path
) -> None:
    port = free_port()
    (tmp_path / "authority").mkdir()
    authority = authorities.create_authority(tmp_path / "authority", port)
    (settings.keys_dir / "tsa-roots").mkdir()
    (settings.keys_dir / "tsa-roots" / "tidsvitne.pem").write_bytes(authorities.root_of(authority))
    parts = Installation(replace(settings, tsa_url=f"http://127.0.0.1:{port}/clock/tsa/stamps", signature_level="B-T"))
    now = Clock(time.time(), 0)
    with authorities.serving(authorities.clock(authority, now()), port):
        begin(parts, nursery, printed, now)
        ended = end_at(nursery, tmp_path, STAMPS)
    with authorities.serving(authorities.clock(authority, now() + LATER), port):
        finish(parts, nursery, LATER)
    parts.engine.dispose()
    assert violations(parts, fewest=ended) == []


def begin(parts: Installation, nursery: Nursery, printed: bytes, clock: Clock | None = None) -> None:
    """Let the children work in an installation."""
    make_people(parts, datetime.now(UTC))
    (parts.settings.data_dir / "printed.pdf").write_bytes(printed)
    nursery.settle(parts.settings, clock)


@dataclass(frozen=True)
class _Straight:
    """Lays mails into a postbox without a server in between."""

    postbox: Postbox

    def send(self, message: EmailMessage) -> None:
        self.postbox.contents.append(message.as_bytes())


def deliver(parts: Installation, nursery: Nursery, postbox: Postbox) -> None:
    """Send what is left, when the leases of the dead have run out."""
    parts.__dict__["transport"] = _Straight(postbox)
    late = nursery.now() + timedelta(hours=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "clock", lambda: late)
        while jobs.send_due(parts):
            pass


def test_nothing_is_planted_in_a_portal_and_nothing_can_be(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_FAILPOINT", f"{Point.STORED}:exit:1")
    for point in Point:
        failpoints.reach(point)
    assert failpoints._planted == []
    with pytest.raises(SettingsError, match="PORTAL_FAILPOINT is not a setting"):
        read_settings({"PORTAL_DATA_DIR": str(settings.data_dir), "PORTAL_FAILPOINT": "sealing-stored:exit:1"})
