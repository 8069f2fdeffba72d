"""Pages for anyone: the front page and the health check."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.extensions import db, limiter
from portal.web.access import Audience, open_to
from portal.web.account import HOME

bp = Blueprint("public", __name__)


@bp.get("/")
@open_to(Audience.ANYONE)
def front() -> ResponseReturnValue:
    """Say what this is; users go straight to their work."""
    if current_user.is_authenticated:
        return redirect(url_for(HOME[current_user.user.role]))
    return render_template("public/front.html")


@bp.get("/health")
@limiter.exempt
@open_to(Audience.ANYONE)
def health() -> ResponseReturnValue:
    """Answer `ok` while the database does."""
    db.session.execute(sa.text("SELECT 1"))
    return "ok", {"Content-Type": "text/plain; charset=utf-8"}
