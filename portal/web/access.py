"""Who may open which page: each says so by @open_to, and the application does not start while one is silent."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user

from portal.clock import clock
from portal.extensions import db, login
from portal.models import Role, User, UserSession
from portal.services import users

View = TypeVar("View", bound=Callable[..., Any])


class Audience(enum.StrEnum):
    """A kind of reader."""

    ANYONE = "anyone"
    LINK = "link"
    """Somebody who came by a mailed link; the view finds the invitation itself."""
    ADMINISTRATOR = "administrator"
    BUYER = "buyer"
    APPROVER = "approver"
    AUDITOR = "auditor"


STAFF = (Audience.ADMINISTRATOR, Audience.BUYER, Audience.APPROVER, Audience.AUDITOR)


STAFF_IDLE = timedelta(minutes=30)
"""A sign-in that nobody used for so long is over in this browser."""


class AccessError(Exception):
    """A page does not say who may open it."""


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user with the sign-in that brought them here."""

    def __init__(self, user: User, session_id: uuid.UUID) -> None:
        self.user = user
        self.session_id = session_id

    def get_id(self) -> str:
        """Return the id of the sign-in, not of the user: it can be ended on the server."""
        return str(self.session_id)


def open_to(*audiences: Audience) -> Callable[[View], View]:
    """Say who may open a page."""

    def mark(view: View) -> View:
        cast(Any, view).audiences = frozenset(audiences)
        return view

    return mark


def audiences_of(app: Flask, endpoint: str) -> frozenset[Audience]:
    """Return who may open an endpoint."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return frozenset({Audience.ANYONE})
    return cast("frozenset[Audience]", getattr(app.view_functions[endpoint], "audiences", frozenset()))


def join(app: Flask) -> None:
    """Guard every page of the application."""
    silent = sorted(endpoint for endpoint in app.view_functions if not audiences_of(app, endpoint))
    if silent:
        raise AccessError(f"these pages do not say who may open them: {', '.join(silent)}")
    login.user_loader(_load)
    login.session_protection = None  # the sign-in lives on the server; an address may change on the way
    app.before_request(_guard)


def sign_in(signed: UserSession) -> None:
    """Begin a sign-in in this browser, under a fresh cookie; visits by link go on."""
    kept = {key: session[key] for key in ("visits", "language") if key in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    session["_user_id"] = str(signed.id)
    session["_fresh"] = True
    session["seen"] = clock().timestamp()


def safe_next(target: str | None) -> str | None:
    """Return a path of this portal to go on to, or None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target or not target.isprintable():
        return None
    return target


def _load(session_id: str) -> SignedIn | None:
    try:
        identity = uuid.UUID(session_id)
    except ValueError:
        return None
    now = clock()
    if now.timestamp() - float(session.get("seen", 0)) > STAFF_IDLE.total_seconds():
        return None
    user = users.find_session(db.session, identity, now=now)
    return SignedIn(user, identity) if user else None


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    audiences = audiences_of(current_app, request.endpoint)
    if audiences & {Audience.ANYONE, Audience.LINK}:
        return None
    if not current_user.is_authenticated:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("account.sign_in_page", next=request.full_path.rstrip("?")))
        abort(401)
    if Audience(current_user.user.role.value) not in audiences:
        abort(403)
    session["seen"] = clock().timestamp()
    return None


def has_role(*roles: Role) -> bool:
    """Return whether a user with one of these roles is signed in: for showing a way, never for guarding it."""
    return bool(current_user.is_authenticated and current_user.user.role in roles)
