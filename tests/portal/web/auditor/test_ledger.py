"""The ledger's pages: told in sentences, checked, exported."""

from __future__ import annotations

import hashlib
import json
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Deed, LedgerEvent, Role
from portal.services import checkpoints, ledger, nightly
from portal.services.actors import COMMAND_LINE, PORTAL, Actor, user_actor
from portal.web.auditor.telling import SENTENCES, sentence_of, tell
from tests.conftest import database_url  # noqa: F401  on both kinds of database
from tests.factories import Make
from tests.portal.review_case import open_case
from tests.portal.web.pages import check


def test_every_deed_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Deed)


def test_a_deed_of_a_later_portal_is_named_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert sentence_of("comet:seen", "Kari") == "Kari: comet:seen"


def test_actors_are_named(app: Flask, make: Make, session: Session) -> None:
    user, invitation = make.user(Role.APPROVER), make.invitation()
    kinds = (Actor("link", invitation.id), PORTAL, COMMAND_LINE, Actor("visitor"), Actor("user", uuid.uuid4()))
    actors = [user_actor(user), *kinds]
    events = [ledger.record(session, Deed.USER_SIGNED_IN, "user:x", by=each, now=make.now) for each in actors]
    with app.test_request_context():
        told = [each.sentence for each in tell(session, events)]
    assert told == [
        "Approver (approver) signed in.",
        "Kari Prøve, for the supplier, signed in.",
        "The portal signed in.",
        "The operator, on the command line, signed in.",
        "Somebody signed in.",
        "Somebody with a closed account signed in.",
    ]


def test_events_come_newest_first(auditor: FlaskClient, make: Make) -> None:
    open_case(make).approve()
    text = check(auditor.get("/ledger"))
    assert text.index("approved the declaration.") < text.index("proposed deviations by the rules")
    assert "Question HR-11" in text
    assert "Zero tolerance" in text


def test_an_empty_ledger_holds(auditor: FlaskClient) -> None:
    assert "Nothing has been done yet." in check(auditor.get("/ledger"))
    assert "The ledger holds" in check(auditor.post("/ledger/verify"))


def test_a_whole_ledger_holds_and_shows_its_head(auditor: FlaskClient, make: Make, session: Session) -> None:
    open_case(make).approve()
    text = check(auditor.post("/ledger/verify"))
    head = session.scalars(sa.select(LedgerEvent).order_by(LedgerEvent.seq.desc())).first()
    assert head is not None
    assert f"The ledger holds: {head.seq + 1} events" in text
    assert head.leaf in text
    assert "only checkpoints that you keep yourself can show" in text


def test_the_newest_checkpoint_is_shown_and_taken_along(
    auditor: FlaskClient, make: Make, session: Session, installation: Installation
) -> None:
    assert "There is none yet." in check(auditor.get("/ledger"))
    assert auditor.get("/ledger/checkpoint/checkpoint.txt").status_code == 404
    open_case(make).approve()
    signer, keeping = installation.checkpoint_signer, installation.keeping
    made = checkpoints.make(installation.new_session, signer, lambda note: b"stamp of " + note[:3], keeping, make.now)
    assert made.root in check(auditor.get("/ledger"))
    note = auditor.get("/ledger/checkpoint/checkpoint.txt")
    assert note.headers["Content-Disposition"] == f"attachment; filename=checkpoint-{made.size}.txt"
    assert note.text == made.note
    assert auditor.get("/ledger/checkpoint/checkpoint.tsr").data == b"stamp of loc"
    assert auditor.get("/ledger/checkpoint/checkpoint.pub").text.startswith("localhost/ledger+")
    assert b"BEGIN PUBLIC KEY" in auditor.get("/ledger/checkpoint/checkpoint.pem").data
    assert auditor.get("/ledger/checkpoint/checkpoint.key").status_code == 404


def test_a_broken_ledger_names_the_row(auditor: FlaskClient, make: Make, session: Session) -> None:
    open_case(make).approve()
    trigger = {"sqlite": "ledger_refuses_update", "postgresql": "ledger_refuses_change ON ledger_events"}
    session.execute(sa.text(f"DROP TRIGGER {trigger[session.get_bind().dialect.name]}"))
    session.execute(sa.text("UPDATE ledger_events SET subject = 'note:1' WHERE seq = 2"))
    session.commit()
    assert "The ledger is broken at row 2: its columns differ from its record." in check(auditor.post("/ledger/verify"))


def test_pages_after_a_check_lead_to_the_list(auditor: FlaskClient, make: Make, session: Session) -> None:
    for number in range(51):
        ledger.record(session, Deed.NOTE_WRITTEN, f"note:{number}", by=PORTAL, now=make.now)
    session.commit()
    assert 'href="/ledger?page=2"' in check(auditor.post("/ledger/verify"))
    assert "Page 2 of 2" in check(auditor.get("/ledger?page=2"))


def test_the_export_has_every_record_and_leaves_a_trace(auditor: FlaskClient, make: Make, session: Session) -> None:
    open_case(make).approve()
    answer = auditor.get("/ledger/events.jsonl")
    lines = answer.data.splitlines()
    session.rollback()
    *before, last = session.scalars(sa.select(LedgerEvent).order_by(LedgerEvent.seq))
    assert [ledger.leaf_hash(line) for line in lines] == [event.leaf for event in before]
    assert last.deed == Deed.LEDGER_EXPORTED
    assert json.loads(last.record)["data"] == {
        "events": len(lines),
        "sha256": hashlib.sha256(answer.data).hexdigest(),
    }


@pytest.mark.parametrize("role", [Role.BUYER, Role.APPROVER])
def test_it_is_for_auditors_and_administrators(client: FlaskClient, make: Make, role: Role) -> None:
    make.sign_in(client, make.user(role))
    assert client.get("/ledger").status_code == 403
    assert client.post("/ledger/verify").status_code == 403
    assert client.get("/ledger/events.jsonl").status_code == 403


def test_what_the_worker_found_at_night_is_told(auditor: FlaskClient, app: Flask) -> None:
    file = app.extensions["installation"].settings.data_dir / nightly.FILENAME
    said = {"begun_at": "2026-03-01T02:00:00+00:00", "whole": True, "checked": {"files": 7, "declarations": 2}}
    file.write_text(json.dumps(said))
    assert "all is whole: 7 stored files, 2 signed declarations" in check(auditor.get("/ledger"))
    said |= {"whole": False, "faults": [{"place": "ab/abc"}, {"place": "row 3 of the ledger"}]}
    file.write_text(json.dumps(said))
    page = check(auditor.get("/ledger"))
    assert "2 things are not whole" in page
    assert "row 3 of the ledger" in page
    file.write_text(json.dumps({"begun_at": "2026-03-01T02:00:00+00:00", "whole": False, "error": "files"}))
    assert "came to no end" in check(auditor.get("/ledger"))
    file.write_text("[")
    assert "verify-all" not in check(auditor.get("/ledger"))
