"""Pages of those who are asked: the link, the answers, the signature."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("supplier", __name__)

# the modules hang their pages on the blueprint above
from portal.web.supplier import answering, at_once, bringing, files, link, overview, questions, receipts, signing  # noqa: E402

__all__ = ["answering", "at_once", "bp", "bringing", "files", "link", "overview", "questions", "receipts", "signing"]
