"""Sealing: once, exactly the bytes that were shown, with everything that follows."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, Deviation, Level, OutgoingMail
from portal.pdf.signing import Signed, SigningError
from portal.pdf.verification import verify
from portal.services import assessments, ledger, sealing
from portal.storage import StoreError
from tests.factories import Make
from tests.portal.signing_acts import NO_MINERALS, Act

SECOND = timedelta(seconds=1)


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def declaration(act: Act, now: datetime) -> Declaration:
    (accepted,) = act.accepted(act.ready(), now)
    return accepted


class Refusing:
    """A signer whose time stamp authority is away, for so many calls."""

    def __init__(self, signer: Any, times: int) -> None:
        self.signer, self.times = signer, times

    def sign(self, *what: Any) -> Signed:
        if self.times:
            self.times -= 1
            raise SigningError("TimestampError: http://tsa.example: answered 503")
        signed: Signed = self.signer.sign(*what)
        return signed


class Altering(Refusing):
    """A signer that signs something else."""

    def sign(self, *what: Any) -> Signed:
        signed: Signed = self.signer.sign(*what)
        return Signed(b"%PDF-2.0\n" + signed.pdf, signed.level)


def claim(act: Act, declaration: Declaration, now: datetime) -> sealing._Claim:
    """Claim as a worker does that dies or dawdles afterwards."""
    declaration_id = declaration.id
    act.session.rollback()
    with act.installation.new_session.begin() as session:
        claimed = sealing._claim(session, declaration_id, now)
    assert claimed
    return claimed


def signed_events(act: Act, declaration: Declaration) -> list[dict[str, Any]]:
    events = ledger.events_about(act.session, ledger.subject_of("declaration", declaration.id))
    return [json.loads(event.record)["data"] for event in events if event.deed == Deed.DECLARATION_SIGNED]


def test_exactly_the_shown_bytes_are_signed(act: Act, declaration: Declaration, now: datetime) -> None:
    assert act.seal(declaration, now + SECOND)
    shown = act.installation.store.get(declaration.preview.pdf_sha256)
    signed = act.installation.store.get(declaration.pdf_sha256 or "")
    assert signed.startswith(shown)
    assert (declaration.signed_at, declaration.level) == (now + SECOND, Level.B_B)
    report = verify(signed, act.installation.trust, lambda sha256: ledger.knows_file(act.session, sha256))
    assert report.verdict.value == "proven"


def test_the_ledger_knows_the_file_and_all_that_it_rests_on(act: Act, declaration: Declaration, now: datetime) -> None:
    act.seal(declaration, now)
    assert ledger.knows_file(act.session, declaration.pdf_sha256 or "")
    (data,) = signed_events(act, declaration)
    preview = declaration.preview
    assert data["preview_sha256"] == preview.pdf_sha256
    assert data["answers_sha256"] == preview.answers_sha256
    assert data["reference"] == declaration.reference
    assert data["level"] == "B-B"
    assert ledger.verify(act.session) is None


def test_sealing_again_changes_nothing(act: Act, declaration: Declaration, now: datetime) -> None:
    assert act.seal(declaration, now)
    first = declaration.pdf_sha256
    assert not act.seal(declaration, now + timedelta(hours=1))
    assert declaration.pdf_sha256 == first
    assert len(signed_events(act, declaration)) == 1
    assert len(act.mails("receipt")) == 1


def test_a_claim_keeps_others_away_until_it_runs_out(act: Act, declaration: Declaration, now: datetime) -> None:
    claim(act, declaration, now)
    assert sealing.stuck(act.session, now + 59 * SECOND) == []
    assert not act.seal(declaration, now + 60 * SECOND)
    assert sealing.stuck(act.session, now + 61 * SECOND) == [declaration.id]
    assert act.seal(declaration, now + 61 * SECOND)


def test_of_two_workers_whose_claims_overlap_one_writes(act: Act, declaration: Declaration, now: datetime) -> None:
    parts = act.installation
    late = claim(act, declaration, now)
    assert act.seal(declaration, now + 61 * SECOND)
    other = sealing._Sealed(hashlib.sha256(b"other").hexdigest(), Level.B_B)
    with parts.new_session.begin() as session:
        assert not sealing._finish(session, late, other, parts.catalogue, now + 62 * SECOND)
    act.session.expire_all()
    assert declaration.pdf_sha256 != other.pdf_sha256
    assert len(signed_events(act, declaration)) == 1
    assert len(act.mails("receipt")) == 1


def test_without_the_time_stamp_nothing_is_signed_and_it_is_tried_again(
    act: Act, declaration: Declaration, now: datetime
) -> None:
    signer = Refusing(act.installation.signer, times=2)
    assert not act.seal(declaration, now, signer=signer)
    assert declaration.signed_at is None
    assert declaration.sealing_tries == 1
    assert "503" in (declaration.sealing_error or "")
    assert sealing.stuck(act.session, now + 10 * SECOND) == []
    assert not act.seal(declaration, now + 11 * SECOND, signer=signer)
    assert sealing.stuck(act.session, now + 31 * SECOND) == []
    assert act.seal(declaration, now + 32 * SECOND, signer=signer)
    assert (declaration.sealing_error, declaration.sealing_until) == (None, None)
    assert len(signed_events(act, declaration)) == 1


def test_the_wait_between_tries_ends_below_five_minutes() -> None:
    assert list(sealing.WAITS) == sorted(sealing.WAITS)
    assert sealing.WAITS[-1] < timedelta(minutes=5)


def test_a_failure_after_the_claim_ran_out_does_not_touch_the_next_one(
    act: Act, declaration: Declaration, now: datetime
) -> None:
    late, newer = claim(act, declaration, now), claim(act, declaration, now + 61 * SECOND)
    with act.installation.new_session.begin() as session:
        sealing._note_failure(session, late, StoreError("full"), now + 62 * SECOND)
    act.session.refresh(declaration)
    assert declaration.sealing_until == newer.until
    assert declaration.sealing_tries == 0


def test_other_bytes_than_those_shown_are_refused(act: Act, declaration: Declaration, now: datetime) -> None:
    assert not act.seal(declaration, now, signer=Altering(act.installation.signer, 0))
    assert declaration.signed_at is None
    assert "shown" in (declaration.sealing_error or "")


def test_deviations_are_proposed_when_sealed(act: Act, now: datetime) -> None:
    invitation = act.ready()
    assessment = invitation.request.assessments[0]
    assessments.save(act.session, assessment, {"CC-07": "no", "CC-07#comment": "Not yet"}, invitation, now)
    act.session.commit()
    (declaration,) = act.accepted(invitation, now)
    assert act.session.query(Deviation).count() == 0
    act.seal(declaration, now)
    assert [each.question for each in declaration.deviations] == ["CC-07"]


def test_the_buyer_is_told_once_for_each_document(act: Act, declaration: Declaration, now: datetime) -> None:
    act.seal(declaration, now)
    (mail,) = act.mails("declaration_signed")
    assert mail.to_email == declaration.assessment.request.campaign.created_by.email
    assert mail.facts["reference"] == declaration.reference


def test_the_receipt_goes_when_the_last_document_is_sealed(act: Act, now: datetime) -> None:
    invitation = act.ready(("code-of-conduct", "conflict-minerals"))
    act.make.answers(invitation.request.assessments[1], NO_MINERALS)
    declarations = act.accepted(invitation, now)
    assert len(declarations) == 2
    act.seal(declarations[1], now)
    assert act.mails("receipt") == []
    act.seal(declarations[0], now)
    (receipt,) = act.mails("receipt")
    assert [file["sha256"] for file in receipt.facts["files"]] == [each.pdf_sha256 for each in declarations]
    assert act.session.query(OutgoingMail).filter_by(kind="declaration_signed").count() == 2
