"""Which rows are a person's, and what a broken run leaves: on one kind of database."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from portal.models import Contact, Deed, LedgerPersonalData, OutgoingMail
from portal.services import ledger
from portal.services.actors import PORTAL
from tests.portal.services.test_erasing import YEARS, Case, case

__all__ = ["case"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_an_address_that_only_contains_theirs_is_somebody_elses(case: Case) -> None:
    others = [f"x{case.email}", f"{case.email}.no", f"a.{case.email}"]
    for email in (*others, f"see {case.email}."):
        ledger.record(case.session, Deed.NOTE_WRITTEN, "note:1", by=PORTAL, now=case.now, personal={"text": email})
    case.erase()
    texts = [json.loads(each).get("text") for each in case.session.scalars(sa.select(LedgerPersonalData.payload))]
    assert [text for text in texts if text] == others


def test_mails_to_an_address_that_the_contact_had_before_are_theirs_too(case: Case) -> None:
    contact = case.session.query(Contact).filter_by(email=case.email).one()
    contact.email = "new@supplier.example"
    case.session.commit()
    case.erase("new@supplier.example")
    assert case.email not in case.everything()


def test_mails_that_wait_for_the_person_are_not_sent_and_sent_ones_are_emptied(case: Case) -> None:
    sent, waiting = (case.session.query(OutgoingMail).filter_by(to_email=case.email).limit(2)).all()
    sent.sent_at, sent.next_try_at = case.now, None
    case.session.commit()
    case.erase()
    assert (sent.facts, sent.to_email.endswith(".invalid"), sent.sent_at) == ({}, True, case.now)
    assert (waiting.next_try_at, waiting.failed_at, waiting.to_name) == (None, case.now, "")


def test_other_people_stay_as_they_are(case: Case) -> None:
    case.erase()
    other = case.session.scalars(sa.select(Contact).where(Contact.email == "other@x.example")).one()
    assert (other.name, other.erased_at) == ("Other", None)
    payloads = case.session.scalars(sa.select(LedgerPersonalData.payload))
    assert any(b"other@x.example" in payload for payload in payloads)
    assert not case.erase().is_anything, "a second time there is nothing more"
    assert not case.erase("nobody@x.example").is_anything


def test_the_signed_declaration_stays_with_the_name_until_its_retention_ends(case: Case) -> None:
    (kept,) = case.erase().kept
    assert (kept.reference, kept.until) == (case.declaration.reference, case.now + relativedelta(years=YEARS))
    assert case.installation.store.has(case.declaration.pdf_sha256 or "")
    assert case.declaration.preview.signing.signatory_name == "Kari Prøve"
    assert case.declaration.preview.signing.evidence is None


def test_a_run_that_ended_between_rows_and_files_is_finished_by_the_next(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, late = case.installation, case.now + relativedelta(years=YEARS)

    def fail(_: str) -> None:
        raise OSError("the disk is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(parts.store), "delete", lambda _, sha256: fail(sha256))
        with pytest.raises(OSError, match="away"):
            case.delete(late)
    case.session.expire_all()
    assert parts.store.has(case.declaration.pdf_sha256 or "")
    assert case.delete(late) == []
    assert not parts.store.has(case.declaration.pdf_sha256 or "")
