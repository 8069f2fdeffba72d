"""What is told about questionnaires: states, and why something is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.models import EditionState
from portal.services.own_definitions import MOST_FILES, UploadRefused

STATES = {
    None: lazy_gettext("Shipped"),
    EditionState.DRAFT: lazy_gettext("Draft"),
    EditionState.PUBLISHED: lazy_gettext("Published"),
    EditionState.RETIRED: lazy_gettext("Retired"),
}
"""None stands for an edition that came with the portal."""
COLOURS = {
    None: "neutral",
    EditionState.DRAFT: "warning",
    EditionState.PUBLISHED: "success",
    EditionState.RETIRED: "neutral",
}

REFUSALS = {
    "has_faults": lazy_gettext("The definition has faults, so it was not kept."),
    "published": lazy_gettext(
        "This edition is published and cannot be changed any more. Give the new one another edition."
    ),
    "changed_meanwhile": lazy_gettext(
        "Somebody has uploaded this draft anew since you opened the page. Look at it again, then publish."
    ),
    "not_complete": lazy_gettext("The draft is not complete, so it was not published. What it lacks stands below."),
    "not_published": lazy_gettext("A draft cannot be retired. Throw it away instead."),
    "retired": lazy_gettext("This edition is retired already."),
}

_UPLOADS = {
    "nothing": lazy_gettext("Choose a file first."),
    "too_many_files": lazy_gettext("These are too many files: at most %(most)s belong to one questionnaire."),
    "file_too_large": lazy_gettext("“%(name)s” is too large for a questionnaire: at most 2 MB."),
    "same_name": lazy_gettext("Two files are named “%(name)s”. Choose one of them."),
    "mixed": lazy_gettext("Upload either one workbook or YAML files, not both at once."),
    "unreadable": lazy_gettext("“%(name)s” is no workbook (.xlsx) that can be read. Save it again in Excel."),
    "too_large": lazy_gettext("“%(name)s” is too large, or grows too large when it is unpacked."),
    "macros": lazy_gettext("“%(name)s” holds macros. Save it as .xlsx without them."),
    "unsafe": lazy_gettext("“%(name)s” holds parts that no spreadsheet program writes, and was not opened."),
}


def explain_upload(refused: UploadRefused) -> str:
    """Return why an upload is no definition."""
    return str(_UPLOADS[refused.code]) % {"name": refused.name, "most": MOST_FILES}
