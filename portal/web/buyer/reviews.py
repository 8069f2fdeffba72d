"""The work list, and one assessment with all that was said and decided about it."""

from __future__ import annotations

import uuid

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Assessment, Attachment, Declaration
from portal.services import worklist
from portal.services.worklist import Stage
from portal.web.access import open_to
from portal.web.asking import chosen, chosen_id, words
from portal.web.buyer import bp
from portal.web.buyer.assessment_page import show
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import installation, signed_in_user
from portal.web.downloads import send_file_of
from portal.web.paging import page_of
from questionnaires.model import Severity


@bp.get("/work")
@open_to(*REVIEWERS)
def work_list() -> ResponseReturnValue:
    """Show which declarations wait for the reader."""
    reader = signed_in_user()
    wanted = worklist.Wanted(
        campaign_id=chosen_id("campaign"),
        questionnaire=words("questionnaire") or None,
        severity=chosen(Severity, "severity"),
        owner_id=reader.id if request.args.get("mine") == "yes" else None,
        stage=chosen(Stage, "stage"),
    )
    return render_template(
        "buyer/reviews/work_list.html",
        page=page_of(worklist.find_waiting(db.session, reader, wanted, clock())),
        wanted=wanted,
        counts=worklist.count_stages(db.session),
        campaigns=worklist.campaigns_with_declarations(db.session),
        catalogue=installation().catalogue,
        Severity=Severity,
        Stage=Stage,
    )


@bp.get("/assessments/<uuid:assessment_id>")
@open_to(*REVIEWERS)
def assessment(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show one assessment: the declaration in force, or an earlier one by `?declaration=`."""
    found = db.session.get(Assessment, assessment_id) or abort(404)
    signed = [each for each in found.declarations if each.signed_at]
    if not signed:
        return render_template("buyer/reviews/unsigned.html", assessment=found, catalogue=installation().catalogue)
    wanted = chosen_id("declaration")
    if wanted is None:
        return show(_in_force(signed))
    return show(next((each for each in signed if each.id == wanted), None) or abort(404))


@bp.get("/assessments/<uuid:assessment_id>/attachments/<uuid:attachment_id>")
@open_to(*REVIEWERS)
def attachment(assessment_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """Send a file that a signed declaration names; what lies in a draft is the supplier's own."""
    found = db.session.get(Attachment, attachment_id)
    if found is None or found.assessment_id != assessment_id or not _is_signed(found):
        abort(404)
    return send_file_of(installation().store, found.sha256, found.filename, found.media_type)


def _is_signed(attachment: Attachment) -> bool:
    assessment = db.session.get_one(Assessment, attachment.assessment_id)
    signed = [each.answers.get(attachment.question) for each in assessment.declarations if each.signed_at]
    return any(file["sha256"] == attachment.sha256 for files in signed for file in files or [])


def _in_force(signed: list[Declaration]) -> Declaration:
    return next((each for each in signed if each.superseded_by_id is None), signed[-1])
