"""Upload a questionnaire of the company's own, and read what the check says about it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.config import LANGUAGES
from portal.extensions import db
from portal.services import own_definitions, own_questionnaires
from portal.services.own_definitions import LARGEST_FILE, Reading, UploadRefused
from portal.services.own_questionnaires import EditionError
from portal.services.uploads import XLSX
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.administrator.editions import find_edition
from portal.web.administrator.words import REFUSALS, explain_upload
from portal.web.buyer.rights import READERS
from portal.web.current import installation, signed_in_user
from portal.web.transactions import begin_writing, begins_reading, mark_failed
from questionnaires.workbooks.definition import empty_definition, write_definition


@bp.get("/questionnaires/upload")
@open_to(Audience.ADMINISTRATOR)
def upload_page() -> ResponseReturnValue:
    """Say what can be uploaded, and take it."""
    return _page()


@bp.post("/questionnaires/upload")
@open_to(Audience.ADMINISTRATOR)
@begins_reading
def upload() -> ResponseReturnValue:
    """Check an upload; keep it as a draft where it has no fault, else tell all of them."""
    files = [file for file in request.files.getlist("files") if file.filename]
    try:
        contents = [(str(file.filename), file.read(LARGEST_FILE + 1)) for file in files]
        reading = own_definitions.read(contents, installation().catalogue)
    except UploadRefused as refused:
        return _page(explain_upload(refused)), 422
    if reading.faults or reading.questionnaire is None:
        return _report(reading), 422
    begin_writing()
    try:
        row = own_questionnaires.keep(db.session, installation().store, reading, now=clock(), by=signed_in_user())
    except EditionError as error:
        mark_failed()
        return _page(str(REFUSALS[error.code])), 409
    flash(_("The draft is kept. Look at it in each language, then publish it."), "success")
    return redirect(url_for("administrator.edition", key=row.key, edition=row.edition), 303)


@bp.get("/questionnaires/template.xlsx")
@open_to(*READERS)
def definition_template() -> ResponseReturnValue:
    """Send a workbook to write a questionnaire in."""
    return _workbook(empty_definition(list(LANGUAGES)), "questionnaire.xlsx")


@bp.get("/questionnaires/<key>/<edition>/definition.xlsx")
@open_to(*READERS)
def definition_workbook(key: str, edition: str) -> ResponseReturnValue:
    """Send an edition as a workbook, to start the next one from."""
    return _workbook(write_definition(find_edition(key, edition)), f"{key}-{edition}.xlsx")


def _workbook(content: bytes, filename: str) -> Response:
    response = Response(content, mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _page(error: str | None = None) -> str:
    return render_template("administrator/questionnaires/upload.html", error=error)


def _report(reading: Reading) -> str:
    return render_template("administrator/questionnaires/report.html", reading=reading)
