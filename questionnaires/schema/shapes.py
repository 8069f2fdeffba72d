"""Small schemas that others are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, draft 2020-12."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string", "pattern": "\\S"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
CODE: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"}
QUESTION_ID: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"}
DATE: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def some(item: Schema) -> Schema:
    """Return the schema of a list that is not empty."""
    return {"type": "array", "items": item, "minItems": 1}


def any_number(item: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def one_of(words: Iterable[str]) -> Schema:
    """Return the schema of one of some words."""
    return {"enum": [str(word) for word in words]}


def within(lowest: int, highest: int) -> Schema:
    """Return the schema of a whole number between two others."""
    return {"type": "integer", "minimum": lowest, "maximum": highest}


def closed(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": sorted(required),
        "additionalProperties": False,
        **more,
    }


def by_name(value: Schema) -> Schema:
    """Return the schema of a mapping whose keys are ids or codes."""
    return {"type": "object", "additionalProperties": value}


def defined(name: str) -> Schema:
    """Return a reference to a schema that is described once."""
    return {"$ref": f"#/$defs/{name}"}
