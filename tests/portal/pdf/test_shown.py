"""What the pages say lies in the file for machines too, and is the same."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from portal.pdf.document import Renderer
from portal.pdf.embedded import SHOWN, find_file
from tests.portal.pdf.facts import ENGLISH

RECORD = rfc8785.dumps({"v": 1, "seq": 7, "type": "answer:saved", "data": {"question": "HR-01", "note": "Ærlig"}})


def test_every_text_on_the_pages_is_in_the_file(renderer: Renderer, tmp_path: Path) -> None:
    pdf = renderer.render(replace(ENGLISH, events=(RECORD,)))
    shown = json.loads(find_file(pdf, SHOWN))
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here")
    (tmp_path / "shown.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", "-nopgbrk", "shown.pdf", "-"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    page_words = set(printed.split())
    for section in shown["sections"]:
        for question in section["questions"]:
            said = f"{question['id']} {question['text']} {question['answer']} {question['comment']}".split()
            missing = [word for word in said if word.isascii() and len(word) < 15 and word not in page_words]
            assert missing == [], question["id"]
    assert shown["statement"].split()[0] in page_words


def test_the_ledgers_records_are_there_byte_for_byte(renderer: Renderer) -> None:
    shown = json.loads(find_file(renderer.render(replace(ENGLISH, events=(RECORD,))), SHOWN))
    assert [rfc8785.dumps(event) for event in shown["events"]] == [RECORD]
    assert shown["edition_sha256"] == ENGLISH.edition_sha256
    assert [each["sha256"] for each in shown["attachments"]] == [each.sha256 for each in ENGLISH.attachments]
    assert "answers" not in shown, "they have a file of their own"


def test_the_file_is_canonical(renderer: Renderer) -> None:
    content = find_file(renderer.render(ENGLISH), SHOWN)
    assert rfc8785.dumps(json.loads(content)) == content
