"""What the portal is to know of smelters: lists of blank templates, and dated lists of statuses."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.mail.message import one_line
from portal.services import minerals_templates, smelter_statuses
from portal.services.minerals_templates import TemplateRefused
from portal.services.smelter_status_files import StatusFile, StatusFileError, read_status_file
from portal.services.smelter_status_sentences import explain_file, explain_row
from portal.services.waiting_uploads import UploadGone
from portal.web import smelter_words
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.current import installation, signed_in_user
from portal.web.languages import choose_language
from portal.web.paging import page_of
from portal.web.transactions import begin_writing, begins_reading
from portal.web.waiting import GONE, uploads_for

PURPOSE = "smelter-statuses"


@bp.get("/smelters/lists")
@open_to(Audience.ADMINISTRATOR)
def smelter_lists() -> ResponseReturnValue:
    """Show the lists that there are, and take new ones."""
    return _page()


@bp.post("/smelters/lists/template")
@open_to(Audience.ADMINISTRATOR)
@begins_reading
def upload_minerals_template() -> ResponseReturnValue:
    """Take the list of smelters from a blank template."""
    content = _uploaded()
    if not content:
        return _page(template=_("Choose a file first.")), 422
    try:
        template = minerals_templates.read_template(content)
    except TemplateRefused as refused:
        return _page(template=refused.sentence(choose_language())), 422
    begin_writing()
    by = signed_in_user()
    minerals_templates.keep(db.session, installation().store, content, template, now=clock(), by=by)
    flash(_("%(name)s is taken in.", name=f"{template.kind} {template.version}"), "success")
    return redirect(url_for("administrator.smelter_lists"), 303)


@bp.post("/smelters/lists/statuses")
@open_to(Audience.ADMINISTRATOR)
@begins_reading
def upload_statuses() -> ResponseReturnValue:
    """Keep a list of statuses and show what it would do; nothing is changed yet."""
    content, as_of, assumed = _uploaded(), _day(request.form.get("day", "")), _assumed(request.form.get("status", ""))
    if not content:
        return _page(statuses=_("Choose a file first.")), 422
    if as_of is None:
        return _page(day=_("Give the day of the list, today or earlier.")), 422
    try:
        read_status_file(content, as_of, assumed)
    except StatusFileError as error:
        return _page(statuses=explain_file(error, choose_language())), 422
    file = request.files["file"]
    ticket = uploads_for(PURPOSE).keep(content, file.filename or "", signed_in_user().id)
    address = url_for("administrator.check_statuses", ticket=ticket, day=as_of.isoformat(), status=assumed)
    return redirect(address, 303)


@bp.get("/smelters/lists/statuses/<ticket>")
@open_to(Audience.ADMINISTRATOR)
def check_statuses(ticket: str) -> ResponseReturnValue:
    """Show what a list would do."""
    as_of, assumed = _day(request.args.get("day", "")), _assumed(request.args.get("status", ""))
    try:
        content, filename = uploads_for(PURPOSE).find(ticket, signed_in_user().id)
    except UploadGone:
        return _page(statuses=str(GONE)), 410
    if as_of is None:
        return _page(day=_("Give the day of the list, today or earlier.")), 422
    file = read_status_file(content, as_of, assumed)
    return render_template(
        "administrator/smelters/check.html",
        ticket=ticket, filename=filename, as_of=as_of, assumed=assumed, file=file,
        dry=smelter_statuses.dry_run(db.session, file, as_of),
        refused=page_of([(row.number, explain_row(row, choose_language())) for row in file.refused]),
        words=smelter_words,
    )  # fmt: skip


@bp.post("/smelters/lists/statuses/<ticket>")
@open_to(Audience.ADMINISTRATOR)
@begins_reading
def apply_statuses(ticket: str) -> ResponseReturnValue:
    """Do what the page showed."""
    as_of, assumed = _day(request.args.get("day", "")), _assumed(request.args.get("status", ""))
    try:
        content, _filename = uploads_for(PURPOSE).find(ticket, signed_in_user().id)
    except UploadGone:
        return _page(statuses=str(GONE)), 410
    file: StatusFile | None = read_status_file(content, as_of, assumed) if as_of else None
    if as_of is None or file is None or not file.rows:
        return _page(day=_("Give the day of the list, today or earlier.")), 422
    begin_writing()
    store, by = installation().store, signed_in_user()
    smelter_statuses.apply(db.session, store, content, file, as_of, now=clock(), by=by)
    flash(_("The list of statuses is kept."), "success")
    return redirect(url_for("administrator.smelter_lists"), 303)


def _uploaded() -> bytes:
    file = request.files.get("file")
    return file.read() if file else b""


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= clock().date() else None


def _assumed(written: str) -> str:
    return one_line(written)[:64]


def _page(**errors: str) -> str:
    return render_template(
        "administrator/smelters/lists.html",
        errors=errors,
        templates=minerals_templates.all_templates(db.session),
        lists=smelter_statuses.all_lists(db.session),
        today=clock().date(),
        words=smelter_words,
    )
