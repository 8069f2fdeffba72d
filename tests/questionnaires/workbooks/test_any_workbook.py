"""Whatever stands in a workbook's cells, it is read or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from questionnaires.errors import DefinitionErrors, Problem
from questionnaires.loading import load_edition
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from questionnaires.workbooks.definition import read_definition, write_definition
from questionnaires.workbooks.translations import read_translations, write_translations

TINY = Path(__file__).parents[1] / "tiny"
JUNK = some.one_of(
    some.none(),
    some.booleans(),
    some.floats(),
    some.integers(-(10**20), 10**20),
    some.dates(),
    some.text(max_size=12),
    some.sampled_from(
        [
            "../../etc/passwd",
            "=1+1",
            "#NAME?",
            "{option}",
            "x" * 40_000,
            "(" * 400,
            "yes, no",
            "9" * 5000,
            "a\nb",
            "1,234",
        ]
    ),
    some.sampled_from([date(1, 1, 1), datetime.fromisoformat("9999-12-31T23:59:59"), 1e300]),
)


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    workbook = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in workbook}


EDITIONS = {key: load_edition(TINY / key / "2026-1") for key in ("every-type", "comparing", "facts", "repeating")}
DEFINITIONS = {key: _sheets(write_definition(edition)) for key, edition in EDITIONS.items()}
TEXTS = {key: _sheets(write_translations(edition, ["sv"])) for key, edition in EDITIONS.items()}


def _with_junk(sheets: dict[str, list[list[Any]]], data: some.DataObject) -> dict[str, list[list[Any]]]:
    changed = deepcopy(sheets)
    for _ in range(data.draw(some.integers(1, 4))):
        rows = changed[data.draw(some.sampled_from([name for name in changed if name != "Read me"]))]
        row = data.draw(some.sampled_from(rows))
        row[data.draw(some.integers(0, len(row) - 1))] = data.draw(JUNK)
    return changed


@pytest.mark.parametrize("key", DEFINITIONS)
@given(data=some.data())
@settings(deadline=None, max_examples=40)
def test_a_definition_with_anything_in_it_loads_or_is_refused_with_places(key: str, data: some.DataObject) -> None:
    try:
        definition = read_definition(_with_junk(DEFINITIONS[key], data))
    except DefinitionErrors as refused:
        _says_where(refused)
        return
    try:
        load_files(definition.name, definition.files, draft=True)
    except DefinitionErrors as refused:
        _says_where(refused, definition.cell_of)


@pytest.mark.parametrize("key", TEXTS)
@given(data=some.data())
@settings(deadline=None, max_examples=40)
def test_texts_with_anything_in_them_are_taken_or_refused_with_places(key: str, data: some.DataObject) -> None:
    edition: Questionnaire = EDITIONS[key]
    try:
        files = read_translations(edition, _with_junk(TEXTS[key], data))
    except DefinitionErrors as refused:
        _says_where(refused)
        return
    load_files(edition.name, {**edition.source, **files}, draft=True)


def _says_where(refused: DefinitionErrors, cell_of: Callable[[Problem], str | None] | None = None) -> None:
    assert refused.problems
    assert all(problem.place or problem.key for problem in refused.problems)
    assert all(cell_of(problem) for problem in refused.problems) if cell_of else True
