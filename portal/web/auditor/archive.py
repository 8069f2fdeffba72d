"""The archive: find a signed declaration, see what was done about it, take the evidence along."""

from __future__ import annotations

import io
import uuid

import sqlalchemy as sa
from flask import abort, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Declaration, DeclarationState, Deed
from portal.services import archive as shelves
from portal.services import bulk_evidence, evidence, evidence_levels, ledger
from portal.services.evidence import EvidenceMissing, Sources
from portal.web.access import STAFF, open_to
from portal.web.asking import chosen, chosen_year, handed_on, words
from portal.web.auditor import bp
from portal.web.auditor.telling import tell
from portal.web.current import actor, installation
from portal.web.downloads import POLICY, send_file_of
from portal.web.paging import page_of_query
from portal.web.transactions import begin_writing, begins_reading, leaves_a_trace

PDF = "application/pdf"


@bp.get("/archive")
@open_to(*STAFF)
def archive() -> ResponseReturnValue:
    """Search the signed declarations."""
    query, sample = asked_for()
    return render_template(
        "auditor/archive.html",
        page=page_of_query(db.session, query),
        sample=sample,
        wanted=_wanted(),
        asked_for=handed_on("page"),
        most=bulk_evidence.MOST,
        years=shelves.years(db.session),
        state_of=shelves.state_of,
        catalogue=installation().catalogue,
        states=[state for state in DeclarationState if state is not DeclarationState.SIGNING],
    )


def asked_for() -> tuple[sa.Select[Declaration], shelves.Sample | None]:
    """Return the statement for what the address searches for, or for the sample of it that the address draws."""
    size = _number("sample")
    return shelves.draw(db.session, _wanted(), size, _number("seed")) if size else (shelves.query(_wanted()), None)


def _wanted() -> shelves.Wanted:
    return shelves.Wanted(
        words=words("q"),
        year=chosen_year(),
        questionnaire=words("questionnaire") or None,
        state=chosen(DeclarationState, "state"),
    )


def _number(name: str) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


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
        built = evidence.build(db.session, found, sources(), clock())
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


def sources() -> Sources:
    """Return where the parts of evidence come from."""
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
