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


def facts(**changes: Any) -> DeclarationFacts:
    """Return the English declaration with some values changed."""
    return replace(ENGLISH, **changes)


BOKMAAL = facts(
    language="nb",
    reference="DEC-2026-000124",
    questionnaire_title="Menneskerettigheter i leverandørkjeden",
    campaign_title="Leverandørvurdering, høsten 2026",
    supplier_country="Norge",
    signatory_title="Daglig leder",
    statement="Jeg erklærer at svarene er sanne og fullstendige, så langt jeg kjenner til.",
    authority_statement="Jeg har fullmakt til å avgi denne erklæringen på vegne av foretaket.",
    sections=(
        PrintedSection(
            title="Arbeidsforhold",
            introduction="Spørsmålene gjelder alle som arbeider for dere, også innleide.",
            clauses=(PrintedClause("4", "Arbeidstid", "Ingen arbeider mer enn 48 timer i uken over tid."),),
            questions=(
                PrintedQuestion("HR-18", "Hvor gammel er den yngste som arbeider for dere?", "17 år", ""),
                PrintedQuestion("HR-19", "Øver dere på rømming av anlegget årlig?", "Ja", "Både høst og vår."),
                PrintedQuestion("HR-20", "Hvem følger opp klager?", "", ""),
            ),
        ),
    ),
)

CHINESE = facts(
    reference="DEC-2026-000125",
    supplier_name="深圳市华星电子有限公司 (Shenzhen Huaxing Electronics Co., Ltd.)",
    supplier_national_id="91440300MA5XXXXXXX",
    supplier_country="China",
    signatory_name="王小明 (Wang Xiaoming)",
    signatory_title="总经理",
    signatory_email="wang@huaxing.example",
    sections=(
        PrintedSection(
            title="Conflict minerals",
            introduction="",
            clauses=(),
            questions=(
                PrintedQuestion("TG-01", "Do your products contain tin?", "Yes", "用于焊接，来自云南锡业。"),
                PrintedQuestion(
                    "TG-02",
                    "Describe how you find out where it comes from.",
                    "我们每年向所有供应商发送调查表，并核对冶炼厂名单。\n如发现高风险地区，我们会停止采购。" * 3,
                    "",
                ),
            ),
        ),
    ),
    answers='{"answers":{"TG-01":"是"},"edition":"2026-1"}'.encode(),
)
