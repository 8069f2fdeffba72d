"""Every edition there is, and workbooks as somebody reads them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from questionnaires.catalogue import DEFINITIONS
from questionnaires.loading import load_edition
from questionnaires.model import Questionnaire

FOLDERS = sorted(
    path.parent
    for root in (DEFINITIONS, Path(__file__).parents[1] / "tiny")
    for path in root.glob("*/*/questionnaire.yaml")
)

Sheet = list[list[Any]]


@pytest.fixture(params=FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def edition(request: pytest.FixtureRequest) -> Questionnaire:
    """Each shipped edition, and each tiny one."""
    return load_edition(request.param)


@pytest.fixture(scope="session")
def sheets_of() -> Callable[[bytes], dict[str, Sheet]]:
    """Return what reads a workbook of our own; one of a stranger is read in a child process."""

    def read(content: bytes) -> dict[str, Sheet]:
        workbook = openpyxl.load_workbook(BytesIO(content))
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in workbook}

    return read
