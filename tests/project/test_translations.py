"""Every text that people see is in the bokmål catalogue, whole and in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "portal" / "translations"
ASIDE = {"node_modules", "tests", "migrations", "static"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
ALIAS = re.compile(r"\b\w*gettext as (?!_\b)\w+")


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return a text's forms: one, or one for each number."""
    return (text,) if isinstance(text, str) else tuple(text or ())


@cache
def gathered() -> dict[tuple[str, ...], set[str]]:
    """Return the texts of the program as it is now, each with the files that say it."""
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel does not say its types
    added = re.findall(r" -k (\S+)", (ROOT / "Makefile").read_text())
    keywords: Any = {**DEFAULT_KEYWORDS, **parse_keywords(added)}
    places: dict[tuple[str, ...], set[str]] = {}
    for path, _line, text, *_ in extract_from_dir(
        ROOT, methods, options, keywords, directory_filter=lambda folder: Path(folder).name not in ASIDE
    ):
        places.setdefault(forms(text), set()).add(path)
    return places


@cache
def bokmaal() -> Catalog:
    """Return the bokmål catalogue."""
    with (TRANSLATIONS / "nb" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="nb")


@cache
def translated() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the catalogue without its header: the forms of each text, and of its translation."""
    return {forms(message.id): forms(message.string) for message in bokmaal() if message.id}


@cache
def pairs() -> list[tuple[str, str]]:
    """Return each form of a text beside its translation."""
    return [pair for text, nb in translated().items() for pair in zip(text, nb, strict=False)]


def placeholders(text: str) -> set[str]:
    """Return the names that are filled in when the text is shown."""
    return {one or other for one, other in PLACEHOLDER.findall(text)}


def ending(text: str) -> str:
    """Return the mark that ends a sentence, or nothing."""
    return text[-1:] if text[-1:] in ".:?" else ""


def test_texts_are_found_in_python_in_pages_and_in_mails() -> None:
    files = set().union(*gathered().values())

    assert {
        "portal/web/auditor/telling.py",
        "portal/web/import_sentences.py",
        "templates/layout/forms.html",
        "templates/emails/receipt/body.txt",
        "templates/emails/receipt/body.html",
    } <= files


def test_every_text_is_translated() -> None:
    assert sorted(gathered().keys() - translated().keys()) == [], "run `make translations`, then translate what is new"
    assert [text for text, nb in translated().items() if not nb or not all(nb)] == []


def test_nothing_is_kept_that_the_program_no_longer_says() -> None:
    assert sorted(translated().keys() - gathered().keys()) == []
    assert list(bokmaal().obsolete) == []


def test_nothing_is_guessed() -> None:
    assert not bokmaal().fuzzy, "a catalogue without a header counts as guessed, and is not compiled"
    assert [message.id for message in bokmaal() if message.fuzzy] == []


def test_both_numbers_have_a_form() -> None:
    assert (bokmaal().num_plurals, bokmaal().plural_expr) == (2, "(n != 1)")
    assert [text for text, nb in translated().items() if len(nb) != len(text)] == []


def test_a_translation_fills_in_the_same() -> None:
    assert [pair for pair in pairs() if placeholders(pair[0]) != placeholders(pair[1])] == []
    assert [errors for _message, errors in bokmaal().check() if errors] == []


def test_a_translation_ends_as_the_text_does() -> None:
    assert [pair for pair in pairs() if ending(pair[0]) != ending(pair[1])] == []
    assert [nb for _text, nb in pairs() if nb != nb.strip()] == []


def test_quotation_marks_are_norwegian() -> None:
    assert [nb for _text, nb in pairs() if re.search('[“”"]', nb)] == []


def test_nobody_marks_texts_by_a_name_that_is_not_gathered() -> None:
    assert [path for path in (ROOT / "portal").rglob("*.py") if ALIAS.search(path.read_text())] == []


def test_no_translation_holds_another_english_text() -> None:
    """Merging two sets of translations can run one text into the next."""
    long = [text for text, _nb in pairs() if len(text) > 40]
    assert [(text, nb) for _text, nb in pairs() for text in long if text in nb] == []
