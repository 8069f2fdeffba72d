"""What every page must have, checked in the HTML that a test fetched."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

from werkzeug.test import TestResponse

TYPED = {"input", "select", "textarea"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.inline: list[str] = []
        self.headings_without_scope = 0
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        self._in_title = tag == "title"
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "label" and given.get("for"):
            self.labelled.add(str(given["for"]))
        if tag in TYPED and given.get("type") not in {"hidden", "submit"}:
            self.fields.append(str(given.get("id")))
        self.headings_without_scope += tag == "th" and "scope" not in given
        self.inline += [name for name in given if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def check(answer: TestResponse) -> str:
    """Return the page's text, after a look at its title, headings, labels, ids and tables."""
    page = _Page()
    page.feed(answer.text)
    assert page.tags["h1"] == 1, "one h1"
    assert page.title.strip(" –"), "a title"
    assert [each for each, count in page.ids.items() if count > 1] == [], "ids are unique"
    assert [each for each in page.fields if each not in page.labelled] == [], "each field has a label"
    assert page.headings_without_scope == 0, "each table heading has a scope"
    assert page.inline == [], "nothing inline"
    return answer.text
