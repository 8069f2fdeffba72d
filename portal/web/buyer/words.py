"""What the register's codes are called, in the reader's language; also for choices in forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.models import CompanySize, Criticality, OutgoingMail, RiskTier, SupplierType
from portal.services.import_columns import CONTACT_LANGUAGES, Column
from portal.services.outbox import Trouble, trouble_of
from portal.services.supplier_search import Minerals
from portal.web.filters import country
from portal.web.languages import LANGUAGES, choose_language
from questionnaires.answers.locales import countries

SUPPLIER_TYPES = {
    SupplierType.MANUFACTURER: lazy_gettext("Manufacturer"),
    SupplierType.RESELLER: lazy_gettext("Reseller"),
}
SIZES = {
    CompanySize.MICRO: lazy_gettext("Micro (fewer than 10 people)"),
    CompanySize.SMALL: lazy_gettext("Small (10 to 49 people)"),
    CompanySize.MEDIUM: lazy_gettext("Medium (50 to 249 people)"),
    CompanySize.LARGE: lazy_gettext("Large (250 people or more)"),
}
TIERS = {
    RiskTier.LOW: lazy_gettext("Low risk"),
    RiskTier.MEDIUM: lazy_gettext("Medium risk"),
    RiskTier.HIGH: lazy_gettext("High risk"),
}
MINERALS = {
    Minerals.YES: lazy_gettext("Yes"),
    Minerals.NO: lazy_gettext("No"),
    Minerals.UNKNOWN: lazy_gettext("Not known"),
}
COLUMNS = {
    Column.NAME: lazy_gettext("Name"),
    Column.NATIONAL_ID: lazy_gettext("National id"),
    Column.COUNTRY: lazy_gettext("Country"),
    Column.CRITICALITY: lazy_gettext("Criticality"),
    Column.PRODUCT_GROUPS: lazy_gettext("Product groups"),
    Column.SUPPLIER_TYPE: lazy_gettext("Supplier type"),
    Column.CONTACT_NAME: lazy_gettext("Contact’s name"),
    Column.CONTACT_EMAIL: lazy_gettext("Contact’s e-mail"),
    Column.LANGUAGE: lazy_gettext("Contact’s language"),
    Column.EXTERNAL_ID: lazy_gettext("External id"),
    Column.SIZE: lazy_gettext("Size"),
    Column.TIER: lazy_gettext("Risk tier"),
    Column.MINERALS_RELEVANT: lazy_gettext("3TG relevant"),
}
SUPPLIER_ERRORS = {
    "national_id_taken": ("national_id", lazy_gettext("Another supplier in this country has this number.")),
    "external_id_taken": ("external_id", lazy_gettext("Another supplier has this external id.")),
    "email_taken": ("email", lazy_gettext("This supplier already has a contact with this address.")),
    "email_invalid": ("email", lazy_gettext("This is not a mail address. Write it as name@company.example.")),
}
"""Code → the form's field and what is wrong with it."""
MAIL_KINDS = {
    "invitation": lazy_gettext("Invitation"),
    "invitation_renewed": lazy_gettext("New link"),
    "questions_returned": lazy_gettext("Questions returned"),
    "receipt": lazy_gettext("Receipt"),
    "signature_wanted": lazy_gettext("Request for a signature"),
    "signing_void": lazy_gettext("Notice of a signing that was ended"),
    "signing_code": lazy_gettext("Signing code"),
    "contact_suggested": lazy_gettext("Notice of a suggested contact"),
    "declaration_signed": lazy_gettext("Notice of a signed declaration"),
    "ledger_checkpoint": lazy_gettext("Checkpoint of the ledger"),
    "operations_alarm": lazy_gettext("Alarm to administrators"),
}
TROUBLES = {
    Trouble.REFUSED: lazy_gettext("The mail server refused it. Check the address."),
    Trouble.DELAYED: lazy_gettext("The mail server does not take it just now; it will be tried again."),
    Trouble.GAVE_UP: lazy_gettext("The mail server did not take it for two days."),
    Trouble.ADDRESS_INVALID: lazy_gettext("The address is not a mail address."),
    Trouble.ADDRESS_CHANGED: lazy_gettext("The address was changed meanwhile."),
    Trouble.LINK_REVOKED: lazy_gettext("The link was revoked before the mail went out."),
    Trouble.LINK_EXPIRED: lazy_gettext("The link had expired before the mail went out."),
    Trouble.REQUEST_WITHDRAWN: lazy_gettext("The request was withdrawn before the mail went out."),
    Trouble.CODE_EXPIRED: lazy_gettext("The code had expired before the mail went out."),
    Trouble.CODE_USED: lazy_gettext("The code was used before the mail went out."),
    Trouble.THING_GONE: lazy_gettext("What the mail was about is no longer there."),
    Trouble.HELD: lazy_gettext("The portal was restored from a backup; the mail may have gone out already."),
    Trouble.INTERNAL: lazy_gettext("The portal could not make the mail; its log says more."),
}


_NAMES: Mapping[Column, Mapping[Any, Any]] = {
    Column.SUPPLIER_TYPE: SUPPLIER_TYPES,
    Column.SIZE: SIZES,
    Column.TIER: TIERS,
}


def country_choices() -> list[tuple[str, str]]:
    """Return all countries by their name in the reader's language."""
    return list(countries(choose_language()).items())


def criticality_choices() -> list[tuple[str, str]]:
    """Return the classes, and that none is known."""
    return [("", _("Not set")), *((one.value, one.value) for one in Criticality)]


def type_choices() -> list[tuple[str, str]]:
    """Return the supplier types, and that none is known."""
    return [("", _("Not known")), *((one.value, str(name)) for one, name in SUPPLIER_TYPES.items())]


def size_choices() -> list[tuple[str, str]]:
    """Return the sizes of companies, and that none is known."""
    return [("", _("Not known")), *((one.value, str(name)) for one, name in SIZES.items())]


def tier_choices() -> list[tuple[str, str]]:
    """Return the risk tiers, and that nobody has judged."""
    return [("", _("Not set")), *((one.value, str(name)) for one, name in TIERS.items())]


def minerals_choices() -> list[tuple[str, str]]:
    """Return whether 3TG may be in the goods."""
    return [(one.value, str(name)) for one, name in MINERALS.items()]


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that the portal writes to suppliers in."""
    return [(code, LANGUAGES[code]) for code in CONTACT_LANGUAGES]


def minerals_of(relevant: bool | None) -> Minerals:
    """Return the word for a supplier's relevance."""
    return {True: Minerals.YES, False: Minerals.NO, None: Minerals.UNKNOWN}[relevant]


def say(column: Column, value: Any) -> str:
    """Return a fact of a supplier as people say it."""
    if value in (None, "", ()):
        return "–"
    if column is Column.COUNTRY:
        return country(value)
    if column in _NAMES:
        return str(_NAMES[column][value])
    if column is Column.MINERALS_RELEVANT:
        return str(MINERALS[minerals_of(value)])
    if column is Column.LANGUAGE:
        return str(LANGUAGES.get(value, value))
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def why_not_sent(mail: OutgoingMail) -> str:
    """Return why a mail has not been sent, with the mail server's own words; empty where nothing is wrong."""
    trouble = trouble_of(mail)
    if trouble is None:
        return ""
    code, detail = trouble
    return f"{TROUBLES[code]} ({detail})" if detail else str(TROUBLES[code])
