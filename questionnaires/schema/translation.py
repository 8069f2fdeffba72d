"""The schema of a translation file such as ``nb.yaml``."""

from __future__ import annotations

from questionnaires.schema.shapes import DRAFT, TEXT, Schema, by_name, closed

_OPTIONS = by_name(TEXT)


def translation_schema() -> Schema:
    """Return the JSON Schema of a translation file; in a draft any text may be missing."""
    clause = closed({"title": TEXT, "text": TEXT})
    question = closed(
        {
            **dict.fromkeys(("text", "help", "unit", "label", "comment", "evidence"), TEXT),
            "document": closed({"adopted_by": TEXT}),
            "clauses": by_name(clause),
            "options": _OPTIONS,
            "columns": by_name(TEXT),
            "column_units": by_name(TEXT),
            "column_options": by_name(_OPTIONS),
            "deviations": {"type": "array", "items": {"anyOf": [TEXT, {"type": "null"}]}},
        }
    )
    top = closed(
        {
            **dict.fromkeys(("title", "introduction", "statement"), TEXT),
            "sections": by_name(closed({"title": TEXT, "introduction": TEXT})),
            "questions": by_name(question),
            "rules": by_name(TEXT),
        }
    )
    return {"$schema": DRAFT, "title": "A translation of an edition", **top}
