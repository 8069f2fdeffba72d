"""What templates can call: dates, names of countries, states and severities in the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale

from portal.models import Role
from portal.services import bringing
from portal.web.access import has_role
from portal.web.languages import LANGUAGES, choose_language
from questionnaires.texts import Text

_DAY = {"en": "d MMM y", "nb": "d. MMM y"}


def join(app: Flask) -> None:
    """Hand the filters and names to the templates."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        country=country,
        size=size,
        in_language=in_language,
        sentence=sentence,
        brought_signatures=bringing.signatures_of,
    )
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, language=choose_language, has_role=has_role, Role=Role)
    settings = app.extensions["installation"].settings
    app.jinja_env.globals.update(organisation=settings.organisation, demo=settings.demo, asset=_asset_addresses(app))
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _asset_addresses(app: Flask) -> Callable[[str], str]:
    """Return a function from a file in static/ to its address, which changes when the file does."""

    @cache
    def asset(name: str) -> str:
        path = Path(str(app.static_folder)) / name
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
        return f"{app.static_url_path}/{name}?v={digest}"

    return asset


def day(value: date | None) -> str:
    """Return a date as the reader writes it, the day first in English too: the readers are not American."""
    return format_date(value, _DAY[choose_language()]) if value else "–"


def moment(value: datetime | None) -> str:
    """Return a moment as the reader writes it, in UTC and saying so."""
    return f"{format_datetime(value, _DAY[choose_language()] + ' HH:mm', rebase=False)} UTC" if value else "–"


def country(code: str | None) -> str:
    """Return a country's name."""
    locale = get_locale()
    return (locale.territories.get(code or "") if locale else None) or code or "–"


def size(value: int) -> str:
    """Return a file's size for people."""
    if value < 1_000_000:
        return f"{max(1, round(value / 1000))} kB"
    return f"{format_decimal(round(value / 1_000_000, 1))} MB"


def in_language(text: Text | None) -> str:
    """Return a questionnaire's text in the reader's language."""
    return text.in_language(choose_language()) if text else ""


def sentence(texts: dict[str, Any]) -> str:
    """Return a stored sentence in the reader's language, or in English."""
    return str(texts.get(choose_language()) or texts.get("en") or "")
