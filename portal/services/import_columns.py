"""The columns of a supplier file: how their headings may be written, and what their cells mean."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel import Locale

from portal.mail.message import AddressInvalid, plain_address
from portal.models import CompanySize, Criticality, RiskTier, SupplierType

CONTACT_LANGUAGES = ("en", "nb")
"""Languages that the portal writes to suppliers in."""
LONGEST = {"name": 200, "contact_name": 200, "contact_email": 254, "national_id": 64, "external_id": 64}
LONGEST_GROUP = 100
MOST_GROUPS = 50


class Column(enum.StrEnum):
    """What a supplier file can say; the value is the heading in the template."""

    NAME = "name"
    NATIONAL_ID = "national_id"
    COUNTRY = "country"
    CRITICALITY = "criticality"
    PRODUCT_GROUPS = "product_groups"
    SUPPLIER_TYPE = "supplier_type"
    CONTACT_NAME = "contact_name"
    CONTACT_EMAIL = "contact_email"
    LANGUAGE = "language"
    EXTERNAL_ID = "external_id"
    SIZE = "size"
    TIER = "tier"
    MINERALS_RELEVANT = "minerals_relevant"


REQUIRED = (Column.NAME, Column.COUNTRY)
CONTACT_COLUMNS = (Column.CONTACT_NAME, Column.CONTACT_EMAIL, Column.LANGUAGE)

_HEADINGS: Mapping[Column, str] = {
    Column.NAME: "name, supplier, supplier name, company, company name, navn, leverandør, leverandørnavn, firma, "
    "firmanavn",
    Column.NATIONAL_ID: "national id, org no, org number, organisation number, registration number, company number, "
    "orgnr, org nummer, organisasjonsnr, organisasjonsnummer, foretaksnummer",
    Column.COUNTRY: "country, country code, land, landkode",
    Column.CRITICALITY: "criticality, class, kritikalitet, klasse, kategori abc",
    Column.PRODUCT_GROUPS: "product groups, product group, products, produktgruppe, produktgrupper, "
    "varegruppe, varegrupper",
    Column.SUPPLIER_TYPE: "supplier type, type, leverandørtype",
    Column.CONTACT_NAME: "contact name, contact, contact person, kontakt, kontaktnavn, kontaktperson",
    Column.CONTACT_EMAIL: "contact email, contact mail, email, mail, kontakt epost, epost, kontaktepost, epostadresse",
    Column.LANGUAGE: "language, contact language, språk, kontaktspråk",
    Column.EXTERNAL_ID: "external id, erp id, erp number, supplier number, supplier no, ekstern id, erp nummer, "
    "leverandørnr, leverandørnummer",
    Column.SIZE: "size, company size, størrelse, bedriftsstørrelse",
    Column.TIER: "tier, risk tier, risk, risiko, risikonivå, risikoklasse",
    Column.MINERALS_RELEVANT: "minerals relevant, 3tg, 3tg relevant, conflict minerals, mineraler, mineralrelevant, "
    "mineraler relevant, konfliktmineraler",
}
_YES = frozenset(["yes", "y", "true", "1", "x", "ja", "j", "sann"])
_NO = frozenset(["no", "n", "false", "0", "nei", "usann"])
_TYPES = {
    **dict.fromkeys(["manufacturer", "maker", "producer", "produsent", "fabrikant"], SupplierType.MANUFACTURER),
    **dict.fromkeys(
        ["reseller", "distributor", "wholesaler", "forhandler", "distributør", "grossist"], SupplierType.RESELLER
    ),
}
_SIZES = {
    **dict.fromkeys(["micro", "mikro"], CompanySize.MICRO),
    **dict.fromkeys(["small", "liten", "små"], CompanySize.SMALL),
    **dict.fromkeys(["medium", "middels", "mellomstor"], CompanySize.MEDIUM),
    **dict.fromkeys(["large", "stor"], CompanySize.LARGE),
}
_TIERS = {
    **dict.fromkeys(["low", "lav", "1"], RiskTier.LOW),
    **dict.fromkeys(["medium", "middels", "moderat", "2"], RiskTier.MEDIUM),
    **dict.fromkeys(["high", "høy", "3"], RiskTier.HIGH),
}
_LANGUAGES = {
    **dict.fromkeys(["en", "english", "engelsk"], "en"),
    **dict.fromkeys(["nb", "no", "nn", "norsk", "norwegian", "bokmål"], "nb"),
}
_EXTRA_COUNTRIES = {"uk": "GB", "usa": "US", "england": "GB", "sørkorea": "KR", "southkorea": "KR", "taiwan": "TW"}


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken: a code for the reader's language, and what it speaks of."""

    code: str
    column: Column | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


