"""Single questions go back to the supplier."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.config import DAYS_LINK_LASTS
from portal.extensions import db
from portal.models import Declaration
from portal.services import returns
from portal.services.deviations import in_order
from portal.services.refusals import ReviewRefused, explain
from portal.web.access import open_to
from portal.web.buyer import bp
from portal.web.buyer.assessment_page import STATUS, refuse, show_sections, signed_questionnaire
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import queue, signed_in_user
from portal.web.languages import choose_language
from portal.web.transactions import after_commit, mark_failed

DAYS_TO_ANSWER = 14
"""What the form proposes."""


@bp.get("/declarations/<uuid:declaration_id>/return")
@open_to(*REVIEWERS)
def return_page(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Choose questions to send back."""
    declaration = db.session.get(Declaration, declaration_id)
    if declaration is None or declaration.signed_at is None:
        abort(404)
    return _page(declaration, None)


@bp.post("/declarations/<uuid:declaration_id>/return")
@open_to(*REVIEWERS)
def return_questions(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Send them back."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    try:
        returned = returns.return_questions(
            db.session,
            declaration,
            signed_questionnaire(declaration),
            _reasons(),
            _date(),
            by=signed_in_user(),
            now=clock(),
        )
    except ReviewRefused as refused:
        if STATUS.get(refused.code):
            return refuse(declaration, refused)
        mark_failed()
        return _page(db.session.get_one(Declaration, declaration_id), refused)
    after_commit(queue().wake_outbox)
    count = len(returned)
    flash(
        ngettext("One question is returned to the supplier.", "%(num)d questions are returned to the supplier.", count)
    )
    return redirect(url_for("buyer.assessment", assessment_id=declaration.assessment_id), 303)


def _page(declaration: Declaration, refused: ReviewRefused | None) -> Response:
    questionnaire, today = signed_questionnaire(declaration), clock().date()
    page = render_template(
        "buyer/reviews/return.html",
        declaration=declaration,
        questionnaire=questionnaire,
        sections=show_sections(declaration, questionnaire, in_order(declaration.deviations)),
        chosen=request.args.get("question", ""),
        written=request.form,
        due_on=request.form.get("due_on") or (today + timedelta(days=DAYS_TO_ANSWER)).isoformat(),
        earliest=today + timedelta(days=1),
        latest=today + timedelta(days=DAYS_LINK_LASTS),
        refused=explain(refused, choose_language()) if refused else None,
        refused_code=refused.code if refused else None,
    )
    return make_response(page, 422 if refused else 200)


def _reasons() -> dict[str, str]:
    """A question is returned when a reason stands beside it."""
    given = {name.removeprefix("reason-"): text for name, text in request.form.items() if name.startswith("reason-")}
    return {question: text for question, text in given.items() if text.strip()}


def _date() -> date:
    try:
        return date.fromisoformat(request.form.get("due_on", ""))
    except ValueError as error:
        raise ReviewRefused("date_not_possible") from error
