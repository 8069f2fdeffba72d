"""Pages of those who prove: the archive, the evidence, the ledger."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("auditor", __name__)

# the modules hang their pages on the blueprint above
from portal.web.auditor import archive, bulk, ledger  # noqa: E402

__all__ = ["archive", "bp", "bulk", "ledger"]
