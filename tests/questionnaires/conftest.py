"""The tiny questionnaires, one per feature of the language, and forms as a browser posts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from questionnaires.answers import AnswerType, FormFields
from questionnaires.loading import load_edition
from questionnaires.model import Questionnaire

TINY = Path(__file__).parent / "tiny"


class _Posted(dict[str, list[str]]):
    def getlist(self, name: str, /) -> list[str]:
        return self.get(name, [])


@pytest.fixture(scope="session")
def tiny() -> Callable[[str], Questionnaire]:
    """Load a tiny questionnaire by its key, once."""
    loaded: dict[str, Questionnaire] = {}

    def load(key: str) -> Questionnaire:
        if key not in loaded:
            loaded[key] = load_edition(TINY / key / "2026-1")
        return loaded[key]

    return load


@pytest.fixture(scope="session")
def type_of(tiny: Callable[[str], Questionnaire]) -> Callable[[str], AnswerType]:
    """Return the answer type of a question in the tiny questionnaire that has one of each."""
    return lambda question_id: tiny("every-type").question(question_id).type


@pytest.fixture(scope="session")
def post() -> Callable[[dict[str, str | list[str]]], FormFields]:
    """Make a posted form from names and values; a list stands for a name posted several times."""

    def make(fields: dict[str, str | list[str]]) -> FormFields:
        return _Posted({name: [value] if isinstance(value, str) else value for name, value in fields.items()})

    return make
