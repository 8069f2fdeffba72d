"""The receipt: what was signed, whether it is sealed, and the files."""

from __future__ import annotations

import uuid

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.services import addenda, declarations, previews
from portal.services.previews import Standing
from portal.services.receipts import filename_of
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.current import installation
from portal.web.downloads import send_file_of
from portal.web.supplier import bp

SECONDS_BETWEEN_LOOKS = "5"


@bp.get("/r/<uuid:request_id>/receipt")
@open_to(Audience.LINK)
def receipt(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show what was signed; while a document is being sealed, the page looks again by itself, without JavaScript."""
    invitation = visits.find_visit(request_id)
    lines = previews.lines_of(db.session, invitation.request, installation().catalogue)
    newest = [(line, line.assessment.declarations[-1]) for line in lines if line.assessment.declarations]
    if not newest:
        return redirect(url_for("supplier.sign", request_id=request_id))
    sealing = any(declaration.signed_at is None for _, declaration in newest)
    page = render_template(
        "supplier/signing/receipt.html",
        invitation=invitation,
        newest=newest,
        older=[each for line, _ in newest for each in line.assessment.declarations[:-1]],
        unsigned=[line for line in lines if line.standing is not Standing.DECLARED],
        addenda={each.id: addenda.accepted_by(each, line.questionnaire) for line, each in newest},
        titles={line.assessment.id: line.questionnaire.title for line in lines},
        sealing=sealing,
        slow=sealing and any(declaration.sealing_tries for _, declaration in newest),
    )
    response = make_response(page)
    if sealing:
        response.headers["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


@bp.get("/r/<uuid:request_id>/declarations/<uuid:declaration_id>.pdf")
@open_to(Audience.LINK)
def declaration_file(request_id: uuid.UUID, declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Return a signed PDF of this request."""
    invitation = visits.find_visit(request_id)
    found = declarations.find_signed(db.session, invitation.request, declaration_id)
    if found is None:
        abort(404)
    return send_file_of(installation().store, found.newest_sha256 or "", filename_of(found), "application/pdf")
