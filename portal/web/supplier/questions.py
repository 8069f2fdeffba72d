"""One question as HTML; what looks the same for everybody is set once and kept.

Nothing that somebody wrote is ever kept: only questions without an answer, and those answered by a choice; nor is a
question that is asked of this supplier in another way than it is written, such as an addendum.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import cast

from flask import current_app
from markupsafe import Markup

from portal.web.forms import Field
from portal.web.supplier import bp
from questionnaires.model import Questionnaire

MOST_KEPT = 4_000
"""More than all questions of a catalogue, in all languages, with each of their answers."""

_kept: dict[tuple[object, ...], Markup] = {}


@bp.app_template_global()
def show_question(
    field: Field, questionnaire: Questionnaire, language: str, files: Mapping[str, uuid.UUID], address: str
) -> Markup:
    """Return a question with its answer, ready to be changed or to be read."""
    if not _is_common(field) or field.question is not questionnaire.question(field.name):
        return set_question(field, language, files, address)
    flags = field.asked, field.comment_is_asked, field.empty_rows
    key = (questionnaire.name, questionnaire.digest, field.name, language, str(field.value), *flags)
    known = _kept.get(key)
    if known is None:
        known = set_question(field, language, files, address)
        if len(_kept) < MOST_KEPT:
            _kept[key] = known
    return known


def set_question(field: Field, language: str, files: Mapping[str, uuid.UUID], address: str) -> Markup:
    """Return a question as HTML that is not kept."""
    # the macros take all that differs as arguments, so that a template's module serves every reader
    module = current_app.jinja_env.get_template("questions/question.html").module
    return cast("Markup", module.question(field, language, files, address))  # type: ignore[attr-defined]


def _is_common(field: Field) -> bool:
    kind = field.question.type
    problems = field.problem or field.comment_problem or field.documents_problem
    written = problems or field.comment or field.documents or field.returned or field.carried
    is_chosen = field.value is None or kind.codes is not None
    return field.is_open and not written and is_chosen and kind.read_from_form
