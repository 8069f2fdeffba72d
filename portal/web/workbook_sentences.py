"""Why a filled workbook is refused as a whole, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

REFUSALS: Mapping[str, Any] = {
    "empty": lazy_gettext("Choose a file first."),
    "unreadable": lazy_gettext("The file cannot be read as an Excel workbook. Save it as .xlsx without a password."),
    "too_large": lazy_gettext("The workbook is too large, or has a filled cell far outside its tables."),
    "macros": lazy_gettext("The workbook has macros. Save it as .xlsx without them."),
    "unsafe": lazy_gettext("The workbook has parts that spreadsheet programs do not write. Save it again as .xlsx."),
    "no_form": lazy_gettext("This is not the workbook of the form. Download it here, fill it in, and upload that one."),
    "other_questionnaire": lazy_gettext("This is the workbook of another questionnaire. Upload it there."),
    "other_edition": lazy_gettext(
        "This workbook was made for another edition of the questionnaire. Download it again, and copy your answers."
    ),
    "other_request": lazy_gettext(
        "This workbook was made for another request. Download it here again, and copy your answers."
    ),
}


def explain_refusal(code: str) -> str:
    """Return the sentence."""
    return str(REFUSALS[code])
