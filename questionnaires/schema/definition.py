"""The schema of ``questionnaire.yaml``: which keys a type has is asked of the loader, what they hold stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.answers import FILE_KINDS
from questionnaires.answers.tables import MOST_ROWS
from questionnaires.errors import DefinitionErrors
from questionnaires.loading.answer_types import COLUMN_TYPES, QUESTION_TYPES, WITH_REASON
from questionnaires.loading.conditions import Surroundings
from questionnaires.loading.entry import Entry
from questionnaires.loading.problems import Problems
from questionnaires.loading.questions import draft_question, finish_question
from questionnaires.model import Change, Severity
from questionnaires.schema.conditions import condition_schemas
from questionnaires.schema.shapes import (
    CODE,
    DATE,
    DRAFT,
    FLAG,
    NUMBER,
    QUESTION_ID,
    TEXT,
    WHOLE,
    Schema,
    any_number,
    closed,
    defined,
    one_of,
    some,
    within,
)
from questionnaires.workbooks.layout import LAYOUTS

_KINDS = some(one_of(FILE_KINDS))
_DECIMALS = ("decimal", "money")
"""The types whose limits may have decimals."""

_VALUES: Mapping[str, Schema] = {
    "id": QUESTION_ID,
    "text": TEXT,
    "help": TEXT,
    "required": FLAG,
    "ask_if": defined("condition"),
    "comment": closed({"label": TEXT, "when": some(CODE), "required": FLAG}, ["label"]),
    "basis": TEXT,
    "evidence": TEXT,
    "documents": {
        "oneOf": [_KINDS, closed({"kinds": _KINDS, "required": FLAG, "maximum": within(1, 20)})],
    },
    "deviations": any_number(defined("deviation")),
    "changed": one_of(Change),
    "prefill": FLAG,
    "label": TEXT,
    "addendum_to": QUESTION_ID,
    "own_code": QUESTION_ID,
    "clauses": any_number(closed({"no": TEXT, "title": TEXT, "text": TEXT}, ["no", "title", "text"])),
    "document": closed(
        {"number": TEXT, "version": TEXT, "effective_from": DATE, "adopted_by": TEXT},
        ["number", "version", "effective_from", "adopted_by"],
    ),
    "not_known": FLAG,
    "not_applicable": {"enum": [True, False, WITH_REASON]},
    "options": {**some(closed({"code": CODE, "text": TEXT, "exclusive": FLAG}, ["code", "text"])), "minItems": 2},
    "minimum": {"type": "integer", "minimum": 1},
    "unit": TEXT,
    "at_least": WHOLE,
    "at_most": WHOLE,
    "currencies": some({"type": "string", "pattern": "^[A-Z]{3}$"}),
    "not_after_today": FLAG,
    "columns": some(defined("column")),
    "minimum_rows": within(0, MOST_ROWS),
    "maximum_rows": within(1, MOST_ROWS),
    "kinds": _KINDS,
    "maximum_files": within(1, 20),
}
"""What stands under each key of a question or a column."""
_COLUMN_KEYS = ("id", "text", "type", "required", "ask_if")
_RULE = {
    "severity": one_of(Severity),
    "sentence": TEXT,
    "raised": any_number(closed({"if": defined("condition"), "to": one_of(Severity)}, ["if", "to"])),
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a type, as the loader asks for them."""

    allowed: tuple[str, ...]
    required: frozenset[str]


def definition_schema() -> Schema:
    """Return the JSON Schema of ``questionnaire.yaml``."""
    return {
        "$schema": DRAFT,
        "title": "An edition of a questionnaire",
        **closed(
            {
                "key": {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
                "edition": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{1,2}$"},
                "title": TEXT,
                "introduction": TEXT,
                "minutes": {"type": "integer", "minimum": 1},
                "statement": TEXT,
                "short_form": closed({"key": CODE, "offered_if": defined("condition")}, ["key", "offered_if"]),
                "sections": some(defined("section")),
                "rules": any_number(defined("rule")),
            },
            ["key", "edition", "title", "introduction", "minutes", "statement", "sections"],
        ),
        "$defs": {**_parts(), **condition_schemas()},
    }


def question_keys(name: str) -> Keys:
    """Return the keys of a question of a type; found out by letting the loader read an empty one."""
    problems = Problems("")
    entry = Entry("", {"type": name}, {}, problems)
    finish_question(draft_question(entry, "", Surroundings({})), "", Surroundings({}))
    return Keys(entry.asked, _missed(problems))


def column_keys(name: str) -> Keys:
    """Return the keys of a column of a type."""
    problems = Problems("")
    entry = Entry("", {"type": name}, {}, problems)
    COLUMN_TYPES[name](entry, Surroundings({}))
    return Keys((*_COLUMN_KEYS, *entry.asked), _missed(problems) | {"id", "text", "type"})


def _parts() -> dict[str, Schema]:
    section = {
        "id": CODE,
        "title": TEXT,
        "introduction": TEXT,
        "ask_if": defined("condition"),
        "repeat_for": QUESTION_ID,
        "questions": some(defined("question")),
    }
    deviation = {"when": defined("when"), "and": defined("condition"), **_RULE}
    rule = {"id": CODE, "if": defined("condition"), "about": some(QUESTION_ID), **_RULE}
    return {
        "section": closed(section, ["id", "title", "questions"]),
        "question": _by_type(QUESTION_TYPES, "question"),
        "column": _by_type(COLUMN_TYPES, "column"),
        **{f"question_{name}": _of_type(name, question_keys(name), "Questions") for name in QUESTION_TYPES},
        **{f"column_{name}": _of_type(name, column_keys(name), "Columns") for name in COLUMN_TYPES},
        "deviation": closed(deviation, ["when", "severity", "sentence"]),
        "rule": closed(rule, ["id", "if", "about", "severity", "sentence"]),
    }


def _by_type(types: Mapping[str, Any], what: str) -> Schema:
    """Return a schema that leads to the one of the type that is written."""
    return {
        "type": "object",
        "properties": {"type": one_of(types)},
        "required": ["id", "text", "type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": defined(f"{what}_{name}"),
            }
            for name in types
        ],
    }


def _of_type(name: str, keys: Keys, sheet: str) -> Schema:
    limits = dict.fromkeys(("at_least", "at_most"), NUMBER) if name in _DECIMALS else {}
    values = {**_VALUES, **limits, "type": {"const": name}}
    if sheet == "Columns":
        values |= {"id": CODE, "not_applicable": FLAG}
    about = {heading.path[0]: heading.about.english for heading in LAYOUTS[sheet].headings if len(heading.path) == 1}
    properties = {key: {**values[key], **_described(about.get(key))} for key in keys.allowed}
    more = {"dependentSchemas": _ADDENDUM} if "addendum_to" in properties else {}
    return closed(properties, keys.required, **more)


_ADDENDUM = {"addendum_to": {"properties": {"clauses": False, "document": False}}}
"""An addendum takes its clauses from another question."""


def _described(words: str | None) -> dict[str, str]:
    return {"description": words} if words else {}


def _missed(problems: Problems) -> frozenset[str]:
    """Return the keys that the loader missed."""
    try:
        problems.refuse()
    except DefinitionErrors as error:
        return frozenset(problem.key for problem in error.problems)
    return frozenset()
