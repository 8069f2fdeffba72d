from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import main

Run = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without any setting but the data folder, which is not there yet."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("PORTAL_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def run(environment: Path) -> Run:
    """Run a command as a person would."""

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, words, input=typed, prog_name="portal")

    return invoke


@pytest.fixture
def installed(run: Run, environment: Path) -> Path:
    """The data folder of an installation that is ready."""
    assert run("init").exit_code == 0
    return environment
