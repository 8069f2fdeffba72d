"""Preview, code, signature and receipt, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, Invitation, InvitationRole, Signing, SupplierSession
from portal.models.engine import reading
from portal.services import assessments, declarations, ledger
from portal.services.documents import AUTHORITY
from portal.services.invitations import LinkRevoked
from tests.conftest import database_url  # noqa: F401  on both kinds of database
from tests.factories import Make
from tests.portal.signing_acts import Act

SIGNATORY = {"name": "Åse Bjørnæs", "title": "Managing director", "may_bind": "y"}


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def invitation(act: Act, client: FlaskClient, now: datetime) -> Invitation:
    return enter(act, client, act.ready(), now)


def enter(act: Act, client: FlaskClient, invitation: Invitation, now: datetime) -> Invitation:
    """Come by the link: give the browser a visit."""
    visit = SupplierSession(invitation=invitation, generation=invitation.generation, started_at=now)
    act.session.add(visit)
    act.session.commit()
    with client.session_transaction() as cookie:
        cookie["visits"] = {**cookie.get("visits", {}), str(invitation.request_id): str(visit.id)}
    act.session.refresh(invitation)
    act.session.commit()
    return invitation


def base(act: Act, invitation: Invitation) -> str:
    address = f"/r/{invitation.request_id}"
    act.session.commit()
    return address


def make_preview(act: Act, client: FlaskClient, invitation: Invitation) -> str:
    answer = client.post(base(act, invitation) + "/sign", data=SIGNATORY)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def mailed_code(act: Act, client: FlaskClient, address: str) -> str:
    assert client.post(address + "/code").status_code == 302
    act.session.commit()
    signing = act.session.get_one(Signing, uuid.UUID(address.rsplit("/", 1)[1]))
    code = act.installation.links.code(signing)
    act.session.commit()
    return code


def sealed(act: Act, now: datetime) -> Declaration:
    declaration = act.session.query(Declaration).one()
    assert act.seal(declaration, now)
    declaration.reference  # noqa: B018  loads it
    return declaration


def test_the_page_lists_what_is_ready_and_what_is_not(act: Act, client: FlaskClient, now: datetime) -> None:
    invitation = enter(act, client, act.ready(("code-of-conduct", "human-rights")), now)
    answer = client.get(base(act, invitation) + "/sign")
    assert answer.text.count("Ready to be signed") == 1
    assert "answers are missing" in answer.text
    assert f"{base(act, invitation)}/human-rights/governance" in answer.text
    assert AUTHORITY.english in answer.text
    assert "We declare that we have read the Code of Conduct" in answer.text
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [("name", "Write your name."), ("title", "Write your title"), ("may_bind", "Tick the box if you may sign")],
)
def test_who_signs_must_be_said_whole(
    act: Act, client: FlaskClient, invitation: Invitation, left_out: str, sentence: str
) -> None:
    posted = {key: value for key, value in SIGNATORY.items() if key != left_out}
    answer = client.post(base(act, invitation) + "/sign", data=posted)
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = SIGNATORY["title"] if left_out == "name" else SIGNATORY["name"]
    assert f'value="{kept}"' in answer.text
    assert act.session.query(Signing).count() == 0


def test_the_whole_way(act: Act, client: FlaskClient, invitation: Invitation, now: datetime) -> None:
    address = make_preview(act, client, invitation)
    page = client.get(address)
    assert "Send me the code" in page.text
    code = mailed_code(act, client, address)
    page = client.get(address)
    assert invitation.email in page.text
    assert code not in page.text
    act.session.commit()
    answer = client.post(address + "/accept", data={"code": code})
    assert answer.location == base(act, invitation) + "/receipt"
    waiting = client.get(answer.location)
    assert "Received, sealing in progress" in waiting.text
    assert waiting.headers["Refresh"] == "5"
    declaration = sealed(act, now)
    done = client.get(answer.location)
    assert "Refresh" not in done.headers
    for fact in (declaration.reference, declaration.pdf_sha256 or "?", "Åse Bjørnæs", "Managing director"):
        assert fact in done.text


def test_the_previewed_bytes_are_shown_and_downloaded_signed(
    act: Act, client: FlaskClient, invitation: Invitation, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    page = client.get(address)
    (frame,) = re.findall(r'<iframe[^>]* src="([^"]+)"', page.text)
    shown = client.get(frame)
    assert shown.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    code = mailed_code(act, client, address)
    client.post(address + "/accept", data={"code": code})
    declaration = sealed(act, now)
    file = client.get(f"{base(act, invitation)}/declarations/{declaration.id}.pdf")
    assert file.data.startswith(shown.data)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert declaration.reference in file.headers["Content-Disposition"]
    assert "sandbox" in file.headers["Content-Security-Policy"]
    for stored in act.installation.settings.data_dir.rglob(f"{declaration.pdf_sha256}*"):
        stored.unlink()
    lost = client.get(f"{base(act, invitation)}/declarations/{declaration.id}.pdf")
    assert (lost.status_code, "<h1" in lost.text) == (404, True)


def test_a_wrong_code_is_said_and_counted(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    code = mailed_code(act, client, address)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [client.post(address + "/accept", data={"code": wrong}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 6
    assert "You have 4 tries left" in answers[0].text
    assert f'value="{wrong}"' in answers[0].text
    assert "one try left" in answers[3].text
    assert "Send me a new code" in answers[4].text
    assert "mistyped five times" in answers[5].text
    assert client.post(address + "/accept", data={"code": code}).status_code == 422
    assert act.session.query(Declaration).count() == 0


def test_a_fourth_code_within_the_hour_has_to_wait(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    answers = [client.post(address + "/code") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Three codes were sent within an hour" in answers[3].text
    assert len(act.mails("signing_code")) == 3


def test_a_changed_answer_asks_for_a_new_preview(
    act: Act, client: FlaskClient, invitation: Invitation, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    code = mailed_code(act, client, address)
    assessments.save(act.session, invitation.request.assessments[0], {"CC-06": "Other"}, invitation, now)
    act.session.commit()
    for answer in (client.post(address + "/accept", data={"code": code}), client.post(address + "/code")):
        assert answer.status_code == 409
        assert "Answers changed after this preview" in answer.text
    assert client.get(address).status_code == 409
    assert act.session.query(Declaration).count() == 0


def test_a_second_preview_of_signed_answers_is_refused(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    first, second = (make_preview(act, client, invitation) for _ in range(2))
    codes = [mailed_code(act, client, address) for address in (first, second)]
    assert client.post(second + "/accept", data={"code": codes[1]}).status_code == 302
    refused = client.post(first + "/accept", data={"code": codes[0]})
    assert refused.status_code == 409
    assert "Already signed" in refused.text
    assert act.session.query(Declaration).count() == 1


def test_sending_the_form_again_shows_the_same_receipt(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    code = mailed_code(act, client, address)
    answers = [client.post(address + "/accept", data={"code": code}) for _ in range(3)]
    assert {answer.location for answer in answers} == {base(act, invitation) + "/receipt"}
    assert client.get(address).location == base(act, invitation) + "/receipt"
    assert client.post(address + "/code").location == base(act, invitation) + "/receipt"
    assert act.session.query(Declaration).count() == 1


def without_token(page: str) -> str:
    """Return a page without its forgery token, which tells the second it was made in."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_another_suppliers_things_are_not_there(
    act: Act, app: Flask, client: FlaskClient, invitation: Invitation, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    frame = re.findall(r'<iframe[^>]* src="([^"]+)"', client.get(address).text)[0]
    client.post(address + "/accept", data={"code": mailed_code(act, client, address)})
    declaration = sealed(act, now)
    other = app.test_client()
    mine = base(act, enter(act, other, act.ready(), now))
    theirs = base(act, invitation)
    file = f"{theirs}/declarations/{declaration.id}.pdf"
    act.session.commit()
    unknown = f"{mine}/sign/{uuid.uuid4()}"
    nothing = without_token(other.get(unknown).text.replace(unknown, ""))
    for path in (address, frame, file, f"{theirs}/receipt", f"{theirs}/sign"):
        for foreign in (path, path.replace(theirs, mine)):
            answer = other.get(foreign)
            if foreign not in (f"{mine}/sign", f"{mine}/receipt"):
                assert (answer.status_code, without_token(answer.text.replace(foreign, ""))) == (404, nothing), foreign
    for step in ("/code", "/accept"):
        assert other.post(address.replace(theirs, mine) + step).status_code == 404


