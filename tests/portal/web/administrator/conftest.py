"""An administrator's browser; what these pages do does not hang on the database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.models import Role
from tests.factories import Make
from tests.portal.web.buyer.conftest import client

__all__ = ["client"]


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """SQLite."""
    path = tmp_path / "portal.sqlite"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def administrator(client: FlaskClient, make: Make) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    return client
