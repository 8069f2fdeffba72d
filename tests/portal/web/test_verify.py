"""The public page that checks any PDF: honest, forgetful, and never at a loss."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.extensions import limiter
from portal.installation import Installation
from portal.models import Declaration, LedgerEvent, Renewal
from portal.pdf.verification_child import verify_in_child
from portal.web import examining, public
from tests.factories import Make
from tests.portal.signing_acts import Act
from tests.portal.web.browsers import browser_beside
from tests.portal.web.pages import check


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser that does not wait for the test's own session."""
    return browser_beside(app, session)


@pytest.fixture
def pdf(installation: Installation, session: Session, make: Make) -> bytes:
    """A declaration that was really signed, as its holder got it."""
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), make.now)
    assert act.seal(accepted, make.now)
    return installation.store.get(session.get_one(Declaration, accepted.id).pdf_sha256 or "")


def send(client: FlaskClient, content: bytes, name: str = "declaration.pdf") -> TestResponse:
    return client.post("/verify", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_the_page_asks_for_a_file(client: FlaskClient) -> None:
    text = check(client.get("/verify"))
    assert "nothing is kept" in text
    assert "/verify/certificates.pem" in text


def test_a_declaration_is_proven(client: FlaskClient, pdf: bytes) -> None:
    answer = send(client, pdf)
    assert answer.status_code == 200
    text = check(answer)
    assert "Proven: this declaration is signed and sealed" in text
    assert "This very file is in this portal" in text
    assert "Kari Prøve, Managing director" in text
    assert hashlib.sha256(pdf).hexdigest() in text
    assert "the newest version of this declaration" in text
    assert "Bevist" in client.post(
        "/verify", data={"file": (io.BytesIO(pdf), "a.pdf")}, headers={"Accept-Language": "nb"}
    ).text  # fmt: skip


def test_one_byte_more_is_seen_and_said(client: FlaskClient, pdf: bytes) -> None:
    text = check(send(client, pdf + b"\n"))
    assert "Not proven: do not rely on this file." in text
    assert "appended" in text
    assert "What the file says of itself, unproven" in text


def test_one_byte_changed_is_seen(client: FlaskClient, pdf: bytes) -> None:
    middle = len(pdf) // 3
    changed = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
    assert "Not proven" in check(send(client, changed))


def test_a_genuine_signature_that_the_ledger_does_not_know_proves_nothing(
    client: FlaskClient, installation: Installation, session: Session, make: Make
) -> None:
    """What somebody with the stolen seal could make."""
    act = Act(installation, session, make)
    signing = act.preview(act.ready(), make.now)
    preview = installation.store.get(signing.previews[0].pdf_sha256)
    from portal.pdf.signing import Signatory  # noqa: PLC0415  only this test signs by itself

    forged = installation.signer.sign(preview, Signatory("Kari", "CEO", "k@x.example", "X AS"), "2026-X", make.now)
    text = check(send(client, forged.pdf))
    assert "Not proven" in text
    assert "not in this portal" in text


@pytest.mark.parametrize(
    "content", [b"hello", b"PK\x03\x04", b"%PDF-", b"%PDF-1.7\n" + b"\x00" * 4000, b"<script>alert(1)</script>"]
)
def test_other_files_are_no_error(client: FlaskClient, content: bytes) -> None:
    answer = send(client, content, "<script>.pdf")
    assert answer.status_code == 200
    assert "<script>" not in check(answer).replace('<script src="', "")


def test_nothing_chosen_is_said(client: FlaskClient) -> None:
    for answer in (client.post("/verify"), send(client, b"")):
        assert answer.status_code == 422
        assert "Choose a file first." in check(answer)


def test_a_file_that_is_too_large_is_refused_in_words(client: FlaskClient) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    body = head + b"\0" * (25 * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = client.post("/verify", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "This is too large" in answer.text


def test_whatever_fails_the_file_cannot_be_verified(
    client: FlaskClient, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the child is gone")

    monkeypatch.setattr(public, "verify_in_child", fail)
    answer = send(client, pdf)
    assert answer.status_code == 200
    assert "cannot be verified" in check(answer)


def test_nothing_is_kept(client: FlaskClient, pdf: bytes, installation: Installation, session: Session) -> None:
    files = sorted(installation.settings.data_dir.rglob("files/**/*"))
    events = session.query(LedgerEvent).count()
    send(client, pdf + b"\n")
    session.rollback()
    assert sorted(installation.settings.data_dir.rglob("files/**/*")) == files
    assert session.query(LedgerEvent).count() == events


def test_a_check_holds_up_no_writer(
    client: FlaskClient, pdf: bytes, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = verify_in_child
    written = []

    def write_meanwhile(*given: object, **named: object) -> object:
        written.append(make.user())
        return genuine(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(public, "verify_in_child", write_meanwhile)
    assert send(client, pdf).status_code == 200
    assert written


def test_too_many_checks_are_slowed_down(app: Flask, client: FlaskClient) -> None:
    limiter.enabled = True
    limiter.reset()
    answers = [send(client, b"hello").status_code for _ in range(21)]
    limiter.reset()
    assert answers == [200] * 20 + [429]


def test_when_all_places_are_taken_the_reader_is_asked_to_wait(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "SECONDS_TO_WAIT", 0.01)
    for _ in range(examining.AT_ONCE):
        examining.places.acquire()
    try:
        assert send(client, b"hello").status_code == 503
    finally:
        for _ in range(examining.AT_ONCE):
            examining.places.release()


def test_the_root_certificates_can_be_had(client: FlaskClient) -> None:
    answer = client.get("/verify/certificates.pem")
    assert answer.data.count(b"-----BEGIN CERTIFICATE-----") == 2
    assert b"PRIVATE" not in answer.data


def test_a_declaration_whose_place_was_taken_is_proven_and_said_to_be_so(
    client: FlaskClient, pdf: bytes, session: Session
) -> None:
    declaration = session.query(Declaration).filter_by(pdf_sha256=hashlib.sha256(pdf).hexdigest()).one()
    declaration.superseded_by_id = declaration.id  # whichever it is
    session.commit()
    text = check(send(client, pdf))
    assert "Proven: this declaration is signed and sealed" in text
    assert "took the place of this one" in text


def test_a_file_that_was_renewed_since_is_said_to_be_so(client: FlaskClient, pdf: bytes, session: Session) -> None:
    declaration = session.query(Declaration).filter_by(pdf_sha256=hashlib.sha256(pdf).hexdigest()).one()
    moment = declaration.accepted_at
    declaration.renewals.append(Renewal(number=1, pdf_sha256="0" * 64, renewed_at=moment, renew_before=moment))
    session.commit()
    assert "There is a newer file of this declaration" in check(send(client, pdf))
