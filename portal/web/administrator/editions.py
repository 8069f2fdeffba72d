"""Find the edition that an address names."""

from __future__ import annotations

from flask import abort

from portal.web.current import installation
from questionnaires.errors import UnknownQuestionnaire
from questionnaires.model import Questionnaire


def find_edition(key: str, edition: str) -> Questionnaire:
    """Return an edition that this reader may see; 404 where there is none."""
    try:
        return installation().catalogue.find(key, edition)
    except UnknownQuestionnaire:
        abort(404)
