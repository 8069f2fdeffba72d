"""A reviewer says how an answer was looked into, or takes that back."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import CheckLevel, Declaration
from portal.services import answer_checks
from portal.services.refusals import ReviewRefused
from portal.web.access import open_to
from portal.web.buyer import bp
from portal.web.buyer.assessment_page import questionnaire_of, refuse
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import signed_in_user


@bp.post("/declarations/<uuid:declaration_id>/checks")
@open_to(*REVIEWERS)
def check_answer(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Keep that an answer was checked, by whom, and what was looked at."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    level, question = request.form.get("level", ""), request.form.get("question", "")
    if level not in set(CheckLevel):
        abort(400)
    try:
        answer_checks.check(
            db.session,
            declaration,
            questionnaire_of(declaration.assessment),
            question,
            CheckLevel(level),
            request.form.get("note", ""),
            by=signed_in_user(),
            now=clock(),
        )
    except ReviewRefused as refused:
        return refuse(declaration, refused)
    return _back(declaration, question, _("The answer is marked as checked."))


@bp.post("/declarations/<uuid:declaration_id>/checks/take-back")
@open_to(*REVIEWERS)
def take_check_back(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Take back that an answer was checked; the ledger keeps both."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    question = request.form.get("question", "")
    try:
        answer_checks.take_back(db.session, declaration, question, by=signed_in_user(), now=clock())
    except ReviewRefused as refused:
        return refuse(declaration, refused)
    return _back(declaration, question, _("The answer is no longer marked as checked."))


def _back(declaration: Declaration, question: str, done: str) -> ResponseReturnValue:
    flash(done, "success")
    known = {each.id for each in questionnaire_of(declaration.assessment).questions}
    anchor = f"answer-{question}" if question in known else None
    return redirect(url_for("buyer.assessment", assessment_id=declaration.assessment_id, _anchor=anchor), 303)
