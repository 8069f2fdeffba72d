"""Browsers for tests that also hold a database session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session


def browser_beside(app: Flask, session: Session) -> FlaskClient:
    """Return a browser; the session lets go before each request, or SQLite would wait for it."""
    inner = app.wsgi_app

    def after_letting_go(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        session.commit()
        return inner(environ, start_response)

    app.wsgi_app = after_letting_go  # type: ignore[method-assign]
    return app.test_client()
