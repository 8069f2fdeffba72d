"""Erase a person: first what is known is shown, and what will be kept, then it is done."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.mail.message import one_line
from portal.services import erasing
from portal.services.erasing import Held
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.current import actor, installation
from portal.web.transactions import begins_reading


@bp.get("/erasure")
@open_to(Audience.ADMINISTRATOR)
def erasure() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("administrator/erasure.html", found=None, email="")


@bp.post("/erasure")
@open_to(Audience.ADMINISTRATOR)
@begins_reading
def look_for_person() -> ResponseReturnValue:
    """Show what is known of an address; posted, so that it stands in no log."""
    return _page(_typed("email"))


@bp.post("/erasure/erase")
@open_to(Audience.ADMINISTRATOR)
def erase_person() -> ResponseReturnValue:
    """Erase it."""
    email, basis = _typed("email"), _typed("basis")
    if not email or not basis:
        return _page(email, missing=bool(email)), 422
    try:
        erasing.erase(db.session, email, basis, _years(), now=clock(), by=actor())
    except Held:
        return _page(email), 409
    flash(_("What was known of this person is erased. The ledger notes that it was done, without the name."), "success")
    return redirect(url_for("administrator.erasure"), 303)


def _page(email: str, *, missing: bool = False) -> str:
    found = erasing.find(db.session, email, _years()) if email else None
    return render_template("administrator/erasure.html", found=found, email=email, missing=missing)


def _typed(name: str) -> str:
    return one_line(request.form.get(name, ""))[:500].strip()


def _years() -> int:
    return installation().settings.retention_years
