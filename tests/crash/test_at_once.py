"""Twenty identical requests at the same moment: one signature."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, LedgerEvent, Signing, SupplierSession
from portal.services import ledger, sealing
from tests.factories import Make
from tests.portal.signing_acts import Act

MANY = 20


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


def browser(act: Act, app: Flask, signing: Signing) -> FlaskClient:
    """A browser that came by the link of a signing's invitation."""
    invitation = signing.invitation
    visit = SupplierSession(invitation=invitation, generation=invitation.generation, started_at=act.make.now)
    act.session.add(visit)
    act.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["visits"] = {str(invitation.request_id): str(visit.id)}
    return client


def at_once(deeds: list[Callable[[], str]]) -> Counter[str]:
    """Do all of it in threads that start together; return what came out, counted."""
    outcomes: list[str] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], str]) -> None:
        start.wait()
        outcomes.append(deed())

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(outcomes)


def accept(client: FlaskClient, address: str, code: str) -> Callable[[], str]:
    def post() -> str:
        answer = client.post(address, data={"code": code})
        return f"{answer.status_code} {answer.location or ''}".strip()

    return post


def seal(parts: Installation, declaration_id: uuid.UUID, now: datetime) -> Callable[[], str]:
    def work() -> str:
        done = sealing.seal(
            parts.new_session,
            declaration_id,
            store=parts.store,
            signer=lambda: parts.signer,
            catalogue=parts.catalogue,
            now=lambda: now,
        )
        return str(done)

    return work


def counts(act: Act, deed: Deed) -> int:
    return act.session.query(LedgerEvent).filter_by(deed=deed).count()


def test_twenty_identical_requests_sign_once(act: Act, app: Flask, now: datetime) -> None:
    signing = act.preview(act.ready(), now)
    code = act.send(signing, now)
    base = f"/r/{signing.invitation.request_id}"
    address = f"{base}/sign/{signing.id}/accept"
    clients = [browser(act, app, signing) for _ in range(MANY)]
    act.session.commit()
    outcomes = at_once([accept(client, address, code) for client in clients])
    assert outcomes == {f"302 {base}/receipt": MANY}
    (declaration,) = act.session.query(Declaration).all()
    declaration_id = declaration.id
    act.session.commit()
    sealed = at_once([seal(act.installation, declaration_id, now)] * MANY)
    assert sealed == {"True": 1, "False": MANY - 1}
    assert counts(act, Deed.SIGNING_ACCEPTED) == counts(act, Deed.DECLARATION_SIGNED) == 1
    assert len(act.mails("receipt")) == 1
    assert ledger.verify(act.session) is None


def test_two_previews_of_the_same_answers_race_and_one_wins(act: Act, app: Flask, now: datetime) -> None:
    invitation = act.ready()
    signings = [act.preview(invitation, now, name=name) for name in ("Kari Prøve", "Ola Annen")]
    codes = [act.send(signing, now) for signing in signings]
    base = f"/r/{invitation.request_id}"
    deeds = [
        accept(browser(act, app, signing), f"{base}/sign/{signing.id}/accept", code)
        for signing, code in zip(signings, codes, strict=True)
        for _ in range(MANY // 2)
    ]
    act.session.commit()
    assert at_once(deeds) == {f"302 {base}/receipt": MANY // 2, "409": MANY // 2}
    assert act.session.query(Declaration).count() == 1


def test_twenty_requests_for_a_code_send_three(act: Act, app: Flask, now: datetime) -> None:
    signing = act.preview(act.ready(), now)
    address = f"/r/{signing.invitation.request_id}/sign/{signing.id}"
    clients = [browser(act, app, signing) for _ in range(MANY)]
    act.session.commit()
    outcomes = at_once([accept(client, f"{address}/code", "") for client in clients])
    assert outcomes == {f"302 {address}#code": 3, "429": MANY - 3}
    assert len(act.mails("signing_code")) == 3


def test_five_tries_are_five_however_fast(act: Act, app: Flask, now: datetime) -> None:
    signing = act.preview(act.ready(), now)
    code = act.send(signing, now)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    address = f"/r/{signing.invitation.request_id}/sign/{signing.id}/accept"
    clients = [browser(act, app, signing) for _ in range(MANY)]
    act.session.commit()
    assert at_once([accept(client, address, wrong) for client in clients]) == {"422": MANY}
    assert counts(act, Deed.CODE_REFUSED) == 5
    assert signing.code_tries == 5
