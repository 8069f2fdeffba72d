"""kill -9 of web and worker in the middle of their work: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.config import Settings
from portal.installation import Installation
from portal.models import (
    Answer,
    Assessment,
    Campaign,
    CampaignQuestionnaire,
    Contact,
    Invitation,
    Request,
    Role,
    Supplier,
    User,
)
from portal.services import sealing
from tests.crash.invariants import violations
from tests.crash.nursery import Nursery
from tests.crash.work import BACKLOG, waiting
from tests.portal.pdf.facts import facts
from tests.portal.signing_acts import ANSWERS

KILLS = int(os.environ.get("KILLS", "54"))
"""More by hand: KILLS=2000 makes some 20 minutes."""
SUPPLIERS = 400
ROUNDS = 8
WORKERS = 2

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def people(installation: Installation, now: datetime) -> None:
    """Many suppliers whose answers are ready to be signed."""
    with installation.new_session.begin() as session:
        buyer = User(email="b@testfirma.example", name="B", role=Role.BUYER, password_hash="!", created_at=now)
        campaign = Campaign(
            title="2026", reporting_year=2026, due_on=now.date(), created_by=buyer, created_at=now, sent_at=now
        )
        campaign.questionnaires = [CampaignQuestionnaire(key="code-of-conduct", edition="2026-1", position=0)]
        for number in range(SUPPLIERS):
            supplier = Supplier(name=f"Supplier {number}", country="NO", created_at=now)
            contact = Contact(name="Kari", email=f"k{number}@supplier.example", created_at=now)
            supplier.contacts.append(contact)
            request = Request(campaign=campaign, supplier=supplier, due_on=campaign.due_on, sent_at=now, sent_by=buyer)
            assessment = Assessment(
                request=request, questionnaire="code-of-conduct", edition="2026-1", position=0, version=1
            )
            assessment.answers = [Answer(question=key, value=ANSWERS[key], answered_at=now) for key in ANSWERS]
            invitation = Invitation(
                request=request, contact=contact, email=contact.email, language="en", created_at=now, issued_at=now
            )
            session.add_all([assessment, invitation])


def saturate_and_kill(installation: Installation, nursery: Nursery, acceptor: str, worker: str, kills: int) -> None:
    """Keep all children at work and kill one after the other, at any moment, but never while there is nothing to do."""
    dice = random.Random(20261121)
    nursery.start(acceptor)
    wait_for_work(installation, nursery, BACKLOG)
    for _ in range(WORKERS):
        nursery.start(worker)
    for _ in range(kills):
        time.sleep(dice.uniform(0.01, 0.2))
        wait_for_work(installation, nursery, 1)
        nursery.start(nursery.kill(dice.choice(nursery.living)))
    for pid in nursery.living:
        nursery.kill(pid)


def wait_for_work(installation: Installation, nursery: Nursery, many: int) -> None:
    """Return when so many declarations wait for a worker."""
    deadline = time.monotonic() + 20
    while waiting(installation, nursery.now()) < many:
        assert time.monotonic() < deadline, (installation.settings.data_dir / "failures").read_text()
        time.sleep(0.02)


def finish(installation: Installation, nursery: Nursery) -> None:
    """Let a sound worker seal what is left; the claims of the dead run out by themselves."""
    late = nursery.now() + timedelta(hours=1)
    with installation.new_session() as session:
        left = sealing.stuck(session, late)
    for declaration_id in left:
        sealing.seal(
            installation.new_session,
            declaration_id,
            store=installation.store,
            signer=lambda: installation.signer,
            catalogue=installation.catalogue,
            now=lambda: late,
        )


def after_kills(
    settings: Settings, installation: Installation, folder: Path, kills: int, *, acceptor: str, worker: str
) -> list[str]:
    """Run and kill; return what is wrong afterwards."""
    with Nursery(settings, folder) as nursery:
        saturate_and_kill(installation, nursery, acceptor, worker, kills)
        finish(installation, nursery)
    return violations(installation)


@pytest.fixture(autouse=True)
def prepared(installation: Installation, tmp_path: Path) -> None:
    """Suppliers who are ready, and what the typesetter gives."""
    people(installation, datetime.now(UTC))
    (tmp_path / "printed.pdf").write_bytes(installation.renderer.render(facts()))


def test_nothing_is_lost_or_doubled(settings: Settings, installation: Installation, tmp_path: Path) -> None:
    assert after_kills(settings, installation, tmp_path, KILLS, acceptor="acceptor", worker="worker") == []


@pytest.mark.parametrize(
    ("role", "mutant", "symptom"),
    [
        ("worker", "ignore-row-counts", "signed more than once"),
        ("worker", "tell-after-commit", "receipts"),
        ("worker", "store-after-commit", "file is missing"),
        ("acceptor", "acknowledge-before-commit", "was acknowledged and is lost"),
        ("acceptor", "record-after-commit", "acceptances are not those of the tables"),
    ],
)
def test_a_planted_bug_is_found(
    settings: Settings, installation: Installation, tmp_path: Path, role: str, mutant: str, symptom: str
) -> None:
    """Within some rounds: on a machine that is busy with other things few documents go through in one."""
    roles = {"acceptor": "acceptor", "worker": "worker", role: f"{role} {mutant}"}
    found: list[str] = []
    for _ in range(ROUNDS):
        found += after_kills(settings, installation, tmp_path, 18, **roles)
        if any(symptom in each for each in found):
            return
    pytest.fail(f"{mutant} was not found; what was: {found[:5]}")
