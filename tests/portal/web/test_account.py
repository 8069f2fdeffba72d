"""Signing in and out, and what the server remembers of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.extensions import limiter
from portal.models import Role, User
from portal.services import users
from portal.services.actors import COMMAND_LINE
from portal.web.access import STAFF_IDLE, safe_next
from tests.factories import Make

PASSWORD = "a long walk in the woods 7"


@pytest.fixture
def auditor(session: Session, make: Make) -> User:
    user = users.add_user(
        session, "revisor@testfirma.example", Role.AUDITOR, "Revisor", PASSWORD, now=make.now, by=COMMAND_LINE
    )
    session.commit()
    return user


def sign_in(client: FlaskClient, password: str = PASSWORD, **fields: str) -> int:
    answer = client.post("/sign-in", data={"email": "Revisor@testfirma.example", "password": password, **fields})
    return answer.status_code


def test_the_right_password_opens_the_door(client: FlaskClient, auditor: User) -> None:
    assert sign_in(client) == 302
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "x", PASSWORD.upper()])
def test_a_wrong_password_does_not_and_says_so(client: FlaskClient, auditor: User, password: str) -> None:
    assert sign_in(client, password) == 422
    assert client.get("/account").status_code == 302


def test_a_cookie_from_before_signing_out_is_dead(client: FlaskClient, app: Flask, auditor: User) -> None:
    sign_in(client)
    stolen = client.get_cookie("portal")
    assert stolen is not None
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("portal", stolen.value)
    assert thief.get("/account").status_code == 302


def test_half_an_hour_of_silence_ends_a_sign_in(client: FlaskClient, auditor: User) -> None:
    sign_in(client)
    with client.session_transaction() as cookie:
        cookie["seen"] -= STAFF_IDLE.total_seconds() - 60
    assert client.get("/account").status_code == 200
    with client.session_transaction() as cookie:
        cookie["seen"] -= STAFF_IDLE.total_seconds() + 60
    assert client.get("/account").status_code == 302


def test_a_disabled_user_is_out_on_the_next_page(
    client: FlaskClient, session: Session, make: Make, auditor: User
) -> None:
    sign_in(client)
    auditor.disabled_at = make.now
    session.commit()
    assert client.get("/account").status_code == 302


def test_a_new_password_ends_every_other_sign_in(client: FlaskClient, app: Flask, auditor: User) -> None:
    sign_in(client)
    other = app.test_client()
    sign_in(other)
    new = "seven geese crossed the fjord"
    assert client.post("/account/password", data={"current": PASSWORD, "new": new}).status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(other, new) == 302


def test_the_eleventh_wrong_password_has_to_wait(client: FlaskClient, auditor: User) -> None:
    limiter.enabled = True
    limiter.reset()
    assert [sign_in(client, "wrong") for _ in range(11)] == [422] * 10 + [429]
    limiter.reset()


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "///evil", "/\\evil", "\\/evil", "https:evil", "/a\nb", ""]
)
def test_nobody_is_sent_off_to_another_site(target: str) -> None:
    assert safe_next(target) is None


def test_a_reader_is_sent_on_to_the_page_that_was_asked_for(client: FlaskClient, auditor: User) -> None:
    answer = client.get("/account?x=1")
    assert answer.headers["Location"] == "/sign-in?next=/account?x%3D1"
    answer = client.post(
        "/sign-in", data={"email": "revisor@testfirma.example", "password": PASSWORD, "next": "/account?x=1"}
    )
    assert answer.headers["Location"] == "/account?x=1"


def test_the_chosen_language_stays(client: FlaskClient) -> None:
    assert 'lang="en"' in client.get("/").text
    client.post("/language", data={"language": "nb", "next": "/"})
    assert 'lang="nb"' in client.get("/").text


def test_a_norwegian_browser_is_answered_in_bokmaal(client: FlaskClient) -> None:
    assert 'lang="nb"' in client.get("/", headers={"Accept-Language": "nn-NO,nn;q=0.9"}).text
