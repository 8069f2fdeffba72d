"""The words of a mail: templates/emails/<kind>/{subject.txt,body.txt,body.html}, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.mail.message import one_line

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates" / "emails"
TRANSLATIONS = ROOT / "portal" / "translations"
WORLD_ENGLISH = Locale("en", "GB")


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's text, ready to send."""

    subject: str
    text: str
    html: str


def render(kind: str, language: str, context: Mapping[str, Any], translations: Path = TRANSLATIONS) -> Words:
    """Return the words of a mail.

    Args:
        kind: name of the folder.
        language: the reader's; what the catalogue does not know stays English.
        context: all that the templates name; a missing name is an error, not a gap in the mail.
        translations: folder of the compiled catalogues.
    """
    environment = _environment(language, translations)
    names = {**context, "language": language}
    subject, text, html = (
        environment.get_template(f"{kind}/{part}").render(names) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Words(one_line(subject), text.strip() + "\n", html)


def kinds() -> tuple[str, ...]:
    """Return the names of all mails."""
    return tuple(sorted(path.parent.name for path in TEMPLATES.glob("*/subject.txt")))


@lru_cache(maxsize=16)
def _environment(language: str, translations: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    locale = _locale(language)
    catalogue = Translations.load(translations, [language])
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    environment.filters["date"] = lambda value: _date(value, locale)
    environment.filters["list"] = lambda items: format_list(list(items), locale=locale)
    return environment


def _locale(language: str) -> Locale:
    """Return the locale; English is the world's, with the day before the month."""
    try:
        return WORLD_ENGLISH if language == "en" else Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return WORLD_ENGLISH


def _date(value: date | str, locale: Locale) -> str:
    """Write a date, or the ISO text of one or of a moment, as people do."""
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return format_date(day, format="long", locale=locale)
