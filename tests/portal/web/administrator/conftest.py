"""Browsers of those who look at what is asked; on SQLite only, since nothing here is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.administrator import preview, trying
from questionnaires.model import Questionnaire
from tests.factories import Make


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """SQLite: a preview does not hang on the database."""
    path = tmp_path / "portal.sqlite"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def client(app: Flask, make: Make) -> FlaskClient:
    """A browser in which a buyer is signed in."""
    client = app.test_client()
    make.sign_in(client, make.user())
    return client


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[[Questionnaire], Questionnaire]:
    """Let the pages find an edition that is not in the catalogue."""

    def found(edition: Questionnaire) -> Questionnaire:
        for module in (preview, trying):
            monkeypatch.setattr(module, "find_edition", lambda *_: edition)
        return edition

    return found
