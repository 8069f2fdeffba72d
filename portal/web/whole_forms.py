"""Whole forms go out as downloads, to those who answer and to those who ask."""

from __future__ import annotations

from flask import Response

from portal.clock import clock
from portal.models import Assessment
from portal.services.uploads import PDF, XLSX
from portal.services.whole_forms import Copy, form_of, workbook_of
from portal.web.current import installation
from portal.web.downloads import send_content
from questionnaires.model import Questionnaire


def send_pdf(assessment: Assessment, questionnaire: Questionnaire, copy: Copy) -> Response:
    """Return the form as a PDF."""
    facts = form_of(assessment, questionnaire, copy, clock())
    return send_content(installation().renderer.render_form(facts), _name(assessment, copy, "pdf"), PDF)


def send_workbook(assessment: Assessment, questionnaire: Questionnaire, copy: Copy) -> Response:
    """Return the form as a workbook."""
    return send_content(workbook_of(assessment, questionnaire, copy), _name(assessment, copy, "xlsx"), XLSX)


def _name(assessment: Assessment, copy: Copy, ending: str) -> str:
    state = "-answers" if copy.answers else ""
    return f"{assessment.questionnaire}-{assessment.edition}{state}.{ending}"
