"""Declarations to try the printing and signing on."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from portal.pdf.document import (
    DeclarationFacts,
    PrintedAttachment,
    PrintedClause,
    PrintedQuestion,
    PrintedSection,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

ENGLISH = DeclarationFacts(
    language="en",
    reference="DEC-2026-000123",
    questionnaire_title="Human rights in the supply chain",
    questionnaire_key="human-rights",
    edition="2026-1",
    edition_sha256="5c" * 32,
    organisation="Fjord Kraft & Søn AS",
    campaign_title="Supplier assessment, autumn",
    reporting_year=2026,
    supplier_name="Ålesund Støperi og Mekaniske Verksted AS",
    supplier_national_id="NO 999 888 777",
    supplier_country="Norway",
    signatory_name="Åse Bjørnæs Østgård",
    signatory_title="Managing director",
    signatory_email="ase@stoperi.example",
    statement="I declare that the answers are true and complete to the best of my knowledge.",
    authority_statement="I have the authority to make this declaration on behalf of the company.",
    sections=(
        PrintedSection(
            title="Code of Conduct",
            introduction="These clauses are part of the declaration.",
            clauses=tuple(
                PrintedClause(str(number), title, text * 2)
                for number, title, text in (
                    (1, "Human rights", "Suppliers respect human rights in all that they do. "),
                    (2, "Forced labour", "No one is made to work against their will, by debt or by threat. "),
                    (3, "Child labour", "No one below fifteen works, and no one below eighteen at night. "),
                )
            ),
            questions=(PrintedQuestion("CC-01", "Do you accept the clauses above?", "Yes, we accept", ""),),
        ),
        PrintedSection(
            title="Working conditions",
            introduction="",
            clauses=(),
            questions=tuple(
                PrintedQuestion(
                    f"HR-{number:02}",
                    f"How old is the youngest person who works for you at site {number}, in years?",
                    "18 years" if number % 4 else "Country: Norway; people: 40\nCountry: Poland; people: 7",
                    "" if number % 3 else "Summer jobs only, with the consent of the parents.",
                )
                for number in range(1, 24)
            ),
        ),
    ),
    attachments=(
        PrintedAttachment("HR-07", "Policy for human rights (signed).pdf", 183_204, "a1" * 32),
        PrintedAttachment("HR-12", "wages.xlsx", 812, "0f" * 32),
    ),
    answers='{"answers":{"HR-01":18,"HR-02":"Åse"},"edition":"2026-1"}'.encode(),
    verify_url="https://portal.example/verify",
    made_at=NOW,
)


def facts(**changes: Any) -> DeclarationFacts:  # noqa: ANN401 - any of the fields
    """Return the English declaration with some values changed."""
    return replace(ENGLISH, **changes)
