"""Browsers of those who decide what is asked; what these pages do does not hang on the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.models import Role
from portal.web.administrator import preview, trying
from questionnaires.model import Questionnaire
from tests.factories import Make
from tests.portal.web.buyer.conftest import buyer, client

__all__ = ["buyer", "client"]


@pytest.fixture
def administrator(client: FlaskClient, make: Make) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[[Questionnaire], Questionnaire]:
    """Let the pages find an edition that is not in the catalogue."""

    def found(edition: Questionnaire) -> Questionnaire:
        for module in (preview, trying):
            monkeypatch.setattr(module, "find_edition", lambda *_: edition)
        return edition

    return found
