"""Errors are answers: each a page that says what is wrong and what to do."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.web.transactions import mark_failed

log = logging.getLogger("portal.errors")


def join(app: Flask) -> None:
    """Answer every error of the application with a page."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _failed)


def explain(status: int) -> tuple[str, str]:
    """Return title and advice for a status, in the reader's language."""
    explanations = {
        400: (_("The request could not be understood"), _("Go back, reload the page and try again.")),
        401: (_("You are signed out"), _("Sign in again, or open the link in your mail once more.")),
        403: (
            _("This page is not for your account"),
            _("Ask an administrator if you think that it should be."),
        ),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page is not yours to see.")),
        405: (_("This page cannot be used that way"), _("Go back and use the buttons on the page.")),
        409: (_("Something has changed meanwhile"), _("Go back, look at what is there now, and try again.")),
        410: (_("This link has ended"), _("Ask for a new one.")),
        413: (
            _("This is too large"),
            _("A file may be 25 MB at most, what is typed into a page 2 MB. Make it smaller, and try again."),
        ),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    }
    other = (_("Something went wrong"), _("Nothing that was saved is lost. Try again in a moment."))
    return explanations.get(status, other)


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    mark_failed()
    log.info("form refused: %s", error.description)
    title = _("The form had grown old")
    advice = _("Your session ended, or the page was open in another window. Reload the page and send it again.")
    return render_template("errors/error.html", title=title, advice=advice, error_id=None), 400


def _refused(error: HTTPException) -> ResponseReturnValue:
    mark_failed()
    status = error.code or 500
    if isinstance(error, SecurityError):  # an untrusted host: no page can be built with addresses in it
        return "", 400
    title, advice = explain(status)
    response = error.get_response()
    response.set_data(render_template("errors/error.html", title=title, advice=advice, error_id=None))
    response.content_type = "text/html; charset=utf-8"
    return response


def _failed(error: Exception) -> ResponseReturnValue:
    mark_failed()
    error_id = secrets.token_hex(4)
    log.error("error %s at %s %s", error_id, request.method, request.endpoint, exc_info=error)
    title, advice = explain(500)
    return render_template("errors/error.html", title=title, advice=advice, error_id=error_id), 500
