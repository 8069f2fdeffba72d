"""The reader's language: chosen, or the invitation's or the account's, or the browser's."""

from __future__ import annotations

from flask import g, has_request_context, request, session
from flask_login import current_user

LANGUAGES = {"en": "English", "nb": "Norsk bokmål"}
"""Languages of the portal by code, each named in itself; one more is one more folder in portal/translations."""
DEFAULT = "en"


def choose_language() -> str:
    """Return the code of the language to answer in."""
    if not has_request_context():
        return DEFAULT
    for code in (session.get("language"), g.get("invitation_language"), _account_language()):
        if code in LANGUAGES:
            return str(code)
    # a browser set to any Norwegian reads bokmål
    best = request.accept_languages.best_match([*LANGUAGES, "no", "nn"], DEFAULT)
    return "nb" if best in {"no", "nn"} else str(best)


def _account_language() -> str | None:
    return current_user.user.language if current_user and current_user.is_authenticated else None
