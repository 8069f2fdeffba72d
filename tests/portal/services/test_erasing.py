"""Erasing a person, legal holds and retention: what goes, what stays, and that every proof holds afterwards."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import (
    Answer,
    Base,
    Declaration,
    Deed,
    LedgerEvent,
    LegalHold,
    OutgoingMail,
    Role,
    Supplier,
)
from portal.services import archive, checkpoints, erasing, evidence, invitations, ledger, legal_holds, retention
from portal.services.actors import COMMAND_LINE, PORTAL
from portal.services.erasing import Held
from portal.services.evidence import EvidenceMissing, Sources
from portal.services.suppliers import ContactFacts, add_contact
from portal.services.verifying_all import verify_all
from tests.factories import Make
from tests.portal.services.test_bundle import verify
from tests.portal.signing_acts import Act

YEARS = 10


class Case:
    """A person who has signed a declaration, and another one at the same supplier."""

    def __init__(self, installation: Installation, session: Session, make: Make) -> None:
        self.installation, self.session, self.make, self.now = installation, session, make, make.now
        act = Act(installation, session, make)
        invitation = act.ready()
        (accepted,) = act.accepted(invitation, self.now)
        invitations.reissue(session, invitation, self.now, PORTAL)
        assert act.seal(accepted, self.now)
        self.declaration = session.get_one(Declaration, accepted.id)
        self.supplier: Supplier = invitation.request.supplier
        self.email: str = invitation.email
        add_contact(session, self.supplier, ContactFacts("Other", "other@x.example", "en"), now=self.now, by=PORTAL)
        session.commit()

    def sign_head(self) -> str:
        parts = self.installation
        self.session.commit()
        return checkpoints.make(parts.new_session, parts.checkpoint_signer, None, parts.keeping, self.now).note

    def evidence(self) -> dict[str, bytes]:
        parts = self.installation
        sources = Sources(parts.store, parts.catalogue, parts.settings.keys_dir, parts.trust, "Testfirma AS")
        content = evidence.build(self.session, self.declaration, sources, self.now).content
        self.session.commit()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}

    def erase(self, email: str = "") -> erasing.Found:
        email = email or self.email
        found = erasing.erase(self.session, email, "letter", YEARS, now=self.now, by=COMMAND_LINE)
        self.session.commit()
        return found

    def delete(self, now: datetime) -> list[str]:
        """Delete what is due, as the command line does; return the references."""
        self.session.rollback()
        parts = self.installation
        gone = list(retention.delete(parts.new_session, parts.store, YEARS, now=now, by=COMMAND_LINE))
        self.session.expire_all()
        return gone

    def everything(self) -> str:
        """Return all that the database holds, as text, but for what the signed declaration's rows hold."""
        self.session.commit()
        rows: list[Any] = []
        for table in Base.metadata.sorted_tables:
            if table.name != "users":
                rows += [str(tuple(row)) for row in self.session.execute(sa.select(table))]
        return "\n".join(rows)

    def whole(self) -> list[tuple[str, str]]:
        self.session.commit()
        return [(each.kind.value, each.detail) for each in verify_all(self.installation.provable, self.now).faults]


@pytest.fixture
def case(installation: Installation, session: Session, make: Make) -> Case:
    return Case(installation, session, make)


def test_what_is_known_of_a_person_goes_and_every_proof_holds(case: Case) -> None:
    kept, files = case.sign_head(), case.evidence()
    before = case.session.scalars(sa.select(LedgerEvent.record).order_by(LedgerEvent.seq)).all()
    found = case.erase(case.email.upper())
    assert (len(found.contacts), len(found.invitations), len(found.signings)) == (1, 1, 1)
    assert case.email not in case.everything()
    assert "192.0.2.7" not in case.everything()
    contact = found.contacts[0]
    assert (contact.name, contact.email.endswith("@erased.invalid"), contact.retired_at) == ("", True, case.now)
    after = case.session.scalars(sa.select(LedgerEvent.record).order_by(LedgerEvent.seq)).all()
    assert after[:-1] == before
    erased = json.loads(after[-1])
    assert (erased["type"], erased["data"]["records"]) == (Deed.PERSON_ERASED, found.records)
    assert ledger.verify(case.session) is None
    for each in (files, case.evidence()):
        said = verify.check(verify.Bundle(each), {"kept": kept.encode()})
        assert [title for title, reason in said.items() if reason.state == verify.FAILED] == []
    assert case.whole() == []


def test_a_legal_hold_wins_until_it_is_lifted(case: Case) -> None:
    approver = case.make.user(Role.APPROVER)
    hold = legal_holds.place(case.session, case.supplier, "A claim of 2026", now=case.now, by=approver)
    with pytest.raises(legal_holds.AlreadyHeld):
        legal_holds.place(case.session, case.supplier, "Another", now=case.now, by=approver)
    case.session.commit()
    with pytest.raises(Held, match="A claim of 2026"):
        case.erase()
    case.session.rollback()
    assert case.email in case.everything()
    late = case.now + relativedelta(years=YEARS, days=1)
    assert retention.due(case.session, YEARS, late) == []
    legal_holds.lift(case.session, hold, "Settled", now=case.now, by=approver)
    case.session.commit()
    assert [each.id for each in retention.due(case.session, YEARS, late)] == [case.declaration.id]
    assert case.erase().is_anything
    deeds = case.session.scalars(
        sa.select(LedgerEvent.deed).where(LedgerEvent.subject == f"supplier:{case.supplier.id}")
    )
    assert list(deeds)[-2:] == [Deed.HOLD_PLACED, Deed.HOLD_LIFTED]


def test_the_database_refuses_a_second_hold(case: Case) -> None:
    table: Any = LegalHold.__table__
    row = {"supplier_id": case.supplier.id, "reason": "x", "placed_at": case.now, "placed_by_id": case.make.user().id}
    case.session.execute(sa.insert(table), {**row, "id": case.supplier.id})
    with pytest.raises(sa.exc.IntegrityError):
        case.session.execute(sa.insert(table), {**row, "id": case.declaration.id})


def test_after_its_retention_a_declaration_goes_and_its_hash_stays(case: Case) -> None:
    case.sign_head()
    early = case.now + relativedelta(years=YEARS, days=-1)
    parts, sha256 = case.installation, case.declaration.pdf_sha256 or ""
    assert case.delete(early) == []
    late = case.now + relativedelta(years=YEARS)
    case.session.execute(sa.update(OutgoingMail).values(sent_at=early, next_try_at=None))
    case.session.commit()
    gone = case.delete(late)
    assert gone == [case.declaration.reference]
    assert not parts.store.has(sha256)
    assert not parts.store.has(case.declaration.preview.pdf_sha256)
    assert (case.declaration.answers, case.declaration.deleted_at) == ({}, late)
    assert case.session.query(Answer).filter_by(assessment_id=case.declaration.assessment_id).count() == 0
    naming = [line for line in case.everything().splitlines() if "Kari Prøve" in line]
    assert [case.email in line for line in naming] == [True], "the register alone"
    assert archive.standing_of_file(case.session, sha256) is archive.FileStanding.DELETED
    assert ledger.knows_file(case.session, sha256)
    assert case.whole() == []
    with pytest.raises(EvidenceMissing):
        case.evidence()
