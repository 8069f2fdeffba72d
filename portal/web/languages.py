"""The reader's language: chosen, or the invitation's or the account's, or the browser's."""

from __future__ import annotations

from flask import current_app, g, has_request_context, request, session
from flask_login import current_user

from portal.config import LANGUAGES

__all__ = ["LANGUAGES", "choose_language"]


def choose_language() -> str:
    """Return the code of the language to answer in."""
    if not has_request_context():
        return _default()
    for code in (session.get("language"), g.get("invitation_language"), _account_language()):
        if code in LANGUAGES:
            return str(code)
    # a browser set to any Norwegian reads bokmål
    best = request.accept_languages.best_match([*LANGUAGES, "no", "nn"], _default())
    return "nb" if best in {"no", "nn"} else str(best)


def _default() -> str:
    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def _account_language() -> str | None:
    return current_user.user.language if current_user and current_user.is_authenticated else None
