"""Pages of those who are asked: the link, the answers, the signature."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("supplier", __name__)

# the modules hang their pages on the blueprint above
from portal.web.supplier import (  # noqa: E402, F401
    answering,
    at_once,
    bringing,
    files,
    link,
    minerals,
    overview,
    questions,
    receipts,
    signatures,
    signing,
)

__all__ = ["bp"]
