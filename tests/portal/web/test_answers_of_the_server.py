"""Errors and headers: every answer explains itself and is sealed off."""

from __future__ import annotations

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from portal import create_app
from portal.config import Settings
from portal.web import access
from portal.web.access import Audience, open_to


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/nothing-here", 404), ("/sign-in", 200), ("/health", 200), ("/account", 302)]
)
def test_every_answer_carries_the_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_a_form_without_its_token_is_refused_in_words(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/language", data={"language": "nb"})
    assert answer.status_code == 400
    assert "Reload the page" in answer.text


def test_another_host_gets_nothing(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_fault_of_ours_tells_a_number_and_nothing_else(app: Flask) -> None:
    @app.get("/broken")
    @open_to(Audience.ANYONE)
    def broken() -> str:
        raise RuntimeError("secret detail")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "tell us this number" in answer.text


def test_a_page_that_does_not_say_who_may_open_it_stops_the_start(app: Flask) -> None:
    app.view_functions["silent"] = lambda: abort(404)
    with pytest.raises(access.AccessError, match="silent"):
        access.join(app)


def test_the_demo_mailbox_exists_in_the_demo_only(client: FlaskClient, settings: Settings) -> None:
    assert client.get("/demo/mailbox").status_code == 404
    app = create_app(settings)
    app.extensions["installation"].engine.dispose()
    assert not any(rule.rule.startswith("/demo") for rule in app.url_map.iter_rules())
