"""Facts in, a PDF out: PDF/A-3a and PDF/UA-1, with two empty signature fields, to be shown, then signed."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

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
)
from portal.pdf.fields import Box, add_signature_fields
from portal.pdf.printing import Printing
from portal.pdf.typefaces import FAMILIES, FONTS, PROJECT, TypefaceError, coverage

__all__ = [
    "DeclarationFacts",
    "DocumentError",
    "PrintedAttachment",
    "PrintedClause",
    "PrintedEarlier",
    "PrintedQuestion",
    "PrintedSection",
    "Renderer",
]

TEMPLATE = PROJECT / "templates" / "declaration" / "declaration.typ"

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
        inputs = {"data": json.dumps(self._printed(facts)), "answers": _answers(facts)}
        compiler = self._compiler()
        try:
            pdf = compiler.compile(
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=["a-3a", "ua-1"],
                timestamp=int(facts.made_at.timestamp()),
            )
            boxes = [Box(**box) for box in json.loads(compiler.query("<signature-box>", field="value"))]
        except RuntimeError as error:
            raise DocumentError(f"{facts.reference}: {error}") from error
        return add_signature_fields(_single(pdf), boxes)

    def _compiler(self) -> typst.Compiler:
        compiler: typst.Compiler | None = getattr(self._of_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(
                TEMPLATE, root=TEMPLATE.parent, font_paths=[self._fonts], ignore_system_fonts=True
            )
            self._of_thread.compiler = compiler
        return compiler

    def _printed(self, facts: DeclarationFacts) -> Mapping[str, Any]:
        values = asdict(facts)
        answers = values.pop("answers")
        locale = _locale(facts.language)
        values |= {
            "language": locale.language,
            "made_at": _moment(facts, locale),
            "date": [facts.made_at.year, facts.made_at.month, facts.made_at.day],
            "answers_sha256": hashlib.sha256(answers).hexdigest(),
            "attachments": [_attachment(each, locale) for each in facts.attachments],
            "verify_url": _web_address(facts),
            "fonts": FAMILIES,
        }
        printed: Mapping[str, Any] = self._fit(values)
        return printed

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


def _single(pdf: bytes | list[bytes] | None) -> bytes:
    if not isinstance(pdf, bytes):
        raise DocumentError("the typesetter gave no document")
    return pdf


def _locale(language: str) -> Locale:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = _ENGLISH
    return _ENGLISH if locale.language == "en" else locale


def _moment(facts: DeclarationFacts, locale: Locale) -> str:
    if facts.made_at.tzinfo is None:
        raise DocumentError(f"{facts.reference}: the time has no time zone")
    moment = facts.made_at.astimezone(UTC)
    return f"{format_date(moment, 'long', locale=locale)}, {moment:%H:%M} UTC"


def _attachment(attachment: PrintedAttachment, locale: Locale) -> Mapping[str, str]:
    size = f"{format_decimal(attachment.size, locale=locale)} B"
    if attachment.size >= 1_000:
        size = f"{format_decimal(round(attachment.size / 1_000), locale=locale)} kB"
    return {
        "question": attachment.question,
        "filename": attachment.filename,
        "size": size,
        "sha256": attachment.sha256,
    }
