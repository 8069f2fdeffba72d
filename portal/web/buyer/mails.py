"""Mails that a request led to: a failed one can be tried again."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import OutgoingMail
from portal.services import outbox
from portal.web.access import open_to
from portal.web.buyer import bp
from portal.web.buyer.rights import SENDERS
from portal.web.current import actor, queue
from portal.web.transactions import after_commit


@bp.post("/mails/<uuid:mail_id>/try-again", endpoint="try_mail_again")
@open_to(*SENDERS)
def try_again(mail_id: uuid.UUID) -> ResponseReturnValue:
    """Put a failed mail back into the outbox; clicking twice changes nothing."""
    mail = db.session.get(OutgoingMail, mail_id)
    request_id = outbox.request_of(db.session, mail) if mail else None
    if mail is None or request_id is None:
        abort(404)
    if outbox.try_again(db.session, mail, now=clock(), by=actor()):
        after_commit(queue().wake_outbox)
        flash(_("The mail to %(email)s is tried again.", email=mail.to_email), "success")
    else:
        flash(_("This mail has not failed; it was left alone."), "info")
    return redirect(url_for("buyer.request", request_id=request_id), 303)
