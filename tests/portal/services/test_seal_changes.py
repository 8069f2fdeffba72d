"""A seal that is revoked, and another in its place, while the worker runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration
from portal.pdf.report import Verdict
from portal.pdf.seal_changes import renew_seal, revoke_seal
from portal.pdf.verification import verify
from portal.services import ledger
from tests.factories import Make
from tests.portal.signing_acts import Act


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


def test_a_running_worker_notices_that_the_seal_was_revoked_and_changed(
    installation: Installation, session: Session, make: Make
) -> None:
    settings, now = installation.settings, make.now
    act = Act(installation, session, make)
    first, second = (act.accepted(act.ready(), now)[0].id for _ in range(2))
    assert act.seal(first, now)

    revoke_seal(settings.keys_dir, settings.seal_passphrase, now, now)
    assert not act.seal(second, now)
    waiting = session.get_one(Declaration, second)
    assert (waiting.signed_at, waiting.sealing_error) == (None, "the seal's certificate is revoked")

    renew_seal(settings.keys_dir, settings.organisation, settings.seal_passphrase, None, now)
    assert act.seal(second, now + timedelta(seconds=11))
    for declaration_id in (first, second):
        pdf = installation.store.get(session.get_one(Declaration, declaration_id).pdf_sha256 or "")
        report = verify(pdf, installation.trust, lambda sha256: ledger.knows_file(session, sha256), now=now)
        assert report.verdict is Verdict.PROVEN
