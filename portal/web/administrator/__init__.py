"""Pages on what is asked: the questionnaires, those of the company's own among them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("administrator", __name__)

# the modules hang their pages on the blueprint above
from portal.web.administrator import edition, operations, preview, questionnaires, smelter_lists, trying, uploading  # noqa: E402

__all__ = ["bp", "edition", "operations", "preview", "questionnaires", "smelter_lists", "trying", "uploading"]
