"""Why a deed with a campaign or a request is not possible, as a sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.services.campaigns import CampaignError

_SENTENCES = {
    "questionnaires_missing": lazy_gettext("Choose at least one questionnaire."),
    "questionnaires_retired": lazy_gettext(
        "A questionnaire that you chose has been retired meanwhile and is asked no more. Choose again."
    ),
    "questionnaires_fixed": lazy_gettext("The campaign is sent; its questionnaires cannot be changed any more."),
    "due_date_past": lazy_gettext("Choose a date after today."),
    "nobody_to_ask": lazy_gettext("Nobody can be asked yet. Choose suppliers that have a contact."),
    "not_sent": lazy_gettext("This supplier has not been asked yet."),
    "withdrawn": lazy_gettext("The request is withdrawn."),
    "signed": lazy_gettext("The supplier has signed already; what is signed cannot be withdrawn."),
    "reason_missing": lazy_gettext("Write why this supplier is asked the long form; the reason is kept in the file."),
    "reason_too_long": lazy_gettext("The reason is too long: 1000 characters at most."),
    "contact_retired": lazy_gettext("This contact is retired. Bring the contact back first."),
}


def explain(error: CampaignError) -> str:
    """Return why, in the reader's language."""
    return str(_SENTENCES[error.code])
