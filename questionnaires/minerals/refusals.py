"""Why a file is not read as a CMRT or EMRT, in English and bokmål. Facts stand in braces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "nb")

_SEND = {
    "en": "Please send a CMRT or EMRT of the Responsible Minerals Initiative, as an Excel workbook (.xlsx).",
    "nb": "Send en CMRT eller EMRT fra Responsible Minerals Initiative, som Excel-arbeidsbok (.xlsx).",
}  # fmt: skip
_AGAIN = {
    "en": "Please open it in Excel, save it as a new workbook (.xlsx) and send that.",
    "nb": "Åpne den i Excel, lagre den som en ny arbeidsbok (.xlsx), og send den.",
}

_FILES: Final = {
    "empty": ("The file is empty.", "Filen er tom.", _SEND),
    "encrypted": (
        "The workbook is protected with a password, so it cannot be opened.",
        "Arbeidsboken er beskyttet med passord og kan ikke åpnes.",
        {"en": "Please remove the password (File, Info, Protect Workbook, Encrypt with Password) and send it again.",
         "nb": "Fjern passordet (Fil, Informasjon, Beskytt arbeidsbok, Krypter med passord), og send den på nytt."},
    ),
    "old_workbook": (
        "This is a workbook in the format of Excel 2003 or older (.xls).",
        "Dette er en arbeidsbok i formatet til Excel 2003 eller eldre (.xls).", _AGAIN,
    ),
    "binary_workbook": (
        "This is a binary workbook (.xlsb).", "Dette er en binær arbeidsbok (.xlsb).", _AGAIN,
    ),
    "xml_spreadsheet": (
        "This is a spreadsheet saved as XML.", "Dette er et regneark som er lagret som XML.", _AGAIN,
    ),
    "open_document": (
        "This is an OpenDocument spreadsheet (.ods).", "Dette er et OpenDocument-regneark (.ods).",
        {"en": "Please save it as an Excel workbook (.xlsx) and send that.",
         "nb": "Lagre det som Excel-arbeidsbok (.xlsx), og send den."},
    ),
    "numbers": (
        "This is a document of Apple Numbers.", "Dette er et dokument fra Apple Numbers.",
        {"en": "Please export it as an Excel workbook (.xlsx) and send that.",
         "nb": "Eksporter det som Excel-arbeidsbok (.xlsx), og send den."},
    ),
    "pdf": ("This is a PDF file, not a workbook.", "Dette er en PDF-fil, ikke en arbeidsbok.", _SEND),
    "image": ("This is a picture, not a workbook.", "Dette er et bilde, ikke en arbeidsbok.", _SEND),
    "web_page": ("This is a web page, not a workbook.", "Dette er en nettside, ikke en arbeidsbok.", _SEND),
    "text": (
        "This is a text file, perhaps CSV, not a workbook.",
        "Dette er en tekstfil, kanskje CSV, ikke en arbeidsbok.", _SEND,
    ),
    "document": ("This is another kind of document, not a workbook.",
                 "Dette er et dokument av et annet slag, ikke en arbeidsbok.", _SEND),
    "archive": ("This is an archive with no workbook's parts.", "Dette er et arkiv uten delene til en arbeidsbok.", {
        "en": "Please unpack it and send the workbook (.xlsx) itself.",
        "nb": "Pakk det ut, og send selve arbeidsboken (.xlsx).",
    }),
    "program": ("This is a program, not a workbook.", "Dette er et program, ikke en arbeidsbok.", _SEND),
    "unknown": ("This is no workbook.", "Dette er ingen arbeidsbok.", _SEND),
}  # fmt: skip

_WORKBOOKS: Final = {
    "damaged": (
        "The workbook is damaged or cut off: it was perhaps not sent whole.",
        "Arbeidsboken er skadet eller avkuttet: kanskje ble ikke hele filen sendt.", _AGAIN,
    ),
    "unreadable": ("The workbook cannot be read.", "Arbeidsboken kan ikke leses.", _AGAIN),
    "stopped": (
        "Reading the workbook took too much time or memory and was stopped.",
        "Det tok for mye tid eller minne å lese arbeidsboken, og lesingen ble stanset.", _AGAIN,
    ),
    "too_large": (
        "The workbook is far larger than any CMRT or EMRT.",
        "Arbeidsboken er langt større enn noen CMRT eller EMRT.", _SEND,
    ),
    "macros": (
        "The workbook has macros, which no CMRT or EMRT has.",
        "Arbeidsboken har makroer, og det har ingen CMRT eller EMRT.",
        {"en": "Please save it as a workbook without macros (.xlsx) and send that.",
         "nb": "Lagre den som arbeidsbok uten makroer (.xlsx), og send den."},
    ),
    "unsafe": (
        "The workbook is put together as no spreadsheet program does it, so it is not opened.",
        "Arbeidsboken er satt sammen slik intet regnearkprogram gjør det, og blir ikke åpnet.", _AGAIN,
    ),
    "no_declaration": (
        "This workbook is no CMRT or EMRT: no sheet {sheet} says which revision it is. Its sheets are {sheets}.",
        "Arbeidsboken er ingen CMRT eller EMRT: ikke noe ark {sheet} sier hvilken revisjon den er. Arkene: {sheets}.",
        _SEND,
    ),
    "other_template": (
        "This is the template {kind} {version}, which is not read here.",
        "Dette er malen {kind} {version}, som ikke leses her.", _SEND,
    ),
    "unknown_template": (
        "This workbook is of revision {version}, but does not say of which template.",
        "Arbeidsboken er av revisjon {version}, men sier ikke av hvilken mal.", _SEND,
    ),
    "too_old": (
        "This is {kind} {version}, which is too old: it asks other questions than today's.",
        "Dette er {kind} {version}, som er for gammel: den stiller andre spørsmål enn dagens.",
        {"en": "Please fill in and send {kind} {oldest} or later, at best the newest.",
         "nb": "Fyll ut og send {kind} {oldest} eller nyere, helst den nyeste."},
    ),
    "too_new": (
        "This is {kind} {version}, which is newer than those that are known here ({known}).",
        "Dette er {kind} {version}, som er nyere enn dem som er kjent her ({known}).",
        {"en": "Please send {kind} {known}, and tell us that there is a newer one.",
         "nb": "Send {kind} {known}, og si fra om at det finnes en nyere."},
    ),
}  # fmt: skip
_REFUSALS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = _FILES | _WORKBOOKS
CODES: Final = frozenset(_REFUSALS)


class NotReadable(Exception):
    """The file is not read; `code` is one of `CODES`, `facts` what its sentence speaks of."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, str] = {name: str(fact) for name, fact in facts.items()}

    def sentence(self, language: str = "en") -> str:
        """Return what was found and what to send, in English or `nb`."""
        english, norwegian, advice = _REFUSALS[self.code]
        chosen = "nb" if language in {"nb", "no", "nn"} else "en"
        found = norwegian if chosen == "nb" else english
        return f"{found} {advice[chosen]}".format_map(self.facts)

    def __str__(self) -> str:
        return self.sentence()
