"""The marks of a declaration whose answers were carried over, and the paper that clauses come from."""

from __future__ import annotations

import re
from dataclasses import replace

import page
import pytest

from portal.pdf.document import DeclarationFacts, PrintedClause, PrintedEarlier, Renderer
from tests.portal.pdf.facts import BOKMAAL, ENGLISH, facts
from tests.portal.pdf.test_document import text_of

MARKS = ("confirmed", "changed", "new", "")
PAPER = "POL039, version 5. In force from 15 January 2027. Adopted by: The board."


def marked(printed: DeclarationFacts) -> DeclarationFacts:
    """Return the declaration with a mark at each answer, and with the paper that its clauses come from."""
    sections = tuple(
        replace(
            section,
            clauses=(PrintedClause("", "", PAPER), *section.clauses) if section.clauses else (),
            questions=tuple(
                replace(question, mark=MARKS[number % len(MARKS)]) for number, question in enumerate(section.questions)
            ),
        )
        for section in printed.sections
    )
    return replace(printed, sections=sections, carried_from=PrintedEarlier("2026-7F3K-Q9TD", "2026-1", "3 March 2026"))


def words_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", text_of(pdf))


@pytest.mark.parametrize(
    ("printed", "sentence", "marks"),
    [
        (
            ENGLISH,
            "proposed from the declaration 2026-7F3K-Q9TD of 3 March 2026 (edition 2026-1)",
            ("Confirmed", "Changed", "New"),
        ),
        (
            BOKMAAL,
            "foreslått fra erklæringen 2026-7F3K-Q9TD av 3 March 2026 (utgave 2026-1)",
            ("Bekreftet", "Endret", "Nytt"),
        ),
    ],
    ids=["english", "bokmål"],
)
def test_marks_are_words_and_the_document_stays_archivable_and_accessible(
    renderer: Renderer, printed: DeclarationFacts, sentence: str, marks: tuple[str, ...]
) -> None:
    pdf = renderer.render(marked(printed))

    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert [each.rule_id for each in page.validate_pdf_bytes(pdf, profile=profile).failures] == []
    text = words_of(pdf)
    assert sentence in text
    assert text.index(sentence) < text.index(printed.sections[0].title)
    questions = [question for section in marked(printed).sections for question in section.questions]
    for mark, word in zip(MARKS, marks, strict=False):
        assert text.count(word) >= 1 + sum(question.mark == mark for question in questions), "each one and its meaning"


def test_the_paper_stands_above_its_clauses(renderer: Renderer) -> None:
    text = words_of(renderer.render(marked(ENGLISH)))

    assert text.index(PAPER) < text.index("Suppliers respect human rights")


def test_without_an_earlier_declaration_nothing_is_marked(renderer: Renderer) -> None:
    text = words_of(renderer.render(facts()))

    assert not re.search(r"\b(Confirmed|Changed|New)\b", text)
    assert "proposed" not in text
