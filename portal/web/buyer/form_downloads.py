"""Whole forms for those who ask: blank ones, and those with answers that are signed; a draft is the supplier's own."""

from __future__ import annotations

import uuid

from flask import Response, abort

from portal.extensions import db
from portal.models import Assessment, Declaration
from portal.services import assessments
from portal.services.whole_forms import Copy
from portal.web.access import open_to
from portal.web.asking import chosen_id
from portal.web.buyer import bp
from portal.web.buyer.rights import READERS, REVIEWERS
from portal.web.current import installation
from portal.web.languages import choose_language
from portal.web.whole_forms import send_pdf, send_workbook
from questionnaires.values import Answers


@bp.get("/assessments/<uuid:assessment_id>/form.pdf", endpoint="form_pdf")
@open_to(*READERS)
def blank_pdf(assessment_id: uuid.UUID) -> Response:
    """Send the blank form as a PDF."""
    found = _find(assessment_id)
    return send_pdf(found, assessments.edition_of(found, installation().catalogue), _copy(None))


@bp.get("/assessments/<uuid:assessment_id>/form.xlsx", endpoint="form_xlsx")
@open_to(*READERS)
def blank_xlsx(assessment_id: uuid.UUID) -> Response:
    """Send the blank form as a workbook, which the supplier may fill in and upload."""
    found = _find(assessment_id)
    return send_workbook(found, assessments.edition_of(found, installation().catalogue), _copy(None))


@bp.get("/assessments/<uuid:assessment_id>/answers.pdf", endpoint="answers_pdf")
@open_to(*REVIEWERS)
def answers_pdf(assessment_id: uuid.UUID) -> Response:
    """Send the form with the answers of the declaration in force, or of an earlier one by `?declaration=`."""
    signed = _find_signed(assessment_id)
    edition = assessments.edition_signed(signed, installation().catalogue)
    return send_pdf(signed.assessment, edition, _copy(signed.answers))


@bp.get("/assessments/<uuid:assessment_id>/answers.xlsx", endpoint="answers_xlsx")
@open_to(*REVIEWERS)
def answers_xlsx(assessment_id: uuid.UUID) -> Response:
    """Send the same as a workbook."""
    signed = _find_signed(assessment_id)
    edition = assessments.edition_signed(signed, installation().catalogue)
    return send_workbook(signed.assessment, edition, _copy(signed.answers))


def _find(assessment_id: uuid.UUID) -> Assessment:
    return db.session.get(Assessment, assessment_id) or abort(404)


def _find_signed(assessment_id: uuid.UUID) -> Declaration:
    signed = [each for each in _find(assessment_id).declarations if each.signed_at]
    wanted = chosen_id("declaration")
    if wanted is not None:
        signed = [each for each in signed if each.id == wanted]
    return signed[-1] if signed else abort(404)


def _copy(answers: Answers | None) -> Copy:
    return Copy(choose_language(), installation().settings.organisation, answers)
