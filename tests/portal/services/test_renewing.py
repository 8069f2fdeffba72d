"""Renewing: a new file over the old one, both in the ledger, once; with a real time stamp authority."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, Level
from portal.pdf.certificates import load_keys, load_trust
from portal.pdf.report import Level as ReachedLevel
from portal.pdf.signing import Signer
from portal.services import archive, ledger, renewing
from portal.services.verifying_all import verify_all
from tests.factories import Make
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.signing_acts import Act
from tests.servers import free_port

DAY = timedelta(days=1)
ENDS = datetime(2036, 1, 1, tzinfo=UTC)
"""When the certificate ends that the authority stamps with."""


class Stamped:
    """An installation with an authority; each signing goes on at a moment that both clocks show."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation, self.port = installation, free_port()
        self.authority = create_authority(folder, self.port)
        self.keys_dir = installation.settings.keys_dir
        (self.keys_dir / "tsa-roots").mkdir()
        (self.keys_dir / "tsa-roots" / "authority.pem").write_bytes(root_of(self.authority))

    @contextmanager
    def signer(self, now: datetime) -> Iterator[Signer]:
        keys = load_keys(self.keys_dir, self.installation.settings.seal_passphrase)
        with serving(clock(self.authority, now), self.port) as address:
            yield Signer(keys, f"{address}/clock/tsa/stamps", ReachedLevel.LTA)

    def renew(self, session: Session, declaration: Declaration, now: datetime, signer: Signer) -> bool:
        declaration_id = declaration.id
        session.rollback()
        return renewing.renew(
            self.installation.new_session,
            declaration_id,
            store=self.installation.store,
            signer=lambda: signer,
            trust=load_trust(self.keys_dir),
            now=lambda: now,
        )


@pytest.fixture
def stamped(installation: Installation, tmp_path: Path) -> Stamped:
    folder = tmp_path / "authority"
    folder.mkdir()
    return Stamped(installation, folder)


@pytest.fixture
def declaration(stamped: Stamped, session: Session, make: Make, now: datetime) -> Declaration:
    act = Act(stamped.installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    with stamped.signer(now) as signer:
        assert act.seal(accepted, now, signer=signer)
    return accepted


def test_a_declaration_is_due_a_year_before_its_time_stamp_ends(session: Session, declaration: Declaration) -> None:
    assert (declaration.level, declaration.lasts_until) == (Level.B_LTA, ENDS)
    assert renewing.due(session, ENDS - renewing.LEAD - DAY) == []
    assert renewing.due(session, ENDS - renewing.LEAD + DAY) == [declaration.id]


def test_below_the_highest_level_nothing_is_due(
    installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    assert act.seal(accepted, now)
    assert renewing.due(session, datetime(2099, 1, 1, tzinfo=UTC)) == []


def test_the_renewed_file_begins_with_the_old_one_and_both_are_in_the_ledger(
    stamped: Stamped, session: Session, declaration: Declaration
) -> None:
    later, original, store = ENDS - 300 * DAY, declaration.pdf_sha256 or "", stamped.installation.store
    with stamped.signer(later) as signer:
        assert stamped.renew(session, declaration, later, signer)
    session.refresh(declaration)

    (renewal,) = declaration.renewals
    assert (declaration.pdf_sha256, declaration.newest_sha256) == (original, renewal.pdf_sha256)
    assert store.get(renewal.pdf_sha256).startswith(store.get(original))
    assert all(ledger.knows_file(session, sha256) for sha256 in (original, renewal.pdf_sha256))
    events = [event for event in archive.history(session, declaration) if event.deed == Deed.DECLARATION_RENEWED]
    data = json.loads(events[0].record)["data"]
    assert (data["before_sha256"], data["pdf_sha256"], len(events)) == (original, renewal.pdf_sha256, 1)


def test_an_authority_that_is_away_changes_nothing_and_raises_the_alarm(
    stamped: Stamped, session: Session, declaration: Declaration, caplog: pytest.LogCaptureFixture
) -> None:
    with stamped.signer(ENDS - DAY) as signer:
        pass
    with caplog.at_level(logging.CRITICAL):
        assert not stamped.renew(session, declaration, ENDS - DAY, signer)
    session.refresh(declaration)
    assert (declaration.renewals, declaration.newest_sha256) == ([], declaration.pdf_sha256)
    assert declaration.reference in caplog.text


def test_what_has_decayed_already_gets_no_time_stamp(
    stamped: Stamped, session: Session, declaration: Declaration, caplog: pytest.LogCaptureFixture
) -> None:
    with stamped.signer(ENDS + DAY) as signer:
        assert not stamped.renew(session, declaration, ENDS + DAY, signer)
    assert "Not proven" in caplog.text


def test_the_check_of_everything_asks_of_the_newest_file_whether_it_is_proven(
    stamped: Stamped, session: Session, declaration: Declaration
) -> None:
    later, parts = ENDS - 30 * DAY, stamped.installation
    with stamped.signer(later) as signer:
        assert stamped.renew(session, declaration, later, signer)
    result = verify_all(parts.provable, later + DAY)
    assert (result.faults, result.counts["files"], result.counts["declarations"]) == ([], 3, 1)
    session.refresh(declaration)
    newest, first = declaration.newest_sha256 or "", declaration.pdf_sha256 or ""
    session.commit()
    for sha256 in (newest, first):
        (parts.settings.files_dir / sha256[:2] / sha256).unlink()
    faults = {(fault.place[3:], fault.detail) for fault in verify_all(parts.provable, later + DAY).faults}
    reference = declaration.reference
    assert faults == {
        (newest, f"named by declaration {reference}"),
        (first, f"named by earlier file of declaration {reference}"),
    }
