"""Why a list of statuses, or a row of one, is refused: sentences for pages and for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.services.smelter_status_files import RefusedRow, StatusFileError
from questionnaires.texts import Text

_UNREADABLE: Final = Text.of(
    "This file cannot be read. Open it in Excel, save it as a workbook (.xlsx), and bring that.",
    nb="Filen kan ikke leses. Åpne den i Excel, lagre den som arbeidsbok (.xlsx), og last opp den.",
)
_FILE: Final[Mapping[str, Text]] = {
    "empty": Text.of("The file is empty.", nb="Filen er tom."),
    "no_id_column": Text.of(
        "No column is headed Smelter ID, so nobody can tell which smelter a row speaks of.",
        nb="Ingen kolonne har overskriften Smelter ID, så det går ikke an å se hvilket smelteverk en rad gjelder.",
    ),
    "no_status_column": Text.of(
        "No column is headed Status. Say which status all the rows have, or bring a file with such a column.",
        nb="Ingen kolonne har overskriften Status. Angi hvilken status alle radene har, eller last opp en fil med en "
        "slik kolonne.",
    ),
    "too_many_rows": Text.of("The file has too many rows.", nb="Filen har for mange rader."),
    "workbook_too_large": Text.of("The file is too large.", nb="Filen er for stor."),
    "workbook_macros": Text.of(
        "The file holds macros. Save it as a workbook without macros (.xlsx), and bring that.",
        nb="Filen inneholder makroer. Lagre den som arbeidsbok uten makroer (.xlsx), og last opp den.",
    ),
    "xml": Text.of(
        "This XML file is no XML Spreadsheet 2003, or holds what such a file need not hold.",
        nb="Denne XML-filen er ikke et XML-regneark 2003, eller inneholder noe et slikt ikke trenger.",
    ),
}
_ROW: Final[Mapping[str, Text]] = {
    "id": Text.of(
        "“{value}” is no smelter id, such as CID001234.", nb="«{value}» er ingen smelteverk-id, som CID001234."
    ),
    "status": Text.of("the status is missing or too long.", nb="statusen mangler eller er for lang."),
    "date": Text.of(
        "“{value}” is no date that can be read; 2026-02-04 can.",
        nb="«{value}» er ingen dato som kan leses; 2026-02-04 kan det.",
    ),
    "date_ahead": Text.of(
        "the audit on {value} is later than the list.", nb="revisjonen, {value}, er senere enn listen."
    ),
    "cycle": Text.of("“{value}” is no audit cycle of 1 to 5 years.", nb="«{value}» er ingen syklus på 1 til 5 år."),
    "twice": Text.of("{value} stands in an earlier row, too.", nb="{value} står i en tidligere rad også."),
}


def explain_file(error: StatusFileError, language: str) -> str:
    """Return why the whole file is refused."""
    return _FILE.get(error.code, _UNREADABLE).in_language(language)


def explain_row(row: RefusedRow, language: str) -> str:
    """Return why a row is left out."""
    return _ROW[row.code].in_language(language).format(value=row.value)
