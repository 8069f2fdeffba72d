"""Two people at the same page: what one has left alone does not undo what the other has answered since."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from portal.web.forms import Form, Reading, fingerprint, form_keys, was_name
from questionnaires.model import Question
from questionnaires.values import Answers


def spare_others(reading: Reading, questions: Iterable[Question], form: Form, answers: Answers, language: str) -> None:
    """Take out of a reading what was left as the page showed it, and what would replace an answer nobody has seen.

    The latter becomes a problem with the newer answer in it; the page that says so carries its fingerprint, so that
    saving once more replaces it. A question posted without a fingerprint is saved as it is.
    """
    for question in questions:
        was, now, typed = form.get(was_name(question)), fingerprint(question, answers), _typed(reading, question)
        if was is None or (was == now and typed != was):
            continue
        for key in form_keys(question):
            reading.changes.pop(key, None)
        if typed not in {was, now}:
            reading.problems.pop(question.comment_key, None)
            reading.problems[question.id] = _sentence(question, answers, language)


def _typed(reading: Reading, question: Question) -> str | None:
    """Return the fingerprint of what was posted; None where it does not fit."""
    keys = form_keys(question)
    return None if any(key in reading.problems for key in keys) else fingerprint(question, reading.changes)


def _sentence(question: Question, answers: Answers, language: str) -> str:
    parts = question.type.display(answers.get(question.id), language), str(answers.get(question.comment_key) or "")
    answer = "\n".join(part for part in parts if part) or "–"
    return str(
        _(
            "This was answered meanwhile, by somebody else or in another window: “%(answer)s”. "
            "What you wrote is not saved yet; save again to replace that answer.",
            answer=answer,
        )
    )
