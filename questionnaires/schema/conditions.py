"""The schema of conditions, from the loader's own lists of words."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.fact_types import FACT_TYPES
from questionnaires.loading.conditions import ANSWER_WORDS, ROW_WORDS
from questionnaires.schema.shapes import (
    CODE,
    DATE,
    FLAG,
    NUMBER,
    QUESTION_ID,
    Schema,
    any_number,
    closed,
    defined,
    one_of,
    some,
)

_TRUE: Schema = {"const": True}
_CODES = some({"type": "string"})
_RELATIVE = "today|[1-9][0-9]{0,3} (day|month|year)s? (ago|ahead)"
_DAY: Schema = {"type": "string", "anyOf": [DATE, {"pattern": f"^({_RELATIVE})$"}]}
_OPERANDS: Mapping[str, Schema] = {
    **dict.fromkeys(("answer_in", "not_in", "missing_any"), _CODES),
    **dict.fromkeys(("at_least", "at_most", "below", "above"), NUMBER),
    **dict.fromkeys(("before", "after"), _DAY),
    **dict.fromkeys(("below_question", "above_question"), QUESTION_ID),
    **dict.fromkeys(("answered", "not_answered"), _TRUE),
    "below_column": CODE,
    "empty": FLAG,
}


def condition_schemas() -> dict[str, Schema]:
    """Return the schemas that others refer to: ``condition``, ``when`` and ``row``."""
    said = {word: _OPERANDS[word] for word in ANSWER_WORDS if word != "rows"}
    said["rows"] = {"anyOf": [defined("row"), any_number(defined("row"))]}
    on_row = {word: _OPERANDS[word] for word in ROW_WORDS}
    return {
        "condition": {
            "type": "object",
            "oneOf": [
                closed({"all": any_number(defined("condition"))}, ["all"]),
                closed({"any": any_number(defined("condition"))}, ["any"]),
                closed({"not": defined("condition")}, ["not"]),
                closed({"question": QUESTION_ID, **said}, ["question"], minProperties=2),
                closed({"fact": one_of(FACT_TYPES), **said}, ["fact"], minProperties=2),
            ],
        },
        "when": closed(said, minProperties=1),
        "row": closed({"column": CODE, **on_row}, ["column"], minProperties=2, maxProperties=2),
    }
