"""Browsers of those who look at what is asked; on SQLite only, since nothing here is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

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
