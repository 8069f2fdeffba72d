"""The session's cookie goes out with pages only."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class CookieOfPages(SecureCookieSessionInterface):
    """Flask's own signed cookie, but not on static files.

    They may be kept by caches that many share, and one that arrives late would bring back a cookie from before.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Return whether this answer carries the cookie."""
        return request.endpoint != "static" and super().should_set_cookie(app, session)
