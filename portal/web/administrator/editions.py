"""One edition as a page's reader may see it: shipped, of the company's own, or for administrators a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort

from portal.extensions import db
from portal.models import EditionState, QuestionnaireEdition, Role
from portal.services import own_questionnaires
from portal.web.access import has_role
from portal.web.current import installation
from questionnaires.errors import UnknownQuestionnaire
from questionnaires.model import Questionnaire

_ADDRESS = re.compile(r"[a-z][a-z0-9-]{0,63}/[0-9]{4}-[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """An edition, and what is known of it."""

    questionnaire: Questionnaire
    row: QuestionnaireEdition | None
    """None for an edition that came with the portal."""

    @property
    def state(self) -> EditionState | None:
        """Where it stands; None for an edition that came with the portal."""
        return self.row.state if self.row else None


def find_shown(key: str, edition: str) -> ShownEdition:
    """Return an edition that this reader may see; 404 where there is none."""
    if not _ADDRESS.fullmatch(f"{key}/{edition}"):
        abort(404)  # whatever stands in an address, even what no database takes
    row = own_questionnaires.find(db.session, key, edition)
    if row and row.state is EditionState.DRAFT:
        if not has_role(Role.ADMINISTRATOR):
            abort(404)
        return ShownEdition(own_questionnaires.draft_of(row, installation().store), row)
    try:
        return ShownEdition(installation().catalogue.find(key, edition), row)
    except UnknownQuestionnaire:
        abort(404)


def find_edition(key: str, edition: str) -> Questionnaire:
    """Return an edition that this reader may see, a draft with its `gaps`; 404 where there is none."""
    return find_shown(key, edition).questionnaire
