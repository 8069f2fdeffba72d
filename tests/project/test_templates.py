"""Templates: what reading their source can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)
WITH_WORDS = sorted(
    str(path.relative_to(TEMPLATES))
    for path in PAGES
    if "{% macro" in path.read_text() and re.search(r"^\{% set \w+ = .*_\(", path.read_text(), re.MULTILINE)
)


def test_there_are_macros_beside_words() -> None:
    assert "layout/tags.html" in WITH_WORDS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_words_beside_macros_follow_the_reader(path: Path) -> None:
    """Jinja keeps a template imported without context for ever: its words would stay in the first reader's language."""
    for name, rest in re.findall(r'{% from "([^"]+)" import ([^%]+)%}', path.read_text()):
        assert name not in WITH_WORDS or "with context" in rest, name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_carries_script_or_style_of_its_own(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\s(on\w+|style)=", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style", source)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_posts_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "csrf" in form
