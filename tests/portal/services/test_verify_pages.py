"""What verify.py says of a declaration's pages: they show what the JSON inside says, and that is what was answered."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from portal.pdf.document import DeclarationFacts, PrintedQuestion, PrintedSection, Renderer
from tests.portal.pdf.facts import BOKMAAL, CHINESE, ENGLISH
from tests.portal.services.test_bundle import verify

LONG = "Wörd with-hyphen und langer Text, който 中文 fi ffl 👍 \u202eabc. " * 40
ODD = (
    PrintedQuestion("A-01", "What? " + LONG, LONG + "\n" + LONG, "comment " + LONG, "confirmed"),
    PrintedQuestion("A-02", "你们公司在哪里生产这些产品?", "我们在上海和深圳的工厂生产所有产品。" * 60, "", "changed"),
    PrintedQuestion("A-03", "x" * 200, "A\u030angstro\u0308m", "", "new"),
    PrintedQuestion("A-04", "Empty?", "", ""),
)
LONG_AND_ODD = replace(ENGLISH, sections=(PrintedSection("", "", (), ODD), *ENGLISH.sections))
ALL = {"english": ENGLISH, "bokmål": BOKMAAL, "chinese": CHINESE, "long": LONG_AND_ODD}


@cache
def rendered(name: str) -> bytes:
    return Renderer().render(ALL[name])


@pytest.fixture(autouse=True)
def with_pdftotext() -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here")


def pages(pdf: bytes, monkeypatch: pytest.MonkeyPatch | None = None, **changed: Any) -> Any:
    """Return how the step comes out, with another JSON in the PDF where one is given."""
    bundle = verify.Bundle({"signed.pdf": pdf})
    if monkeypatch:
        shown = {**verify.inner_json(bundle), **changed}
        monkeypatch.setattr(verify, "inner_json", lambda _: shown)
    return verify.take(lambda: verify.pages(bundle))


@pytest.mark.parametrize("name", ALL)
def test_pages_as_they_were_made_pass(name: str) -> None:
    assert pages(rendered(name)).told_in("en") == "the pages show what the JSON says, word by word"


def test_without_the_tool_it_says_that_nothing_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = pages(rendered("english"))
    assert (found.state, found.told_in("nb")) == (verify.NOT_CHECKED, "pdftotext er ikke installert")


def changed(facts: DeclarationFacts, section: int, question: int, **values: str) -> list[dict[str, Any]]:
    shown = json.loads(json.dumps([*_plain(facts)]))
    shown[section]["questions"][question] |= values
    return list(shown)


def _plain(facts: DeclarationFacts) -> list[dict[str, Any]]:
    bundle = verify.Bundle({"signed.pdf": rendered(next(name for name, each in ALL.items() if each is facts))})
    return list(verify.inner_json(bundle)["sections"])


@pytest.mark.parametrize(
    ("name", "section", "question", "values", "odd"),
    [
        ("english", 1, 3, {"answer": "Country: Norway; people: 41\nCountry: Poland; people: 7"}, "HR-04"),
        ("english", 1, 22, {"answer": "18 year"}, "HR-23"),
        ("english", 1, 22, {"answer": "18 years, or less"}, "HR-23"),
        ("english", 1, 5, {"text": "How young?"}, "HR-06"),
        ("english", 1, 2, {"comment": ""}, "HR-03"),
        ("bokmål", 0, 1, {"answer": "Nei"}, "HR-19"),
        ("bokmål", 0, 2, {"answer": "Styret"}, "HR-20"),
        ("chinese", 0, 0, {"comment": "用于焊接，来自云南铜业。"}, "TG-01"),
        ("long", 0, 1, {"answer": "我们在上海和深圳的工厂生产所有产品。" * 59}, "A-02"),
        ("long", 0, 0, {"answer": LONG + "\n" + LONG.replace("langer", "kurzer")}, "A-01"),
        ("long", 0, 1, {"mark": "confirmed"}, "A-02"),
    ],
)
def test_what_the_pages_show_otherwise_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, section: int, question: int, values: dict[str, str], odd: str
) -> None:
    sections = changed(ALL[name], section, question, **values)
    found = pages(rendered(name), monkeypatch, sections=sections)
    assert found.state == verify.FAILED
    assert odd in found.values["names"].split(", ")


@pytest.mark.parametrize(
    ("value", "shown", "said"),
    [
        ("yes", "Yes", True),
        ("yes", "Nei", False),
        ("yes", "", False),
        (None, "Yes", False),
        (None, "", True),
        (False, "", True),
        (True, "Confirmed", True),
        ("Åse Bjørnæs", "Åse  Bjørnæs", True),
        ("something", "something else, as a word", True),
        ("12.5", "12,5 %", True),
        (1200, "1 200 people", True),
        (1201, "1 200 people", None),
        ("2026-01-31", "31. januar 2026", True),
        ("2026-01-31", "30 January 2026", None),
        ("own", "We have our own", True),
        ("own", "We accept yours", None),
        (["tin", "gold"], "Tin; Gold", True),
        (["tin"], "Cobalt", None),
        ([{"country": "NO", "people": 40}], "Country: NO; People: 40", True),
        ([{"country": "NO", "people": 41}], "Country: NO; People: 40", None),
    ],
)
def test_an_answer_is_held_against_what_is_shown_of_it(value: Any, shown: str, said: bool | None) -> None:
    options = verify.squeezed("""options:\n  own: "We have our own"\n  tin: Tin\n  gold: 'Gold'\n""", verify.QUOTES)
    assert verify.is_said(value, shown, options) is said


def test_the_answers_are_held_against_what_is_shown_question_by_question() -> None:
    shown = verify.inner_json(verify.Bundle({"signed.pdf": rendered("bokmål")}))
    true = {"HR-18": 17, "HR-19": "yes", "HR-19#comment": "Både høst og vår."}

    def told(**answers: Any) -> Any:
        files = {
            "signed.pdf": rendered("bokmål"),
            "answers.json": json.dumps({"answers": {**true, **answers}}).encode(),
        }
        return verify.take(lambda: verify.as_shown(verify.Bundle(files)))

    assert shown["language"] == "nb"
    assert told().state == verify.OK
    assert told(**{"HR-19": "no", "HR-20": "Styret", "HR-99": 1}).values["names"] == "HR-19, HR-20, HR-99"
    assert told(**{"HR-19#comment": "Bare om høsten."}).values["names"] == "HR-19"
    assert (told(**{"HR-18": 16}).state, told(**{"HR-18": 16}).values["names"]) == (verify.NOT_CHECKED, "HR-18")