def test_only_a_signatory_signs(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    invitation.role = InvitationRole.RESPONDENT
    act.session.commit()
    assert "Your link is for answering" in client.get(base(act, invitation) + "/sign").text
    assert client.post(base(act, invitation) + "/sign", data=SIGNATORY).status_code == 403
    assert client.post(address + "/accept", data={"code": "000000"}).status_code == 403


def test_typesetting_holds_no_lock(
    act: Act, client: FlaskClient, app: Flask, invitation: Invitation, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    renderer = app.extensions["installation"].renderer
    render = renderer.render

    def save_meanwhile(facts: object) -> bytes:
        before = reading.set(False)
        assessments.save(act.session, invitation.request.assessments[0], {"CC-06": "Meanwhile"}, invitation, now)
        act.session.commit()
        reading.reset(before)
        pdf: bytes = render(facts)
        return pdf

    monkeypatch.setattr(renderer, "render", save_meanwhile)
    address = make_preview(act, client, invitation)
    assert client.get(address).status_code == 409


def test_getting_pages_leaves_no_trace(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    before = ledger.events_about(act.session, f"signing:{address.rsplit('/', 1)[1]}")
    act.session.commit()
    for path in (address, base(act, invitation) + "/sign", base(act, invitation) + "/receipt"):
        client.get(path)
    after = ledger.events_about(act.session, f"signing:{address.rsplit('/', 1)[1]}")
    assert [event.deed for event in after] == [event.deed for event in before] == [Deed.PREVIEW_MADE]


def test_a_refused_form_can_be_reloaded(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = make_preview(act, client, invitation)
    for step in ("/code", "/accept"):
        assert client.get(address + step).location == address


def test_the_receipt_of_nothing_leads_to_the_signature(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    assert client.get(base(act, invitation) + "/receipt").location == base(act, invitation) + "/sign"


def test_a_late_seal_is_explained(act: Act, client: FlaskClient, invitation: Invitation, now: datetime) -> None:
    address = make_preview(act, client, invitation)
    client.post(address + "/accept", data={"code": mailed_code(act, client, address)})
    act.session.query(Declaration).one().sealing_tries = 2
    act.session.commit()
    assert "It takes longer than usual" in client.get(base(act, invitation) + "/receipt").text
    assert sealed(act, now + timedelta(minutes=5))


def test_the_pages_speak_bokmaal_and_so_does_the_document(
    act: Act, client: FlaskClient, invitation: Invitation
) -> None:
    client.post("/language", data={"language": "nb"})
    address = make_preview(act, client, invitation)
    signing = act.session.get_one(Signing, uuid.UUID(address.rsplit("/", 1)[1]))
    assert signing.language == "nb"
    act.session.commit()
    assert AUTHORITY.in_language("nb") in client.get(base(act, invitation) + "/sign").text


def test_a_link_closed_while_signing_asks_to_open_it_again(
    act: Act, client: FlaskClient, invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_preview(act, client, invitation)
    dead = LinkRevoked(invitation)
    act.session.commit()

    def closed(*args: object, **named: object) -> None:
        raise dead

    monkeypatch.setattr(declarations, "accept", closed)
    refused = client.post(address + "/accept", data={"code": "000000"})
    assert refused.status_code == 401
    assert "Please open your link again" in refused.text
