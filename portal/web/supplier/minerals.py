"""The report on a supplier's CMRT and EMRT workbooks: what to mend, what to explain, what they say to the answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.clock import clock
from portal.extensions import db, limiter
from portal.models import Attachment, MineralsWorkbook
from portal.services import attachments, ledger, minerals_answers, minerals_workbooks
from portal.services.assessments import NotEditable
from portal.services.attachments import FileRefused, Upload
from portal.services.minerals_answers import Beside
from portal.services.refusals import ReviewRefused, explain
from portal.web.access import Audience, open_to
from portal.web.current import installation
from portal.web.languages import choose_language
from portal.web.supplier import bp
from portal.web.supplier.sheets import Sheet, find_sheet
from portal.web.supplier.workbook_uploads import Workbooks, examine, examine_uploads
from portal.web.transactions import begin_writing, begins_reading, mark_failed
from questionnaires import journey
from questionnaires.answers import AnswerError
from questionnaires.minerals.findings import Level
from questionnaires.minerals.grouping import Group, groups_of
from questionnaires.minerals.prefill import file_question

PAGE = "/r/<uuid:request_id>/workbooks/<questionnaire>"
TAKE, PROPOSED = "take", "proposed"


@dataclass(frozen=True, slots=True)
class Shown:
    """One workbook on the page."""

    row: MineralsWorkbook
    groups: tuple[Group, ...]

    def of(self, level: str) -> list[Group]:
        """Return what was found of one level."""
        return [group for group in self.groups if group.level == Level(level)]


def _link_of_visit() -> str:
    return f"workbooks {request.view_args['request_id']}" if request.view_args else "workbooks"


@bp.get(PAGE)
@open_to(Audience.LINK)
def workbooks(request_id: uuid.UUID, questionnaire: str) -> ResponseReturnValue:
    """Show what was found in the workbooks, and what they say to the answers."""
    return _page(_sheet(request_id, questionnaire))


@bp.post(PAGE + "/answers")
@open_to(Audience.LINK)
def take_from_workbooks(request_id: uuid.UUID, questionnaire: str) -> ResponseReturnValue:
    """Take the answers that a workbook has: all that are missing, or one in place of another."""
    sheet = _sheet(request_id, questionnaire, to_write=True)
    wanted, found = request.form.get(TAKE, ""), beside_of(sheet)
    new = [one for one in found.values() if not one.contradictions and one.value is not None]
    taken = new if wanted == PROPOSED else [one for one in found.values() if one.question.id == wanted]
    try:
        sheet.save(minerals_answers.changes_of(taken, sheet.answers))
    except NotEditable:
        return _closed(sheet)
    flash(
        ngettext("One answer was taken from the workbook.", "%(num)d answers were taken from the workbook.", len(taken))
    )
    return redirect(address_of(sheet), 303)


@bp.post(PAGE + "/<uuid:attachment_id>")
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
@begins_reading
def replace_workbook(request_id: uuid.UUID, questionnaire: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Put a mended file in the place of one; explanations of what is found again go on."""
    found = examine_uploads(request_id, questionnaire, "file")
    begin_writing()
    ledger.begin(db.session)
    sheet = _sheet(request_id, questionnaire, to_write=True)
    old = _attachment(sheet, attachment_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(sheet, attachment_id, str(_("Choose a file first."))), 422
    try:
        problem = _replace(sheet, old, Upload(file.filename, file.read()), found)
    except NotEditable:
        return _closed(sheet)
    if problem:
        mark_failed()
        return _page(_sheet(request_id, questionnaire), attachment_id, problem), 422
    flash(_("The file is replaced."), "success")
    return redirect(address_of(sheet), 303)


@bp.post(PAGE + "/<uuid:attachment_id>/read")
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
@begins_reading
def read_attached(request_id: uuid.UUID, questionnaire: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Read and check a file that is attached already: one of last year's, say."""
    sheet = _sheet(request_id, questionnaire)
    attached = _attachment(sheet, attachment_id)
    if sheet.open_questions is not None and attached.question not in sheet.open_questions:
        return _closed(sheet)
    found = examine(sheet, attached.question, [installation().store.get(attached.sha256)])
    begin_writing()
    ledger.begin(db.session)
    sheet = _sheet(request_id, questionnaire, to_write=True)
    if found.refused:
        return _page(sheet, attachment_id, next(iter(found.refused.values()))), 422
    waiting = {each.id: each for each in minerals_workbooks.unread(db.session, sheet.assessment)}
    if attachment_id in waiting:
        found.keep(sheet, waiting[attachment_id])
    return redirect(address_of(sheet), 303)


@bp.post(PAGE + "/<uuid:attachment_id>/explain")
@open_to(Audience.LINK)
def explain_findings(request_id: uuid.UUID, questionnaire: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep why findings in a workbook are left as they are."""
    ledger.begin(db.session)
    sheet = _sheet(request_id, questionnaire, to_write=True)
    row = next((each for each in _rows(sheet) if each.attachment_id == attachment_id), None) or abort(404)
    words = {name.removeprefix("explain-"): text for name, text in request.form.items() if name.startswith("explain-")}
    try:
        minerals_workbooks.explain(db.session, row, words, sheet.invitation, clock(), sheet.open_questions)
    except NotEditable:
        return _closed(sheet)
    except ReviewRefused as refused:
        mark_failed()
        return _page(_sheet(request_id, questionnaire), attachment_id, explain(refused, choose_language())), 422
    flash(_("The explanation is kept."), "success")
    return redirect(address_of(sheet), 303)


def address_of(sheet: Sheet) -> str:
    """Return the address of the report."""
    asked = sheet.assessment
    return url_for("supplier.workbooks", request_id=asked.request_id, questionnaire=asked.questionnaire)


def beside_of(sheet: Sheet) -> dict[str, Beside]:
    """Return what the workbooks in the draft say to the questions that may be answered, by question."""
    if not file_question(sheet.questionnaire.key):
        return {}
    found = minerals_answers.beside(_rows(sheet), sheet.questionnaire, sheet.answers)
    return {key: one for key, one in found.items() if sheet.open_questions is None or key in sheet.open_questions}


def take_named(sheet: Sheet, named: str) -> None:
    """Take a workbook's answer to the question that a button names; a name that is none takes nothing.

    Raises:
        NotEditable: the question is closed.
    """
    if named:
        taken = [one for key, one in beside_of(sheet).items() if key == named]
        sheet.save(minerals_answers.changes_of(taken, sheet.answers))


def _sheet(request_id: uuid.UUID, questionnaire: str, *, to_write: bool = False) -> Sheet:
    sheet = find_sheet(request_id, questionnaire, to_write=to_write)
    return sheet if file_question(sheet.questionnaire.key) else abort(404)


def _rows(sheet: Sheet) -> list[MineralsWorkbook]:
    return minerals_workbooks.of_draft(db.session, sheet.assessment)


def _attachment(sheet: Sheet, attachment_id: uuid.UUID) -> Attachment:
    found = attachments.find(db.session, sheet.assessment.request_id, attachment_id)
    is_one = found and found.assessment_id == sheet.assessment.id and found.removed_at is None
    return found if found and is_one and found.question == file_question(sheet.questionnaire.key) else abort(404)


def _replace(sheet: Sheet, old: Attachment, upload: Upload, found: Workbooks) -> str | None:
    """Return what is wrong with the new file, or None. Raises NotEditable."""
    slot = sheet.questionnaire.question(old.question).file_slots[0]
    if problem := found.problem(slot.key, upload.content):
        return problem
    explanations = next((row.explanations for row in _rows(sheet) if row.attachment_id == old.id), {})
    whose = (sheet.invitation, clock(), sheet.open_questions)
    try:
        attachments.remove(db.session, sheet.assessment, old, *whose)
        new = attachments.attach(db.session, installation().store, sheet.assessment, slot, upload, *whose)
    except (FileRefused, AnswerError) as error:
        return error.message(choose_language())
    found.keep(sheet, new, explanations)
    return None


def _page(sheet: Sheet, place: uuid.UUID | None = None, problem: str = "") -> str:
    rows, found = _rows(sheet), beside_of(sheet)
    question = str(file_question(sheet.questionnaire.key))
    asked = next((one.section.id for one in sheet.asked if question in {each.id for each in one.questions}), None)
    following = journey.next_section(sheet.questionnaire, sheet.answers, asked) if asked else None
    return render_template(
        "supplier/minerals/report.html",
        sheet=sheet,
        invitation=sheet.invitation,
        workbooks=[Shown(row, groups_of(row.report)) for row in rows],
        unread=minerals_workbooks.unread(db.session, sheet.assessment),
        proposed=[one for one in found.values() if not one.contradictions and one.value is not None],
        contradicting=[one for one in found.values() if one.contradictions],
        open_errors=sum(row.unexplained for row in rows),
        is_open=sheet.open_questions is None or question in sheet.open_questions,
        accepts=",".join(sorted(sheet.questionnaire.question(question).file_slots[0].kind.media_types)),
        problems={place: problem} if problem else {},
        back=sheet.address(asked, question) if asked else None,
        go_on=sheet.address(following) if following else None,
    )


def _closed(sheet: Sheet) -> ResponseReturnValue:
    mark_failed()
    sentence = _("Nothing was changed: the questionnaire is signed, or your link is for reading only.")
    return render_template("supplier/closed.html", invitation=sheet.invitation, sentence=sentence), 409
