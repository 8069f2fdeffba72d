"""The questionnaires, each with its editions."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.web.access import open_to
from portal.web.administrator import bp
from portal.web.buyer.rights import READERS
from portal.web.current import installation


@bp.get("/questionnaires")
@open_to(*READERS)
def questionnaires() -> ResponseReturnValue:
    """Show every questionnaire, the newest edition of each first."""
    catalogue = installation().catalogue
    found = [tuple(reversed(catalogue.editions(key))) for key in sorted(catalogue.keys())]
    return render_template("administrator/questionnaires/list.html", found=found)
