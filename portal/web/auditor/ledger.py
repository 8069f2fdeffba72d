"""The ledger: everything that was done, in sentences; checked and exported on request."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.clock import clock
from portal.extensions import db
from portal.models import Checkpoint, Deed, LedgerEvent
from portal.services import checkpoints, nightly, proofs
from portal.services import ledger as records
from portal.services.ledger import Broken
from portal.web.access import Audience, open_to
from portal.web.auditor import bp
from portal.web.auditor.telling import tell
from portal.web.current import actor, installation
from portal.web.downloads import send_content
from portal.web.paging import page_of_query
from portal.web.transactions import begins_reading, leaves_a_trace

READERS = (Audience.AUDITOR, Audience.ADMINISTRATOR)


@bp.get("/ledger")
@open_to(*READERS)
def ledger() -> ResponseReturnValue:
    """Show the events, newest first."""
    return _page()


@bp.post("/ledger/verify")
@open_to(*READERS)
@begins_reading
def verify_ledger() -> ResponseReturnValue:
    """Check the whole chain, and say whether it holds or which row is the first that does not."""
    broken = records.verify(db.session)
    return _page(checked=True, broken=broken)


@bp.get("/ledger/events.jsonl")
@open_to(*READERS)
@leaves_a_trace
def export_ledger() -> Response:
    """Send all records, one a line, byte for byte as they were hashed; the ledger notes that it was exported."""
    query = sa.select(LedgerEvent.record).order_by(LedgerEvent.seq)
    lines = [record + b"\n" for record in db.session.scalars(query)]
    content = b"".join(lines)
    data = {"events": len(lines), "sha256": hashlib.sha256(content).hexdigest()}
    records.record(db.session, Deed.LEDGER_EXPORTED, "ledger:portal", by=actor(), now=clock(), data=data)
    response = Response(content, mimetype="application/x-ndjson")
    response.headers.set("Content-Disposition", "attachment", filename="ledger.jsonl")
    return response


@bp.get("/ledger/checkpoint/<name>")
@open_to(*READERS)
def checkpoint(name: str) -> Response:
    """Send the newest checkpoint, its time stamp, or the key; nothing of it is secret, so nothing is noted."""
    newest = checkpoints.newest(db.session)
    content = _files_of(newest).get(name) if newest else None
    if newest is None or content is None:
        abort(404)
    stem, _, ending = name.rpartition(".")
    is_about_one = ending in {"txt", "tsr"}
    return send_content(content, f"{stem}-{newest.size}.{ending}" if is_about_one else name, "application/octet-stream")


def _files_of(newest: Checkpoint) -> dict[str, bytes]:
    files = {"checkpoint.txt": newest.note.encode(), **proofs.public_keys(installation().settings.keys_dir)}
    return files | ({"checkpoint.tsr": newest.token} if newest.token else {})


def _page(*, checked: bool = False, broken: Broken | None = None) -> ResponseReturnValue:
    newest_first = sa.select(LedgerEvent).order_by(LedgerEvent.seq.desc())
    page = page_of_query(db.session, newest_first, endpoint="auditor.ledger")
    head = db.session.scalar(newest_first.limit(1))
    newest = checkpoints.newest(db.session)
    return render_template(
        "auditor/ledger.html",
        page=page,
        told=tell(db.session, page.items),
        head=head,
        newest=newest,
        files=_files_of(newest) if newest else {},
        checked=checked,
        broken=broken,
        night=nightly.last(installation().settings.data_dir),
    )
