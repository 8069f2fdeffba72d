"""Files given as answers: they come with the section's form, and go out as downloads."""

from __future__ import annotations

import uuid

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal.clock import clock
from portal.extensions import db
from portal.services import attachments, carrying
from portal.services.attachments import FileRefused, Upload
from portal.web.access import Audience, open_to
from portal.web.current import installation
from portal.web.downloads import send_file_of
from portal.web.forms import field_of
from portal.web.languages import choose_language
from portal.web.supplier import bp
from portal.web.supplier.sheets import Sheet
from portal.web.supplier.workbook_uploads import Workbooks
from portal.web.transactions import mark_failed
from portal.web.visits import find_visit
from questionnaires.answers import AnswerError
from questionnaires.model import FileSlot, Section


@bp.get("/r/<uuid:request_id>/files/<uuid:attachment_id>")
@open_to(Audience.LINK)
def file(request_id: uuid.UUID, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Send a file back to those who uploaded it, this year or last."""
    find_visit(request_id)
    found = attachments.find(db.session, request_id, attachment_id)
    found = found or carrying.find_file(db.session, request_id, attachment_id)
    if found is None:
        abort(404)
    return send_file_of(installation().store, found.sha256, found.filename, found.media_type)


def asks_for_files(section: Section) -> bool:
    """Return whether the section's form has to carry files."""
    return any(question.file_slots for question in section.questions)


def take_uploads(sheet: Sheet, section: Section, workbooks: Workbooks) -> dict[str, str]:
    """Attach the files that came with a section's form; return what is wrong with others, by question.

    Raises:
        NotEditable: a file came for a question that is closed.
    """
    problems: dict[str, str] = {}
    for slot in (slot for question in section.questions for slot in question.file_slots):
        for upload in request.files.getlist(field_of(slot.key)):
            if upload.filename:
                problem = _take(sheet, slot, Upload(upload.filename, upload.read()), workbooks)
                problems.update({slot.key: problem} if problem else {})
    return problems


def remove_named(sheet: Sheet, named: str) -> None:
    """Take out the file that a button names as `question id`; a name that is none takes out nothing.

    Raises:
        NotEditable: the question is closed.
    """
    try:
        identity = uuid.UUID(named.rpartition(" ")[2])
    except ValueError:
        return
    attachment = attachments.find(db.session, sheet.assessment.request_id, identity)
    if attachment is not None and attachment.assessment_id == sheet.assessment.id:
        attachments.remove(db.session, sheet.assessment, attachment, sheet.invitation, clock(), sheet.open_questions)
        sheet.reload()


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A form with too large a file is refused before it is read: say so, and lead back to the page."""
    del error
    mark_failed()
    return render_template("supplier/too_large.html", back=request.path), 413


def _take(sheet: Sheet, slot: FileSlot, upload: Upload, workbooks: Workbooks) -> str | None:
    if problem := workbooks.problem(slot.key, upload.content):
        return problem
    store, now = installation().store, clock()
    try:
        attachment = attachments.attach(
            db.session, store, sheet.assessment, slot, upload, sheet.invitation, now, sheet.open_questions
        )
    except (FileRefused, AnswerError) as error:
        return error.message(choose_language())
    workbooks.keep(sheet, attachment)
    sheet.reload()
    return None
