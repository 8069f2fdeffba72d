"""Files go out as downloads only: a browser never shows what somebody else made."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import NotFound

from portal.storage import FileMissing, Store

POLICY = "sandbox; default-src 'none'"


def send_file_of(store: Store, sha256: str, filename: str, media_type: str) -> Response:
    """Return a stored file as an attachment (RFC 6266); 404 where the store no longer has it."""
    try:
        content = store.get(sha256)
    except FileMissing as error:
        raise NotFound from error
    response = Response(content, mimetype=media_type)
    # Werkzeug writes `filename*` for names beyond ASCII, and quotes whatever could end the header
    response.headers.set("Content-Disposition", "attachment", filename=_header_safe(filename))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _header_safe(filename: str) -> str:
    return "".join(sign for sign in filename if sign.isprintable()) or "file"
