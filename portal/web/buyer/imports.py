"""Import of suppliers: upload, look at what it would do, do it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.clock import clock
from portal.extensions import db
from portal.services import import_reading, importing
from portal.services.import_columns import Column
from portal.services.import_plan import Fate, Plan
from portal.services.import_reading import ImportFileError, read_table
from portal.services.importing import PlanChanged
from portal.services.waiting_uploads import UploadGone
from portal.web.access import open_to
from portal.web.asking import chosen
from portal.web.buyer import bp, words
from portal.web.buyer.rights import KEEPERS
from portal.web.current import actor, installation, signed_in_user
from portal.web.import_sentences import explain_file, explain_problem
from portal.web.paging import page_of
from portal.web.transactions import begin_writing, begins_reading, mark_failed
from portal.web.waiting import GONE, uploads_for

PER_PAGE = 100
PURPOSE = "supplier-import"


@bp.get("/suppliers/import", endpoint="import_page")
@open_to(*KEEPERS)
def page() -> ResponseReturnValue:
    """Say what a file may hold, and take one."""
    return _upload_page()


@bp.get("/suppliers/import/template.csv", endpoint="import_template")
@open_to(*KEEPERS)
def template() -> ResponseReturnValue:
    """Send a file to fill in."""
    response = Response(import_reading.template(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="suppliers.csv")
    return response


@bp.post("/suppliers/import", endpoint="upload_import")
@open_to(*KEEPERS)
@begins_reading
def upload() -> ResponseReturnValue:
    """Keep a file and show what it would do; nothing is changed yet."""
    file = request.files.get("file")
    content = file.read() if file else b""
    try:
        read_table(content)
    except ImportFileError as error:
        sentence = _("Choose a file first.") if not file or not file.filename else explain_file(error, _)
        return _upload_page(sentence), 422
    name = (file.filename if file else "") or ""
    return redirect(
        url_for("buyer.check_import", ticket=uploads_for(PURPOSE).keep(content, name, signed_in_user().id)), 303
    )


@bp.get("/suppliers/import/<ticket>", endpoint="check_import")
@open_to(*KEEPERS)
def check(ticket: str) -> ResponseReturnValue:
    """Show each row's fate."""
    try:
        content, filename = uploads_for(PURPOSE).find(ticket, signed_in_user().id)
    except UploadGone:
        return _upload_page(str(GONE)), 410
    plan = importing.plan(db.session, read_table(content))
    wanted = chosen(Fate, "show")
    rows = [row for row in plan.rows if wanted in (None, row.fate)]
    rows.sort(key=lambda row: (list(Fate).index(row.fate), row.number))
    return render_template(
        "buyer/imports/check.html",
        ticket=ticket,
        filename=filename,
        plan=plan,
        page=page_of(rows, PER_PAGE),
        wanted=wanted,
        Fate=Fate,
        words=words,
        explain=lambda problem: explain_problem(problem, _),
    )


@bp.post("/suppliers/import/<ticket>", endpoint="apply_import")
@open_to(*KEEPERS)
@begins_reading
def apply(ticket: str) -> ResponseReturnValue:
    """Do what the page showed."""
    try:
        content, _filename = uploads_for(PURPOSE).find(ticket, signed_in_user().id)
    except UploadGone:
        return _upload_page(str(GONE)), 410
    table = read_table(content)
    begin_writing()
    plan = importing.plan(db.session, table)
    agreed = request.form.get("digest", "")
    try:
        importing.apply(db.session, plan, content, now=clock(), by=actor(), agreed_digest=agreed)
    except PlanChanged:
        mark_failed()
        flash(_("The register has changed since you looked. This is what the file would do now."), "warning")
        return redirect(url_for("buyer.check_import", ticket=ticket), 303)
    installation().store.put(content)
    flash(_outcome(plan), "success")
    return redirect(url_for("buyer.suppliers"), 303)


def _outcome(plan: Plan) -> str:
    counts = plan.counts
    done = counts[Fate.NEW] + counts[Fate.CHANGED]
    sentence = ngettext("One row was imported.", "%(num)d rows were imported.", done)
    if counts[Fate.WRONG]:
        left_out = ngettext("One wrong row was left out.", "%(num)d wrong rows were left out.", counts[Fate.WRONG])
        sentence = f"{sentence} {left_out}"
    return str(sentence)


def _upload_page(error: str | None = None) -> str:
    return render_template("buyer/imports/upload.html", error=error, Column=Column, most=import_reading.MOST_ROWS)
