"""Templates: what reading their source can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)
IMPORTED = re.compile(r'\{% (?:from|import) "([^"]+)" ([^%]+)%\}')
WORDS = re.compile(r"^\{% set \w+ = .*_\(", re.MULTILINE)


def imports_of(path: Path) -> list[tuple[str, str]]:
    """Return what a template imports, and how."""
    return IMPORTED.findall(path.read_text())


def with_words() -> set[str]:
    """Return the macro files that hold words at module level, or import from one that does."""
    macros = {str(path.relative_to(TEMPLATES)): path for path in PAGES if "{% macro" in path.read_text()}
    found = {name for name, path in macros.items() if WORDS.search(path.read_text())}
    while more := {
        name
        for name, path in macros.items()
        if name not in found and any(each in found for each, _ in imports_of(path))
    }:
        found |= more
    return found


def test_there_are_macros_beside_words() -> None:
    assert "layout/tags.html" in with_words()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_words_beside_macros_follow_the_reader(path: Path) -> None:
    """Jinja keeps a template imported without context for ever: its words would stay in the first reader's language."""
    words = with_words()
    for name, how in imports_of(path):
        assert name not in words or "with context" in how, name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_carries_script_or_style_of_its_own(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\s(on\w+|style)=", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style", source)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_posts_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "csrf" in form
