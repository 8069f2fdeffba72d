from __future__ import annotations

import pytest


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what pages show does not hang on the kind of database; a module that asks both imports that fixture."""
    return sqlite_url
