"""HTTP in, HTML out: one package or module per audience."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Settings
from portal.web import access, account, errors, filters, freshness, headers, languages, public, transactions
from portal.web.administrator import bp as administrator
from portal.web.auditor import bp as auditor
from portal.web.buyer import bp as buyer
from portal.web.cookies import CookieOfPages
from portal.web.limits import LimitedRequest
from portal.web.supplier import bp as supplier

__all__ = ["IDLE_LIMIT", "join", "languages"]

IDLE_LIMIT = timedelta(minutes=60)
"""A visit ends after this long without a request; saved answers stay. A sign-in: see `access.STAFF_IDLE`."""


def join(app: Flask, settings: Settings) -> None:
    """Join pages, guards, filters and headers to the application."""
    app.request_class = LimitedRequest
    app.session_interface = CookieOfPages()
    for part in (account.bp, public.bp, supplier, buyer, auditor, administrator):
        app.register_blueprint(part)
    if settings.demo:
        from portal.web import demo  # noqa: PLC0415  the mailbox page exists in demo mode only

        app.register_blueprint(demo.bp)
    transactions.join(app)
    access.join(app)
    freshness.join(app)
    errors.join(app)
    headers.join(app)
    filters.join(app)
    hops = settings.proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