class CellError(Exception):
    """A cell does not say what its column asks for; the code is a `Problem`'s."""

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


def column_of(heading: str) -> Column | None:
    """Return the column that a heading means, however it is written; None where nobody knows it."""
    return _known_headings().get(_plain(heading))


def read_cell(column: Column, text: str) -> Any:
    """Return what a cell that is not empty says.

    Raises:
        CellError: it does not say what the column asks for.
    """
    return _READERS[column](text)


@cache
def _known_headings() -> dict[str, Column]:
    return {
        _plain(heading): column
        for column, headings in _HEADINGS.items()
        for heading in [column.value, *headings.split(",")]
    }


def _plain(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text)).casefold()


def _short(column: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > LONGEST[column]:
            raise CellError("too_long", maximum=str(LONGEST[column]))
        return text

    return read


@cache
def _countries() -> dict[str, str]:
    """ISO codes, and names in English and Norwegian, as plain letters."""
    found = dict(_EXTRA_COUNTRIES)
    for language in ("en", "nb"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}:
                found[_plain(name)] = found[code.casefold()] = code
    return found


def _country(text: str) -> str:
    code = _countries().get(_plain(text))
    if code is None:
        raise CellError("country_unknown", value=text)
    return code


def _criticality(text: str) -> Criticality:
    try:
        return Criticality(text.upper())
    except ValueError:
        raise CellError("criticality_unknown", value=text) from None


def _product_groups(text: str) -> tuple[str, ...]:
    """Parted by | or ;, in the order given, each once."""
    groups = tuple(dict.fromkeys(part.strip() for part in re.split(r"[|;]", text) if part.strip()))
    if len(groups) > MOST_GROUPS or any(len(group) > LONGEST_GROUP for group in groups):
        raise CellError("product_groups_too_long", maximum=str(LONGEST_GROUP), count=str(MOST_GROUPS))
    return groups


def _from_words(words: Mapping[str, Any], code: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return words[text.casefold()]
        except KeyError:
            raise CellError(code, value=text) from None

    return read


def _email(text: str) -> str:
    try:
        address = plain_address(text)
    except AddressInvalid:
        raise CellError("email_invalid", value=text) from None
    return _short("contact_email")(address)


_READERS: Mapping[Column, Callable[[str], Any]] = {
    Column.NAME: _short("name"),
    Column.NATIONAL_ID: _short("national_id"),
    Column.COUNTRY: _country,
    Column.CRITICALITY: _criticality,
    Column.PRODUCT_GROUPS: _product_groups,
    Column.SUPPLIER_TYPE: _from_words(_TYPES, "supplier_type_unknown"),
    Column.CONTACT_NAME: _short("contact_name"),
    Column.CONTACT_EMAIL: _email,
    Column.LANGUAGE: _from_words(_LANGUAGES, "language_unknown"),
    Column.EXTERNAL_ID: _short("external_id"),
    Column.SIZE: _from_words(_SIZES, "size_unknown"),
    Column.TIER: _from_words(_TIERS, "tier_unknown"),
    Column.MINERALS_RELEVANT: _from_words(
        {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}, "yes_or_no_unknown"
    ),
}
