import hashlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import page
import pytest

from portal.pdf.document import DeclarationFacts, DocumentError, PrintedQuestion, PrintedSection, Renderer
from portal.pdf.embedded import NoSuchFile, find_file
from tests.portal.pdf.facts import BOKMAAL, CHINESE, ENGLISH, facts

HOSTILE = {
    "markup": '#panic() #read("/etc/passwd") $x$ *b* @ref <label> `raw` \\ // /* = heading',
    "emoji": "👍🏽 agreed ‍ ok",
    "nul": "a\x00b\x1b[31m\x7f",
    "private use": "\ue000\uffff\U000e0041",
    "other scripts": "สวัสดี 한국어 日本語 العربية עברית 㻏 𠮷",
    "turned around": "\u202egpj.exe\u202c",
    "word without an end": "a" * 3_000,
    "many accents": "e" + "\u0301\u0323\u0353" * 50,
    "separators": "x\u2028y\u2029z\u00adq\u200cw\u200d\u202f\u3000\ufeff",
    "nothing": "",
    "blank": " \n\n\r\n",
    "html": '<script>alert(1)</script><img src="file:///etc/passwd"> {{7*7}}',
}


def text_of(pdf: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def with_answer(answer: str) -> DeclarationFacts:
    questions = (PrintedQuestion("HR-01", "What do you say?", answer, answer),)
    return facts(
        supplier_name=answer or "-",
        signatory_name=answer or "-",
        sections=(PrintedSection("Words", "", (), questions),),
    )


@pytest.mark.parametrize("printed", [ENGLISH, BOKMAAL, CHINESE], ids=["english", "bokmål", "chinese"])
def test_a_declaration_is_archivable_and_accessible(renderer: Renderer, printed: DeclarationFacts) -> None:
    pdf = renderer.render(printed)

    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert [each.rule_id for each in page.validate_pdf_bytes(pdf, profile=profile).failures] == []


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (ENGLISH, ["Questions and answers", "21 November 2026, 09:30 UTC", "Åse Bjørnæs Østgård", "183 kB"]),
        (BOKMAAL, ["Spørsmål og svar", "21. november 2026, 09:30 UTC", "Slik kontrollerer du", "Ikke besvart"]),
        (CHINESE, ["深圳市华星电子有限公司", "王小明 (Wang Xiaoming), 总经理", "用于焊接，来自云南锡业。"]),
    ],
    ids=["english", "bokmål", "chinese"],
)
def test_the_pages_say_it_in_their_language(renderer: Renderer, printed: DeclarationFacts, words: list[str]) -> None:
    text = text_of(renderer.render(printed))

    assert [word for word in words if word not in text] == []
    assert printed.verify_url in text


def test_the_declaration_claims_no_more_than_it_is(renderer: Renderer) -> None:
    english, norwegian = (text_of(renderer.render(each)).lower() for each in (ENGLISH, BOKMAAL))

    assert "simple electronic signature with evidence, sealed by the portal" in re.sub(r"\s+", " ", english)
    assert "enkel elektronisk signatur med bevis, forseglet av portalen" in re.sub(r"\s+", " ", norwegian)
    assert not re.search("advanced|qualified", english)
    assert not re.search("avansert|kvalifisert", norwegian)


def test_what_was_found_in_a_file_is_printed_beside_it(renderer: Renderer) -> None:
    noted = replace(ENGLISH.attachments[0], notes=("CMRT 6.5: errors: 1.", "The supplier explains: “#why”"))
    text = text_of(renderer.render(replace(ENGLISH, attachments=(noted,))))

    assert all(note in text for note in noted.notes)


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_people_write_can_be_printed(renderer: Renderer, answer: str) -> None:
    pdf = renderer.render(with_answer(answer))

    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_A_3A).is_compliant
    assert "root:" not in text_of(pdf)


def test_markup_is_printed_as_it_was_written(renderer: Renderer) -> None:
    text = text_of(renderer.render(with_answer('#read("/etc/passwd") *b*')))

    assert '#read("/etc/passwd") *b*' in text


def test_the_answers_are_embedded_unchanged(renderer: Renderer) -> None:
    answers = '{"answers":{"HR-01":"👍\\u0000 \u202e㻏"}}'.encode()

    pdf = renderer.render(facts(answers=answers))

    assert find_file(pdf) == answers
    assert hashlib.sha256(answers).hexdigest() in text_of(pdf)


def test_equal_facts_give_equal_bytes(renderer: Renderer) -> None:
    first, second = renderer.render(ENGLISH), Renderer().render(ENGLISH)

    assert first == second
    assert first.endswith(b"%%EOF\n")


def test_threads_share_a_renderer(renderer: Renderer) -> None:
    documents = [facts(reference=f"DEC-{number}") for number in range(12)]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(renderer.render, documents))

    assert together == [renderer.render(each) for each in documents]


@pytest.mark.parametrize(
    "wrong",
    [
        {"answers": b"\xff"},
        {"answers": b"{"},
        {"verify_url": "javascript:alert(1)"},
        {"made_at": datetime(2026, 11, 21, 9, 30)},  # noqa: DTZ001 - the point of the case
    ],
    ids=["not utf-8", "not json", "no web address", "no time zone"],
)
def test_facts_that_cannot_be_printed_are_refused(renderer: Renderer, wrong: dict[str, object]) -> None:
    with pytest.raises(DocumentError, match=ENGLISH.reference):
        renderer.render(facts(**wrong))


def test_an_unknown_language_gets_english_headings(renderer: Renderer) -> None:
    text = text_of(renderer.render(replace(ENGLISH, language="xx")))

    assert "Questions and answers" in text


def test_a_file_without_answers_says_so(declaration: bytes) -> None:
    with pytest.raises(NoSuchFile):
        find_file(declaration[:5_000])
