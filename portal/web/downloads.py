"""Files go out as downloads only: a browser never shows what somebody else made."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

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
    return send_content(content, filename, media_type)


def send_content(content: bytes, filename: str, media_type: str) -> Response:
    """Return a file as an attachment (RFC 6266)."""
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", **_names(filename))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _names(filename: str) -> dict[str, str]:
    """Return the name in ASCII for old programs, and whole for all others."""
    name = "".join(sign for sign in filename if sign.isprintable()) or "file"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
