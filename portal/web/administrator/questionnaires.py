"""The questionnaires, each with its editions."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.models import EditionState, Role
from portal.services import own_questionnaires
from portal.web.access import has_role, open_to
from portal.web.administrator import bp
from portal.web.administrator.editions import ShownEdition
from portal.web.administrator.words import COLOURS, STATES
from portal.web.buyer.rights import READERS
from portal.web.current import installation
from questionnaires.catalogue import age


@bp.get("/questionnaires")
@open_to(*READERS)
def questionnaires() -> ResponseReturnValue:
    """Show every questionnaire with all its editions, the newest first."""
    catalogue = installation().catalogue
    return render_template(
        "administrator/questionnaires/list.html",
        shown=_shown(),
        offered={one.name for one in catalogue.all_offered()},
        signed_by=own_questionnaires.signed_by(db.session),
        asked_in=own_questionnaires.asked_in(db.session),
        states=STATES,
        colours=COLOURS,
    )


def _shown() -> list[ShownEdition]:
    catalogue, store = installation().catalogue, installation().store
    rows = {(row.key, row.edition): row for row in own_questionnaires.all_own(db.session)}
    found = [ShownEdition(one, rows.get((one.key, one.edition))) for one in catalogue.all()]
    if has_role(Role.ADMINISTRATOR):
        drafts = [row for row in rows.values() if row.state is EditionState.DRAFT]
        found += [ShownEdition(own_questionnaires.draft_of(row, store), row) for row in drafts]
    newest_first = sorted(found, key=lambda each: age(each.questionnaire.edition), reverse=True)
    return sorted(newest_first, key=lambda each: each.questionnaire.key)
