"""Pages for anyone: the front page, the check of a signed file, the health check."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.config import MAXIMUM_UPLOAD_BYTES
from portal.extensions import db, limiter
from portal.pdf.report import Problem, Report, Verdict
from portal.pdf.verification_child import verify_in_child
from portal.services import archive, ledger
from portal.services.evidence import public_certificates
from portal.web.access import Audience, open_to
from portal.web.account import HOME
from portal.web.current import installation
from portal.web.examining import turn
from portal.web.languages import choose_language
from portal.web.transactions import begins_reading

bp = Blueprint("public", __name__)


@bp.get("/")
@open_to(Audience.ANYONE)
def front() -> ResponseReturnValue:
    """Say what this is; users go straight to their work."""
    if current_user.is_authenticated:
        return redirect(url_for(HOME[current_user.user.role]))
    return render_template("public/front.html")


@bp.get("/health")
@limiter.exempt
@open_to(Audience.ANYONE)
def health() -> ResponseReturnValue:
    """Answer `ok` while the database does."""
    db.session.execute(sa.text("SELECT 1"))
    return "ok", {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/verify")
@open_to(Audience.ANYONE)
def verify() -> ResponseReturnValue:
    """Ask for a file to check."""
    return render_template("public/verify.html", report=None)


@bp.post("/verify")
@limiter.limit("20 per minute")
@open_to(Audience.ANYONE)
@begins_reading
def verify_file() -> ResponseReturnValue:
    """Say what a file proves. Nothing of it is kept, and nothing is fetched."""
    content = _uploaded()
    if not content:
        error = _("Choose a file first.")
        return render_template("public/verify.html", report=None, error=error), 422
    with turn():
        report = _examine(content)
    standing = archive.standing_of_file(db.session, report.sha256) if report.verdict is Verdict.PROVEN else None
    said = report.sentences(choose_language())
    return render_template("public/verify.html", report=report, said=said, standing=standing)


@bp.get("/verify/certificates.pem")
@open_to(Audience.ANYONE)
def certificates() -> ResponseReturnValue:
    """Send the root certificates that the signatures lead to."""
    content = b"".join(public_certificates(installation().settings.keys_dir).values())
    return content, {
        "Content-Type": "application/x-pem-file",
        "Content-Disposition": "attachment; filename=certificates.pem",
    }


def _uploaded() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    content: bytes = file.read(MAXIMUM_UPLOAD_BYTES + 1)
    file.close()
    return content if len(content) <= MAXIMUM_UPLOAD_BYTES else abort(413)


def _examine(content: bytes) -> Report:
    digest = hashlib.sha256(content).hexdigest()
    try:
        in_ledger = ledger.knows_file(db.session, digest)
        db.session.rollback()  # no transaction stays open while the child works
        return verify_in_child(content, installation().settings.keys_dir, lambda _: in_ledger)
    except Exception:
        current_app.logger.exception("%s cannot be verified", digest)
        return Report(Verdict.NOT_PROVEN, digest, (), (Problem("unreadable"),), None)
