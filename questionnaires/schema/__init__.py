"""JSON Schemas of the language, so that editors complete and check; the loader alone says what is accepted."""

from questionnaires.schema.definition import definition_schema
from questionnaires.schema.translation import translation_schema

__all__ = ["definition_schema", "translation_schema"]
