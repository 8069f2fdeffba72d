"""The archive: find a signed declaration, see what was done about it, take the evidence along."""

from __future__ import annotations

import io
import tempfile
import uuid

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Declaration, DeclarationState, Deed
from portal.services import archive as shelves
from portal.services import bulk_evidence, evidence, evidence_levels, ledger
from portal.services.evidence import EvidenceMissing, Sources
from portal.web.access import STAFF, open_to
from portal.web.asking import chosen, chosen_year, words
from portal.web.auditor import bp
from portal.web.auditor.telling import tell
from portal.web.current import actor, installation
from portal.web.downloads import POLICY, send_file_of
from portal.web.paging import PER_PAGE, page_of_query
from portal.web.transactions import begin_writing, begins_reading, leaves_a_trace

PDF = "application/pdf"


@bp.get("/archive")
@open_to(*STAFF)
def archive() -> ResponseReturnValue:
    """Search the signed declarations."""
    wanted = shelves.Wanted(
        words=words("q"),
        year=chosen_year(),
        questionnaire=words("questionnaire") or None,
        state=chosen(DeclarationState, "state"),
    )
    return render_template(
        "auditor/archive.html",
        page=page_of_query(db.session, shelves.query(wanted)),
        wanted=wanted,
        years=shelves.years(db.session),
        state_of=shelves.state_of,
        catalogue=installation().catalogue,
        states=[state for state in DeclarationState if state is not DeclarationState.SIGNING],
    )


@bp.get("/archive/<uuid:declaration_id>")
@open_to(*STAFF)
def declaration(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Show a declaration: facts, hashes and everything that the ledger says about it."""
    return _page(_find(declaration_id))


@bp.get("/archive/<uuid:declaration_id>/signed.pdf")
@open_to(*STAFF)
@leaves_a_trace
def signed_pdf(declaration_id: uuid.UUID) -> Response:
    """Send the signed PDF; the ledger notes that it was taken."""
    found = _find(declaration_id)
    response = send_file_of(installation().store, found.newest_sha256 or "", f"{found.reference}.pdf", PDF)
    _record(found, "signed.pdf", found.newest_sha256 or "")
    return response


@bp.get("/archive/<uuid:declaration_id>/evidence.zip")
@open_to(*STAFF)
@leaves_a_trace
@begins_reading
def evidence_zip(declaration_id: uuid.UUID) -> Response:
    """Send the evidence file; the ledger notes that it was taken, and its hash."""
    found = _find(declaration_id)
    try:
        built = evidence.build(db.session, found, _sources(), clock())
    except EvidenceMissing:
        current_app.logger.exception("the signed file of %s is missing or damaged", found.reference)
        abort(404)
    begin_writing()
    _record(_find(declaration_id), "evidence.zip", built.sha256)
    response = send_file(
        io.BytesIO(built.content), mimetype="application/zip", as_attachment=True, download_name=built.filename
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response


@bp.post("/archive/evidence.zip")
@open_to(*STAFF)
@begins_reading
def evidence_of_many() -> ResponseReturnValue:
    """Send the evidence of the declarations that were ticked, as many as a page shows; the ledger notes each."""
    ticked = request.form.getlist("declaration", type=uuid.UUID)[:PER_PAGE]
    if not ticked:
        flash(_("Nothing was ticked. Tick declarations in the table first."), "warning")
        return redirect(url_for("auditor.archive"), 303)
    found, now = [_find(each) for each in dict.fromkeys(ticked)], clock()
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the server closes it when all is sent
    hashes = bulk_evidence.write(db.session, found, _sources(), now, file)
    begin_writing()
    for declaration_id, sha256 in hashes.items():
        _record(_find(declaration_id), "evidence.zip", sha256)
    file.seek(0)
    name = f"evidence-{now:%Y-%m-%d}.zip"
    response = send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _find(declaration_id: uuid.UUID) -> Declaration:
    return shelves.find_signed(db.session, declaration_id) or abort(404)


def _page(found: Declaration) -> ResponseReturnValue:
    asked = found.assessment
    catalogue = installation().catalogue
    questionnaire = catalogue.find(asked.questionnaire, asked.edition)
    backing = evidence_levels.backing_of(found, catalogue)
    return render_template(
        "auditor/declaration.html",
        declaration=found,
        assessment=asked,
        request_=asked.request,
        questionnaire=questionnaire,
        backing=backing,
        evidence_counted=evidence_levels.count_levels(backing.values()),
        state=shelves.state_of(found),
        state_of=shelves.state_of,
        files=evidence.attached_files(found, questionnaire),
        history=tell(db.session, shelves.history(db.session, found)),
        is_stored=installation().store.has(found.newest_sha256 or ""),
    )


def _sources() -> Sources:
    parts = installation()
    settings = parts.settings
    return Sources(
        store=parts.store,
        catalogue=parts.catalogue,
        keys_dir=settings.keys_dir,
        trust=parts.trust,
        organisation=settings.organisation,
    )


def _record(found: Declaration, file: str, sha256: str) -> None:
    subject = ledger.subject_of("declaration", found.id)
    data = {"file": file, "sha256": sha256}
    ledger.record(db.session, Deed.EVIDENCE_DOWNLOADED, subject, by=actor(), now=clock(), data=data)
