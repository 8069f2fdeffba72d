from __future__ import annotations

import html
import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2 import UndefinedError

from portal.config import MINUTES_CODE_LASTS
from portal.mail import rendering
from portal.mail.messages import Draft
from tests.portal.mail.samples import CODE, LINK, adds, drafts

EVERY = [pytest.param(draft, id=f"{draft.kind}-{language}") for language in ("en", "nb") for draft in drafts(language)]


def words_in(markup: str) -> str:
    """Return what a reader of the HTML sees, in one line."""
    visible = re.sub(r"<(head|style).*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", visible)).split())


def render(draft: Draft) -> rendering.Words:
    return rendering.render(draft.kind, draft.language, {**adds(), **draft.facts})


def test_every_folder_has_its_function() -> None:
    assert {draft.kind for draft in drafts("en")} == set(rendering.kinds())


@pytest.mark.parametrize("draft", EVERY)
def test_facts_are_json_and_hold_neither_link_nor_code(draft: Draft) -> None:
    written = json.dumps(draft.facts)
    assert "http" not in written
    assert "token" not in written
    assert not re.search(r"(?<![0-9a-f-])\d{6}(?![0-9a-f-])", written)


@pytest.mark.parametrize("draft", EVERY)
def test_text_and_html_say_the_same(draft: Draft) -> None:
    words = render(draft)
    seen = words_in(words.html)
    for line in words.text.splitlines():
        piece = " ".join(line.strip().removeprefix("- ").split())
        if piece not in {"", "--"}:
            assert piece in seen or piece.rstrip(":") in seen, piece


@pytest.mark.parametrize("draft", EVERY)
def test_hostile_facts_stay_words_in_html(draft: Draft) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    facts = {
        name: hostile if isinstance(value, str) and not name.endswith(("_id", "_on", "_at")) else value
        for name, value in draft.facts.items()
    }
    words = rendering.render(draft.kind, draft.language, {**adds(), **facts, "to_name": hostile})
    assert "<img" not in words.html
    assert hostile in words.text


@pytest.mark.parametrize("draft", EVERY)
def test_nothing_is_fetched_and_nothing_tracks(draft: Draft) -> None:
    markup = render(draft).html
    assert not re.search(r"<(img|link|script|style|iframe)\b|url\(|@import", markup)
    assert set(re.findall(r'href="([^"]+)"', markup)) <= {LINK, "https://portal.example"}


@pytest.mark.parametrize("draft", EVERY)
def test_a_missing_fact_is_an_error_not_a_gap(draft: Draft) -> None:
    for name in draft.facts:
        if name.endswith("_id") or name == "files":
            continue
        poorer = {key: value for key, value in {**adds(), **draft.facts}.items() if key != name}
        with pytest.raises(UndefinedError):
            rendering.render(draft.kind, draft.language, poorer)


@pytest.mark.parametrize("kind", ["invitation", "invitation_renewed", "questions_returned"])
def test_these_carry_the_link(kind: str) -> None:
    (draft,) = (draft for draft in drafts("en") if draft.kind == kind)
    words = render(draft)
    assert LINK in words.text.split()
    assert f'href="{LINK}"' in words.html
    assert "20 January 2027" in words.text


def test_the_code_mail_states_how_long_the_code_lasts() -> None:
    (draft,) = (draft for draft in drafts("en") if draft.kind == "signing_code")
    words = render(draft)
    assert CODE in words.text.split()
    assert f"works for {MINUTES_CODE_LASTS} minutes" in words.text
    assert CODE not in words.subject


def test_dates_are_written_as_the_reader_writes_them() -> None:
    assert "24 December 2026" in render(drafts("en")[0]).text
    assert "24. desember 2026" in render(drafts("nb")[0]).text
    assert "December 24, 2026" not in render(drafts("en")[0]).text


def test_the_words_come_from_the_catalogue_of_the_language(tmp_path: Path) -> None:
    catalogue = Catalog(locale="nb")
    catalogue.add("Your code for signing", "Koden din for signering")
    catalogue.add("Hello %(name)s,", "Hei %(name)s,")
    written = BytesIO()
    write_mo(written, catalogue)
    folder = tmp_path / "nb" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(written.getvalue())
    (draft,) = (draft for draft in drafts("nb") if draft.kind == "signing_code")
    words = rendering.render(draft.kind, "nb", {**adds(), **draft.facts}, tmp_path)
    assert words.subject == "Koden din for signering"
    assert "Hei Kari <Prøve>," in words.text
    assert "Hei Kari &lt;Prøve&gt;," in words.html


def test_an_unknown_language_gets_english() -> None:
    (draft,) = (draft for draft in drafts("xx") if draft.kind == "invitation")
    assert "24 December 2026" in render(draft).text


def test_a_subject_is_one_line() -> None:
    draft = drafts("en")[0]
    words = rendering.render(draft.kind, "en", {**adds(), **draft.facts, "campaign": "A\r\nBcc: thief@evil.example"})
    assert "\n" not in words.subject
    assert "\r" not in words.subject


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ([10, 25], "about 10 to 25 minutes, depending on your answers."),
        ([0, 2], "about 1 to 2 minutes, depending on your answers."),
        ([5, 5], "about 5 minutes."),
        ([0, 1], "about 1 minute."),
        (5, "about 5 minutes."),  # as mails were queued by an earlier portal
    ],
)
def test_an_invitation_says_how_long_it_takes_at_least_and_at_most(minutes: object, words: str) -> None:
    invitation = drafts("en")[0]
    rendered = rendering.render(invitation.kind, "en", {**adds(), **invitation.facts, "minutes": minutes})
    assert words in rendered.text
