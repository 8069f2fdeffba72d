"""The staff see every questionnaire that is published, whichever process published it."""

from __future__ import annotations

from flask import Flask, current_app, request

from portal.web.current import installation
from questionnaires.errors import EditionChanged

OF_STAFF = frozenset({"buyer", "administrator", "auditor"})
"""Blueprints. A supplier's page looks again only when it meets an edition that it does not know."""


def join(app: Flask) -> None:
    """Look for newly published editions before each page of the staff."""
    app.before_request(_look)


def _look() -> None:
    if request.blueprint in OF_STAFF:
        try:
            installation().catalogue.refresh()
        except EditionChanged:
            # what was loaded before is still right; the page of questionnaires lacks the damaged one
            current_app.logger.critical("an edition of the company's own is damaged", exc_info=True)
