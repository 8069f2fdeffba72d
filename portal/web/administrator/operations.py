"""How the portal is doing: what is stuck, what ends soon."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from portal.clock import clock
from portal.extensions import db
from portal.pdf.seal_check import SealProblem
from portal.services import lasting
from portal.services import operations as state
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.current import installation

SEAL_PROBLEMS = {
    SealProblem.NOT_YET_VALID: lazy_gettext("Nothing is sealed: the certificate of the seal is not valid yet."),
    SealProblem.ENDED: lazy_gettext("Nothing is sealed: the certificate of the seal has ended."),
    SealProblem.WRONG_USAGE: lazy_gettext(
        "Nothing is sealed: the certificate of the seal is not for signing documents."
    ),
    SealProblem.NOT_OURS: lazy_gettext("Nothing is sealed: the seal root has not issued the certificate of the seal."),
    SealProblem.REVOKED: lazy_gettext("Nothing is sealed: the certificate of the seal is revoked."),
    SealProblem.KEY_AWAY: lazy_gettext("Nothing is sealed: the key of the seal cannot be used."),
    SealProblem.CLOCK_OFF: lazy_gettext(
        "Nothing is sealed: this machine’s clock and that of the time-stamping service are more than a minute apart."
    ),
    SealProblem.NO_STAMP: lazy_gettext("The time-stamping service gives no usable time stamp."),
}
"""Each reason's sentence; a test holds that none is missing."""


@bp.get("/operations")
@open_to(Audience.ADMINISTRATOR, Audience.AUDITOR)
def operations() -> ResponseReturnValue:
    """Show what waits for too long and what should be renewed."""
    now = clock()
    found = state.look(db.session, installation().settings.keys_dir, now)
    return render_template(
        "administrator/operations.html",
        found=found,
        stuck={each.id for each in found.waiting if state.is_stuck(each, now)},
        warned=[each for each in found.ends if state.warning_before(each, now)],
        seal=[(SEAL_PROBLEMS[each.problem], each.detail) for each in found.seal],
        outlook=lasting.last(installation().settings.data_dir),
        level=installation().settings.signature_level,
        now=now,
    )
