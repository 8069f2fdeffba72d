"""All questions of a questionnaire at once: downloads, and a filled workbook that comes back."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.clock import clock
from portal.extensions import db, limiter
from portal.services import answer_import, ledger
from portal.services.answer_import import Fate, Line, Outcome, Plan, WorkbookNotTaken
from portal.services.assessments import NotEditable
from portal.services.waiting_uploads import UploadGone
from portal.services.whole_forms import Copy
from portal.web.access import Audience, open_to
from portal.web.current import installation
from portal.web.forms import fingerprint, was_name
from portal.web.languages import choose_language
from portal.web.supplier import bp
from portal.web.supplier.differences import shown_lines
from portal.web.supplier.sheets import Sheet, find_sheet
from portal.web.transactions import begin_writing, begins_reading, mark_failed
from portal.web.waiting import GONE, uploads_for
from portal.web.whole_forms import send_pdf, send_workbook
from portal.web.workbook_sentences import explain_refusal
from questionnaires.journey import counted
from questionnaires.workbooks.answer_reading import Filled

AT_ONCE = "/r/<uuid:request_id>/at-once/<questionnaire>"
PURPOSE = "answers"
TAKE, EVERYTHING = "take", "everything"


def _link_of_visit() -> str:
    return f"at-once {request.view_args['request_id']}" if request.view_args else "at-once"


@bp.get(AT_ONCE)
@open_to(Audience.LINK)
def at_once(request_id: uuid.UUID, questionnaire: str) -> ResponseReturnValue:
    """Offer the form as files, and take a filled workbook."""
    return _page(find_sheet(request_id, questionnaire))


@bp.get(AT_ONCE + "/blank.pdf")
@open_to(Audience.LINK)
@limiter.limit("120 per hour", key_func=_link_of_visit)
def blank_pdf(request_id: uuid.UUID, questionnaire: str) -> Response:
    """Send the form as a PDF to write on."""
    sheet = find_sheet(request_id, questionnaire)
    return send_pdf(sheet.assessment, sheet.questionnaire, _copy(sheet, blank=True))


@bp.get(AT_ONCE + "/answers.pdf")
@open_to(Audience.LINK)
@limiter.limit("120 per hour", key_func=_link_of_visit)
def answers_pdf(request_id: uuid.UUID, questionnaire: str) -> Response:
    """Send the form as a PDF with the answers so far."""
    sheet = find_sheet(request_id, questionnaire)
    return send_pdf(sheet.assessment, sheet.questionnaire, _copy(sheet))


@bp.get(AT_ONCE + "/answers.xlsx")
@open_to(Audience.LINK)
@limiter.limit("120 per hour", key_func=_link_of_visit)
def answers_xlsx(request_id: uuid.UUID, questionnaire: str) -> Response:
    """Send the form as a workbook to fill in, with the answers so far."""
    sheet = find_sheet(request_id, questionnaire)
    return send_workbook(sheet.assessment, sheet.questionnaire, _copy(sheet))


@bp.post(AT_ONCE)
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
@begins_reading
def upload_workbook(request_id: uuid.UUID, questionnaire: str) -> ResponseReturnValue:
    """Keep a filled workbook and show what it would change; nothing is changed yet."""
    sheet = find_sheet(request_id, questionnaire)
    if not _is_open(sheet):
        return _closed(sheet)
    file = request.files.get("file")
    content = file.read() if file else b""
    try:
        _read(sheet, content)
    except WorkbookNotTaken as refused:
        return _page(sheet, explain_refusal(refused.code)), 422
    ticket = uploads_for(PURPOSE).keep(content, (file.filename if file else "") or "", sheet.invitation.id)
    return redirect(url_for(".check_workbook", request_id=request_id, questionnaire=questionnaire, ticket=ticket), 303)


@bp.get(AT_ONCE + "/<ticket>")
@open_to(Audience.LINK)
@limiter.limit("120 per hour", key_func=_link_of_visit)
def check_workbook(request_id: uuid.UUID, questionnaire: str, ticket: str) -> ResponseReturnValue:
    """Show what the workbook would change."""
    sheet = find_sheet(request_id, questionnaire)
    if not _is_open(sheet):
        return _closed(sheet)
    try:
        content, filename = uploads_for(PURPOSE).find(ticket, sheet.invitation.id)
        return _difference(sheet, _plan(sheet, _read(sheet, content)), ticket, filename)
    except UploadGone:
        return _page(sheet, str(GONE)), 410
    except WorkbookNotTaken as refused:
        return _page(sheet, explain_refusal(refused.code)), 422


@bp.post(AT_ONCE + "/<ticket>")
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
@begins_reading
def take_workbook(request_id: uuid.UUID, questionnaire: str, ticket: str) -> ResponseReturnValue:
    """Save what was ticked, unless somebody has answered one of those questions since the page was shown."""
    sheet = find_sheet(request_id, questionnaire)
    try:
        content, filename = uploads_for(PURPOSE).find(ticket, sheet.invitation.id)
        filled = _read(sheet, content)
    except UploadGone:
        return _page(sheet, str(GONE)), 410
    except WorkbookNotTaken as refused:
        return _page(sheet, explain_refusal(refused.code)), 422
    begin_writing()
    ledger.begin(db.session)
    sheet = find_sheet(request_id, questionnaire, to_write=True)
    plan = _plan(sheet, filled)
    chosen = [line for line in plan.takeable if _is_chosen(line)]
    if unseen := frozenset(line.question.id for line in chosen if _has_changed(line, sheet)):
        mark_failed()
        return _difference(find_sheet(request_id, questionnaire), plan, ticket, filename, unseen), 409
    return _take(sheet, chosen, content)


def _take(sheet: Sheet, chosen: list[Line], content: bytes) -> ResponseReturnValue:
    try:
        outcome = answer_import.take_over(
            db.session, sheet.assessment, sheet.questionnaire, sheet.answers, chosen, content, sheet.invitation, clock()
        )
    except NotEditable:
        return _closed(sheet)
    if outcome.taken:
        installation().store.put(content)
    flash(_outcome(outcome), "success" if outcome.taken else "info")
    return redirect(url_for("supplier.overview", request_id=sheet.assessment.request_id), 303)


def _read(sheet: Sheet, content: bytes) -> Filled:
    return answer_import.read_filled(content, sheet.assessment, sheet.questionnaire, sheet.answers, clock().date())


def _plan(sheet: Sheet, filled: Filled) -> Plan:
    return answer_import.make_plan(sheet.assessment, sheet.questionnaire, sheet.answers, filled)


def _is_chosen(line: Line) -> bool:
    """Ticked; or everything that the page showed is wanted."""
    wanted = request.form.getlist(TAKE)
    return line.question.id in wanted or (EVERYTHING in request.form and was_name(line.question) in request.form)


def _has_changed(line: Line, sheet: Sheet) -> bool:
    return request.form.get(was_name(line.question)) != fingerprint(line.question, sheet.answers)


def _difference(sheet: Sheet, plan: Plan, ticket: str, filename: str, unseen: frozenset[str] = frozenset()) -> str:
    ticked = frozenset(request.form.getlist(TAKE)) - unseen if unseen else None
    return render_template(
        "supplier/at_once/difference.html",
        sheet=sheet,
        invitation=sheet.invitation,
        plan=plan,
        ticket=ticket,
        filename=filename,
        lines={fate.value: shown_lines(plan.of(fate), sheet.answers, ticked, unseen) for fate in Fate},
        unseen=unseen,
    )


def _page(sheet: Sheet, error: str | None = None) -> str:
    return render_template(
        "supplier/at_once/page.html",
        sheet=sheet,
        invitation=sheet.invitation,
        error=error,
        is_open=_is_open(sheet),
        has_answers=bool(counted(sheet.questionnaire, sheet.answers)),
    )


def _copy(sheet: Sheet, *, blank: bool = False) -> Copy:
    organisation = installation().settings.organisation
    return Copy(choose_language(), organisation, None if blank else sheet.answers)


def _is_open(sheet: Sheet) -> bool:
    return sheet.open_questions is None or bool(sheet.open_questions)


def _closed(sheet: Sheet) -> ResponseReturnValue:
    mark_failed()
    sentence = _("Nothing was taken over: the questionnaire is signed, or your link is for reading only.")
    return render_template("supplier/closed.html", invitation=sheet.invitation, sentence=sentence), 409


def _outcome(outcome: Outcome) -> str:
    if not outcome.taken and not outcome.left_out:
        return str(_("Nothing was chosen, so nothing was taken over."))
    parts = [ngettext("One answer was taken over.", "%(num)d answers were taken over.", outcome.taken)]
    if outcome.left_out:
        parts.append(
            ngettext(
                "One was left out, as its question is not asked after the others.",
                "%(num)d were left out, as their questions are not asked after the others.",
                outcome.left_out,
            )
        )
    return " ".join(map(str, parts))
