"""The evidence of many declarations at once: those that were ticked, or all that a search has found."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import Declaration
from portal.services import archive as shelves
from portal.services import bulk_evidence
from portal.web.access import STAFF, open_to
from portal.web.asking import handed_on
from portal.web.auditor import bp
from portal.web.auditor.archive import asked_for, sources
from portal.web.current import actor, installation
from portal.web.downloads import POLICY
from portal.web.transactions import begin_writing, begins_reading


@bp.post("/archive/evidence.zip")
@open_to(*STAFF)
@begins_reading
def evidence_of_many() -> ResponseReturnValue:
    """Send the evidence of many declarations, or the index alone, while it is made; the ledger notes each first."""
    is_whole, now, parts = request.form.get("what") != "index", clock(), installation()
    query = asked_for()[0] if request.form.get("which") == "all" else _ticked()
    count = shelves.count(db.session, query) if query is not None else 0
    if query is None or not 0 < count <= bulk_evidence.MOST:
        flash(_refusal(count), "warning")
        search: dict[str, Any] = {**handed_on()}
        return redirect(url_for("auditor.archive", **search), 303)
    index = bulk_evidence.prepare(db.session, query, sources(), now)
    begin_writing()
    bulk_evidence.note_download(db.session, index, whole=is_whole, by=actor(), now=now)
    content = bulk_evidence.stream(index, parts.new_session, sources(), now, whole=is_whole)
    response = Response(content, mimetype="application/zip")
    name = f"{'evidence' if is_whole else 'index'}-{now:%Y-%m-%d}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _ticked() -> sa.Select[Declaration] | None:
    """Return the statement for what was ticked; None: nothing was."""
    ids = set(request.form.getlist("declaration", type=uuid.UUID))
    if not ids:
        return None
    query = shelves.query(shelves.Wanted()).where(Declaration.id.in_(ids))
    if shelves.count(db.session, query) < len(ids):
        abort(404)
    return query


def _refusal(count: int) -> str:
    if not count:
        return str(_("Nothing was ticked. Tick declarations in the table first."))
    numbers = {"count": count, "most": bulk_evidence.MOST}
    return str(_("These are %(count)s declarations; at most %(most)s go into one file. Search for fewer.", **numbers))
