"""The JSON Schema takes every file that the loader takes, and refuses what no key or type is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from questionnaires.catalogue import DEFINITIONS
from questionnaires.loading.answer_types import COLUMN_TYPES, QUESTION_TYPES
from questionnaires.schema import definition_schema, translation_schema
from questionnaires.schema.definition import column_keys, question_keys

HERE = Path(__file__).parent
FILES = sorted(path for root in (DEFINITIONS, HERE / "tiny") for path in root.glob("*/*/*.yaml"))
BROKEN = HERE / "broken"
UNKNOWN = [
    path.parent.name
    for path in sorted(BROKEN.glob("*/expected.yaml"))
    if "unknown key" in path.read_text("utf-8") or "unknown type" in path.read_text("utf-8")
]
VALIDATORS = {
    True: Draft202012Validator(definition_schema()),
    False: Draft202012Validator(translation_schema()),
}
"""By whether the file is the definition itself."""


class _EditorsLoader(yaml.CSafeLoader):
    """Reads as editors do: a date is text."""


_EditorsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _complaints(path: Path) -> list[str]:
    content: Any = yaml.load(path.read_bytes(), Loader=_EditorsLoader)
    validator = VALIDATORS[path.name == "questionnaire.yaml"]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]


@pytest.mark.parametrize("is_definition", [True, False])
def test_the_schemas_are_schemas(is_definition: bool) -> None:
    Draft202012Validator.check_schema(VALIDATORS[is_definition].schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "-".join(path.parts[-3:]))
def test_every_file_that_loads_is_valid(path: Path) -> None:
    assert _complaints(path) == []


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_key_or_type_is_not_valid(case: str) -> None:
    expected = yaml.safe_load((BROKEN / case / "expected.yaml").read_text("utf-8"))
    assert _complaints(BROKEN / case / expected["file"])


def test_there_are_broken_files_to_refuse() -> None:
    assert len(UNKNOWN) >= 5


@pytest.mark.parametrize("name", QUESTION_TYPES)
def test_a_question_may_hold_what_the_loader_asks_for(name: str) -> None:
    described = definition_schema()["$defs"][f"question_{name}"]
    assert set(described["properties"]) == set(question_keys(name).allowed)
    assert {"id", "text"} <= set(described["required"])


def test_what_the_loader_misses_is_required() -> None:
    required = {name: set(question_keys(name).required) - {"id", "text"} for name in QUESTION_TYPES}
    assert {name: keys for name, keys in required.items() if keys} == {
        "acknowledgement": {"label"},
        "one_of": {"options"},
        "several_of": {"options"},
        "signature": {"label"},
        "table": {"columns"},
    }
    assert set(column_keys("one_of").required) == {"id", "text", "type", "options"}
    assert set(COLUMN_TYPES) < set(QUESTION_TYPES)
