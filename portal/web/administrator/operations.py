"""How the portal is doing: what is stuck, what ends soon."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.clock import clock
from portal.extensions import db
from portal.services import lasting
from portal.services import operations as state
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.current import installation


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
        outlook=lasting.last(installation().settings.data_dir),
        level=installation().settings.signature_level,
        now=now,
    )
