"""Pages on what is asked: the questionnaires, those of the company's own among them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("administrator", __name__)

# the modules hang their pages on the blueprint above
from portal.web.administrator import edition, erasing, operations, preview, questionnaires, trying, uploading  # noqa: E402

__all__ = ["bp", "edition", "erasing", "operations", "preview", "questionnaires", "trying", "uploading"]
