"""Pages of those who ask: the register, campaigns, reviews, deviations."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("buyer", __name__)

# the modules hang their pages on the blueprint above
from portal.web.buyer import (  # noqa: E402
    audience,
    campaigns,
    certificates,
    checking,
    code_mapping,
    contacts,
    deciding,
    deviations,
    form_downloads,
    holds,
    imports,
    long_forms,
    mails,
    requests,
    returning,
    reviews,
    rollup,
    sending,
    smelter_changes,
    smelter_matching,
    smelters,
    suppliers,
)

__all__ = [
    "audience",
    "bp",
    "campaigns",
    "certificates",
    "checking",
    "code_mapping",
    "contacts",
    "deciding",
    "deviations",
    "form_downloads",
    "holds",
    "imports",
    "long_forms",
    "mails",
    "requests",
    "returning",
    "reviews",
    "rollup",
    "sending",
    "smelter_changes",
    "smelter_matching",
    "smelters",
    "suppliers",
]
