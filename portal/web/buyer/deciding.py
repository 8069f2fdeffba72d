"""The deeds of a reviewer: flag, dismiss, add, note, hand over, approve."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import Assessment, Declaration, Deviation
from portal.services import deviations, reviews
from portal.services.refusals import ReviewRefused
from portal.web.access import open_to
from portal.web.buyer import bp
from portal.web.buyer.assessment_page import questionnaire_of, refuse
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import signed_in_user
from questionnaires.model import Severity


@bp.post("/deviations/<uuid:deviation_id>/flag")
@open_to(*REVIEWERS)
def flag(deviation_id: uuid.UUID) -> ResponseReturnValue:
    """Make a proposal a deviation."""
    deviation = db.session.get(Deviation, deviation_id) or abort(404)
    severity, reason = _severity(), request.form.get("reason", "")
    return _do(
        deviation.declaration,
        lambda: deviations.flag(db.session, deviation, severity, reason, by=signed_in_user(), now=clock()),
        _("The deviation is flagged."),
        f"deviation-{deviation_id}",
    )


@bp.post("/deviations/<uuid:deviation_id>/dismiss")
@open_to(*REVIEWERS)
def dismiss(deviation_id: uuid.UUID) -> ResponseReturnValue:
    """Decide that a proposal is no deviation."""
    deviation = db.session.get(Deviation, deviation_id) or abort(404)
    reason = request.form.get("reason", "")
    return _do(
        deviation.declaration,
        lambda: deviations.dismiss(db.session, deviation, reason, by=signed_in_user(), now=clock()),
        _("The proposed deviation is dismissed, with your reason."),
        f"deviation-{deviation_id}",
    )


@bp.post("/declarations/<uuid:declaration_id>/deviations")
@open_to(*REVIEWERS)
def add_deviation(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Add a deviation that no rule found."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    questionnaire, severity = questionnaire_of(declaration.assessment), _severity()

    def add() -> None:
        deviations.add(
            db.session,
            declaration,
            questionnaire,
            question=request.form.get("question") or None,
            severity=severity,
            sentence=request.form.get("sentence", ""),
            by=signed_in_user(),
            now=clock(),
        )

    return _do(declaration, add, _("The deviation is added."), "deviations")


@bp.post("/declarations/<uuid:declaration_id>/notes")
@open_to(*REVIEWERS)
def write_note(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a note; the supplier never sees it."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    assessment, text = declaration.assessment, request.form.get("text", "")
    question = _question(assessment, request.form.get("question") or None)
    return _do(
        declaration,
        lambda: reviews.write_note(db.session, assessment, question, text, by=signed_in_user(), now=clock()),
        _("The note is kept."),
        "notes",
    )


@bp.post("/declarations/<uuid:declaration_id>/hand-over")
@open_to(*REVIEWERS)
def hand_over(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the review is done and an approver may look."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    return _do(
        declaration,
        lambda: reviews.hand_over(db.session, declaration, by=signed_in_user(), now=clock()),
        _("Handed over: the declaration now waits for an approver."),
        "main",
    )


@bp.post("/declarations/<uuid:declaration_id>/approve")
@open_to(*REVIEWERS)
def approve(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Approve; the service refuses those who may not, in a sentence."""
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    return _do(
        declaration,
        lambda: reviews.approve(db.session, declaration, by=signed_in_user(), now=clock()),
        _("The declaration is approved."),
        "main",
    )


def _do(declaration: Declaration, deed: Callable[[], object], done: str, anchor: str) -> ResponseReturnValue:
    """Do a deed and go back to the page, or say there why not."""
    assessment_id = declaration.assessment_id
    try:
        deed()
    except ReviewRefused as refused:
        return refuse(declaration, refused)
    flash(done, "success")
    return redirect(url_for("buyer.assessment", assessment_id=assessment_id, _anchor=anchor), 303)


def _severity() -> Severity:
    value = request.form.get("severity", "")
    return Severity(value) if value in set(Severity) else abort(400)


def _question(assessment: Assessment, question: str | None) -> str | None:
    known = {each.id for each in questionnaire_of(assessment).questions}
    return question if question is None or question in known else abort(400)
