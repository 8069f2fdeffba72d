"""Browsers of those who prove."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Role
from tests.factories import Make
from tests.portal.web.browsers import browser_beside


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser that does not wait for the test's own session."""
    return browser_beside(app, session)


@pytest.fixture
def auditor(client: FlaskClient, make: Make) -> FlaskClient:
    """A browser in which an auditor is signed in."""
    make.sign_in(client, make.user(Role.AUDITOR))
    return client
