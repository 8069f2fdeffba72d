"""Signing with a certificate of one's own: the documents go out, the signed files come back. The code is as ever."""

from __future__ import annotations

import uuid

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from portal.clock import clock
from portal.extensions import db, limiter
from portal.models import InvitationRole, Signing
from portal.services import bringing, declarations, signing_codes
from portal.services.actors import link_actor
from portal.services.bringing import Brought, SigningOver
from portal.services.declarations import AlreadyDeclared, AnswersChanged
from portal.services.links import code_expires_at
from portal.services.uploads import PDF, plain_name
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.brought_sentences import explain
from portal.web.current import installation
from portal.web.downloads import send_file_of
from portal.web.examining import turn
from portal.web.supplier import bp
from portal.web.transactions import begin_writing, begins_reading

OWN = "/r/<uuid:request_id>/sign/<uuid:signing_id>/own"


def _link_of_visit() -> str:
    return f"bringing {request.view_args['request_id']}" if request.view_args else "bringing"


@bp.get(OWN)
@open_to(Audience.LINK)
def own_signature(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it is done, what has come back already, and what is missing."""
    signing = _find(request_id, signing_id)
    if signing.accepted_at:
        return redirect(url_for("supplier.receipt", request_id=request_id))
    try:
        declarations.check_current(signing)
    except (AnswersChanged, AlreadyDeclared) as conflict:
        return _conflict_page(request_id, conflict)
    return _page(signing, [])


@bp.get(OWN + "/<uuid:preview_id>.pdf")
@open_to(Audience.LINK)
@limiter.limit("120 per hour", key_func=_link_of_visit)
def document_to_sign(request_id: uuid.UUID, signing_id: uuid.UUID, preview_id: uuid.UUID) -> Response:
    """Send the very bytes that were shown."""
    found = next((each for each in _find(request_id, signing_id).previews if each.id == preview_id), None)
    if found is None:
        abort(404)
    return send_file_of(installation().store, found.pdf_sha256, f"{found.reference}.pdf", PDF)


@bp.post(OWN)
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
@begins_reading
def bring(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Take signed files; no lock is held while they are examined."""
    signing = _find(request_id, signing_id)
    uploads = [each for each in request.files.getlist("files") if each.filename]
    if not 0 < len(uploads) <= len(signing.previews):
        return _page(signing, [_("Choose a file; at most one for each document.")]), 422
    brought = _examine_uploads(signing, uploads)
    begin_writing()
    signing = _find(request_id, signing_id)
    now, by = clock(), link_actor(signing.invitation)
    try:
        taken = bringing.keep(db.session, installation().store, signing, brought, now=now, by=by)
    except SigningOver:
        return redirect(url_for("supplier.receipt", request_id=request_id))
    except (AnswersChanged, AlreadyDeclared) as conflict:
        return _conflict_page(request_id, conflict)
    wrong = [explain(each.refusal, each.filename) for each in brought if each.refusal]
    if wrong:
        return _page(signing, wrong), 422
    flash(ngettext("The signed document is here.", "%(num)d signed documents are here.", taken), "success")
    return redirect(url_for("supplier.own_signature", request_id=request_id, signing_id=signing_id) + "#files")


def _examine_uploads(signing: Signing, uploads: list[FileStorage]) -> list[Brought]:
    """Examine the files one by one, each in a process of its own."""
    parts = installation()
    documents, now = bringing.shown(signing, parts.store), clock()
    db.session.rollback()  # no transaction stays open while the child works
    brought = []
    for each in uploads:
        content = each.read()
        with turn():
            name = plain_name(each.filename or "", content)
            brought.append(bringing.examine(documents, name, content, parts.settings.keys_dir, now))
    return brought


def _find(request_id: uuid.UUID, signing_id: uuid.UUID) -> Signing:
    invitation = visits.find_visit(request_id)
    if invitation.role is not InvitationRole.SIGNATORY:
        abort(403)
    signing = declarations.find_signing(db.session, invitation, signing_id) or abort(404)
    return abort(404) if signing.lead.co_signatories else signing  # several sign by their codes


def _page(signing: Signing, wrong: list[str]) -> str:
    catalogue = installation().catalogue
    asked = [each.assessment for each in signing.previews]
    return render_template(
        "supplier/signing/own.html",
        signing=signing,
        request_id=signing.invitation.request_id,
        titles=[catalogue.find(each.questionnaire, each.edition).title.in_language(signing.language) for each in asked],
        waiting=signing_codes.is_waiting(signing, clock()),
        code_ends_at=code_expires_at(signing),
        typed="",
        error="",
        wrong=wrong,
    )


def _conflict_page(request_id: uuid.UUID, conflict: Exception) -> tuple[str, int]:
    changed = isinstance(conflict, AnswersChanged)
    return render_template("supplier/signing/conflict.html", request_id=request_id, changed=changed), 409
