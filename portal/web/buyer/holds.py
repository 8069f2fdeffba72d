"""Legal holds on a supplier: placed and lifted by those who decide, each with a reason."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.mail.message import one_line
from portal.models import Supplier
from portal.services import legal_holds
from portal.web.access import Audience, open_to
from portal.web.buyer import bp
from portal.web.current import signed_in_user
from portal.web.transactions import mark_failed

DECIDERS = (Audience.ADMINISTRATOR, Audience.APPROVER)


@bp.post("/suppliers/<uuid:supplier_id>/hold")
@open_to(*DECIDERS)
def place_hold(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Keep everything about a supplier until the hold is lifted."""
    supplier, reason = db.session.get(Supplier, supplier_id) or abort(404), _reason()
    if reason:
        try:
            legal_holds.place(db.session, supplier, reason, now=clock(), by=signed_in_user())
            flash(_("A legal hold stands: nothing about this supplier is erased until it is lifted."), "success")
        except legal_holds.AlreadyHeld:
            mark_failed()
            flash(_("A legal hold stands already."), "info")
    return _back(supplier_id, reason)


@bp.post("/suppliers/<uuid:supplier_id>/hold/lift")
@open_to(*DECIDERS)
def lift_hold(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Let erasure and retention go on."""
    db.session.get(Supplier, supplier_id) or abort(404)
    holds, reason = legal_holds.standing(db.session, [supplier_id]), _reason()
    for hold in holds if reason else ():
        legal_holds.lift(db.session, hold, reason, now=clock(), by=signed_in_user())
        flash(_("The legal hold is lifted."), "success")
    return _back(supplier_id, reason)


def _reason() -> str:
    return one_line(request.form.get("reason", ""))[:500].strip()


def _back(supplier_id: uuid.UUID, reason: str) -> ResponseReturnValue:
    if not reason:
        flash(_("Write a reason, then try again."), "danger")
    return redirect(url_for("buyer.supplier", supplier_id=supplier_id, _anchor="hold"), 303)
