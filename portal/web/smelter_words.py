"""Words for what lists and minerals workbooks say in English whatever their language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from portal.models import Doubt, MatchDecision
from questionnaires.minerals.model import Asked

METALS: Mapping[str, LazyString] = {
    "Tantalum": lazy_gettext("Tantalum"),
    "Tin": lazy_gettext("Tin"),
    "Gold": lazy_gettext("Gold"),
    "Tungsten": lazy_gettext("Tungsten"),
    "Cobalt": lazy_gettext("Cobalt"),
    "Copper": lazy_gettext("Copper"),
    "Graphite": lazy_gettext("Graphite"),
    "Lithium": lazy_gettext("Lithium"),
    "Mica": lazy_gettext("Mica"),
    "Nickel": lazy_gettext("Nickel"),
}
STATUSES: Mapping[str, LazyString] = {
    "Conformant": lazy_gettext("Conformant"),
    "Active": lazy_gettext("Active in the programme"),
    "Cross-recognized": lazy_gettext("Cross-recognised"),
    "Eligible": lazy_gettext("Eligible"),
    "Not conformant": lazy_gettext("Not conformant"),
    "Re-audit in progress": lazy_gettext("Re-audit in progress"),
    "Outreach required": lazy_gettext("Outreach required"),
    "Communication suspended": lazy_gettext("Communication suspended"),
}
DOUBTS: Mapping[Doubt, LazyString] = {
    Doubt.NOT_LISTED: lazy_gettext("Not in the list, says the supplier"),
    Doubt.UNKNOWN_ID: lazy_gettext("No list has this id"),
    Doubt.LEFT_LIST: lazy_gettext("The id has left the list"),
    Doubt.METAL_DIFFERS: lazy_gettext("The id belongs to another metal"),
    Doubt.NAME_DIFFERS: lazy_gettext("The id belongs to another name"),
    Doubt.COUNTRY_DIFFERS: lazy_gettext("The id belongs to another country"),
}
DECISIONS: Mapping[MatchDecision, LazyString] = {
    MatchDecision.IS: lazy_gettext("Is a smelter of the lists"),
    MatchDecision.NEW: lazy_gettext("Is a new smelter"),
    MatchDecision.NONE: lazy_gettext("Is no smelter"),
}
QUESTIONS: Mapping[str, LazyString] = {
    Asked.USED: lazy_gettext("Used in the product or its production"),
    Asked.REMAINS: lazy_gettext("Remains in the product"),
    Asked.COVERED_COUNTRIES: lazy_gettext("Smelters source from the covered countries"),
    Asked.HIGH_RISK_AREAS: lazy_gettext("Smelters source from conflict-affected and high-risk areas"),
    Asked.RECYCLED: lazy_gettext("All from recycled or scrap sources"),
    Asked.COVERAGE: lazy_gettext("Share of suppliers that have answered"),
    Asked.ALL_IDENTIFIED: lazy_gettext("All smelters identified"),
    Asked.ALL_REPORTED: lazy_gettext("All smelter information reported"),
    "A": lazy_gettext("Has a policy on responsible minerals"),
    "B": lazy_gettext("The policy is public"),
    "C": lazy_gettext("Requires validated smelters of its suppliers"),
    "D": lazy_gettext("Has implemented due diligence"),
    "E": lazy_gettext("Surveys its suppliers"),
    "F": lazy_gettext("Reviews what its suppliers answer"),
    "G": lazy_gettext("The review includes corrective action"),
    "H": lazy_gettext("Must file a yearly disclosure"),
}
"""By `AnswerChange.asked`."""
ANSWERS: Mapping[str, LazyString] = {
    "Yes": lazy_gettext("Yes"), "No": lazy_gettext("No"), "Unknown": lazy_gettext("Unknown"),
}  # fmt: skip


def metal(written: str) -> str:
    """Return the mineral in the reader's language; what is none stays as it was written."""
    return str(METALS.get(written, written))


def status(written: str) -> str:
    """Return a status in the reader's language; one that nobody knows stays as it is."""
    return str(STATUSES.get(written, written))


def answer(written: str) -> str:
    """Return an answer in the reader's language, where it is yes, no or unknown."""
    return str(ANSWERS.get(written, written))
