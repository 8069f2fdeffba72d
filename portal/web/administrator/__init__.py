"""Pages on what is asked: the questionnaires, those of the company's own among them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("administrator", __name__)

# the modules hang their pages on the blueprint above
from portal.web.administrator import (  # noqa: E402, F401
    edition,
    erasing,
    operations,
    preview,
    questionnaires,
    smelter_lists,
    trying,
    uploading,
)

__all__ = ["bp"]
