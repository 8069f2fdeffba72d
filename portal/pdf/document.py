"""Facts in, a PDF out: PDF/A-3a and PDF/UA-1, with an empty field for each signature, to be shown, then signed."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import segno
import typst
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from portal.pdf.facts import (
    DeclarationFacts,
    PrintedAttachment,
    PrintedClause,
    PrintedEarlier,
    PrintedQuestion,
    PrintedSection,
    PrintedSignatory,
)
from portal.pdf.fields import Box, add_signature_fields
from portal.pdf.form_facts import FormFacts
from portal.pdf.printing import Printing
from portal.pdf.shown import as_shown
from portal.pdf.typefaces import FAMILIES, FONTS, PROJECT, TypefaceError, coverage

__all__ = [
    "DeclarationFacts",
    "DocumentError",
    "FormFacts",
    "PrintedAttachment",
    "PrintedClause",
    "PrintedEarlier",
    "PrintedQuestion",
    "PrintedSection",
    "PrintedSignatory",
    "Renderer",
]

_TEMPLATES = PROJECT / "templates" / "declaration"
DECLARATION, FORM = _TEMPLATES / "declaration.typ", _TEMPLATES / "form.typ"

_ENGLISH = Locale("en", "GB")


class DocumentError(Exception):
    """A declaration cannot be made of these facts."""


class Renderer:
    """Typesets declarations. May be shared by threads; each thread gets its own compiler.

    Do not render in a process that forks afterwards: the child would lack the compiler's own threads.
    """

    def __init__(self, fonts: Path | None = None) -> None:
        self._fonts = fonts or FONTS
        self._of_thread = threading.local()
        try:
            self._printing = Printing(coverage(self._fonts))
        except TypefaceError as error:
            raise DocumentError(str(error)) from error

    def render(self, facts: DeclarationFacts) -> bytes:
        """Return the document to be shown, and to be signed as it is; raise `DocumentError`."""
        data, shown = json.dumps(self._printed(facts)), as_shown(facts).decode()
        inputs = {"data": data, "answers": _answers(facts), "shown": shown}
        compiler = self._compiler(DECLARATION)
        try:
            pdf = _compile(compiler, inputs, facts.made_at)
            boxes = [Box(**box) for box in json.loads(compiler.query("<signature-box>", field="value"))]
        except RuntimeError as error:
            raise DocumentError(f"{facts.reference}: {error}") from error
        return add_signature_fields(pdf, boxes)

    def render_form(self, facts: FormFacts) -> bytes:
        """Return a form to be read, printed and prepared; nobody can sign it. Raise `DocumentError`."""
        values = asdict(facts)
        locale = _locale(facts.language)
        values |= {
            "language": locale.language,
            "made_at": _moment(facts.made_at, locale, facts.questionnaire_title),
            **_setting(facts.made_at),
        }
        try:
            return _compile(self._compiler(FORM), {"data": json.dumps(self._fit(values))}, facts.made_at)
        except RuntimeError as error:
            raise DocumentError(f"{facts.questionnaire_title}: {error}") from error

    def _compiler(self, template: Path) -> typst.Compiler:
        compilers: dict[Path, typst.Compiler] = self._of_thread.__dict__.setdefault("compilers", {})
        if template not in compilers:
            compilers[template] = typst.Compiler(
                template, root=template.parent, font_paths=[self._fonts], ignore_system_fonts=True
            )
        return compilers[template]

    def _printed(self, facts: DeclarationFacts) -> Mapping[str, Any]:
        values = asdict(facts)
        answers = values.pop("answers")
        del values["events"]
        locale = _locale(facts.language)
        values |= {
            "language": locale.language,
            "made_at": _moment(facts.made_at, locale, facts.reference),
            **_setting(facts.made_at),
            "answers_sha256": hashlib.sha256(answers).hexdigest(),
            "attachments": [_attachment(each, locale) for each in facts.attachments],
            "verify_url": _web_address(facts),
        }
        return {**self._fit(values), "verify_code": _square_code(facts.verify_url)}

    def _fit(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._printing.fit(value)
        if isinstance(value, Mapping):
            return {key: each if key.endswith("sha256") else self._fit(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._fit(each) for each in value]
        return value


def _answers(facts: DeclarationFacts) -> str:
    try:
        text = facts.answers.decode()
        json.loads(text)
    except ValueError as error:
        raise DocumentError(f"{facts.reference}: the answers are not JSON in UTF-8: {error}") from error
    return text


def _web_address(facts: DeclarationFacts) -> str:
    if not facts.verify_url.startswith(("https://", "http://")):
        raise DocumentError(f"{facts.reference}: not a web address: {facts.verify_url!r}")
    return facts.verify_url


def _square_code(address: str) -> str:
    """Return the address as a QR code (ISO/IEC 18004), in SVG."""
    return segno.make(address, error="m", micro=False).svg_inline(border=2)


def _compile(compiler: typst.Compiler, inputs: dict[str, str], made_at: datetime) -> bytes:
    pdf = compiler.compile(
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise DocumentError("the typesetter gave no document")
    return pdf


def _setting(made_at: datetime) -> Mapping[str, Any]:
    """Return what every template takes besides its own facts."""
    return {"date": [made_at.year, made_at.month, made_at.day], "fonts": FAMILIES}


def _locale(language: str) -> Locale:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = _ENGLISH
    return _ENGLISH if locale.language == "en" else locale


def _moment(made_at: datetime, locale: Locale, document: str) -> str:
    if made_at.tzinfo is None:
        raise DocumentError(f"{document}: the time has no time zone")
    moment = made_at.astimezone(UTC)
    return f"{format_date(moment, 'long', locale=locale)}, {moment:%H:%M} UTC"


def _attachment(attachment: PrintedAttachment, locale: Locale) -> Mapping[str, Any]:
    size = f"{format_decimal(attachment.size, locale=locale)} B"
    if attachment.size >= 1_000:
        size = f"{format_decimal(round(attachment.size / 1_000), locale=locale)} kB"
    return {
        "question": attachment.question,
        "filename": attachment.filename,
        "size": size,
        "sha256": attachment.sha256,
        "notes": attachment.notes,
    }
