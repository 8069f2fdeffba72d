"""Browsers of those who ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import Make


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser; whatever the test has read or written by then is let go of first, or SQLite would wait for it."""
    inner = app.wsgi_app

    def after_letting_go(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        session.commit()
        return inner(environ, start_response)

    app.wsgi_app = after_letting_go  # type: ignore[method-assign]
    return app.test_client()


@pytest.fixture
def buyer(client: FlaskClient, make: Make) -> FlaskClient:
    """A browser in which a buyer is signed in."""
    make.sign_in(client, make.user())
    return client
