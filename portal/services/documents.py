"""What a declaration says: an assessment's counted answers as the facts that the document is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError

from portal.models import Assessment
from portal.pdf.document import (
    DeclarationFacts,
    PrintedAttachment,
    PrintedClause,
    PrintedEarlier,
    PrintedQuestion,
    PrintedSection,
)
from portal.pdf.signing import Signatory
from questionnaires.answers import Acknowledgement
from questionnaires.answers.locales import date_in_words
from questionnaires.journey import AskedSection, Lineage, asked_sections, canonical, counted
from questionnaires.model import Question, Questionnaire
from questionnaires.texts import Text
from questionnaires.values import Answers

AUTHORITY = Text.of(
    "I have the authority to make this declaration on behalf of the company.",
    nb="Jeg har fullmakt til å avgi denne erklæringen på vegne av virksomheten.",
)
"""What the signatory ticks, and what the document repeats."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, which people misread or misspell."""
REFERENCE_BYTES = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same in every declaration of one preview."""

    organisation: str
    """Who asks."""
    verify_url: str
    language: str
    """The language that the signatory reads."""
    now: datetime


def reference_of(year: int, randomness: bytes) -> str:
    """Return a reference that people can read aloud, `2026-7F3K-Q9TD`, from five random bytes."""
    number = int.from_bytes(randomness[:REFERENCE_BYTES], "big")
    signs = "".join(_CROCKFORD[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{year}-{signs[:4]}-{signs[4:]}"


def facts_of(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Answers,
    signatory: Signatory,
    reference: str,
    setting: Setting,
    lineage: Lineage | None = None,
) -> DeclarationFacts:
    """Return everything that the declaration on an assessment says."""
    language, request = setting.language, assessment.request
    marks = lineage.marks if lineage else {}
    counting = counted(questionnaire, answers)
    sections = asked_sections(questionnaire, answers)
    return DeclarationFacts(
        language=language,
        reference=reference,
        questionnaire_title=questionnaire.title.in_language(language),
        questionnaire_key=questionnaire.key,
        edition=questionnaire.edition,
        edition_sha256=questionnaire.digest,
        organisation=setting.organisation,
        campaign_title=request.campaign.title,
        reporting_year=request.campaign.reporting_year,
        supplier_name=request.supplier.name,
        supplier_national_id=request.supplier.national_id or "",
        supplier_country=_country(request.supplier.country, language),
        signatory_name=signatory.name,
        signatory_title=signatory.title,
        signatory_email=signatory.email,
        statement=questionnaire.statement.in_language(language),
        authority_statement=AUTHORITY.in_language(language),
        sections=tuple(_section(asked, counting, marks, language) for asked in sections),
        attachments=_attachments(sections, counting),
        answers=canonical(questionnaire, answers, lineage),
        verify_url=setting.verify_url,
        made_at=setting.now,
        carried_from=_earlier(assessment, lineage, language),
    )


def _earlier(assessment: Assessment, lineage: Lineage | None, language: str) -> PrintedEarlier | None:
    declaration = assessment.carried_from
    if lineage is None or declaration is None:
        return None
    return PrintedEarlier(lineage.reference, lineage.edition, date_in_words(declaration.accepted_at.date(), language))


def _section(asked: AskedSection, counting: Answers, marks: Mapping[str, str], language: str) -> PrintedSection:
    introduction = asked.section.introduction
    return PrintedSection(
        title=asked.section.title.in_language(language),
        introduction=introduction.in_language(language) if introduction else "",
        clauses=tuple(clause for question in asked.questions for clause in clauses_of(question, language)),
        questions=tuple(_question(each, counting, marks.get(each.id, ""), language) for each in asked.questions),
    )


def _question(question: Question, counting: Answers, mark: str, language: str) -> PrintedQuestion:
    return PrintedQuestion(
        id=question.id,
        text=question.text.in_language(language),
        answer=question.type.display(counting.get(question.id), language),
        comment=str(counting.get(question.comment_key) or ""),
        mark=mark,
    )


def clauses_of(question: Question, language: str) -> tuple[PrintedClause, ...]:
    """Return what has to be read before a question is answered, the paper that it comes from first."""
    if not isinstance(question.type, Acknowledgement):
        return ()
    paper = question.type.document
    source = (PrintedClause("", "", paper.in_words(language)),) if paper else ()
    return source + tuple(
        PrintedClause(clause.no, clause.title.in_language(language), clause.text.in_language(language))
        for clause in question.type.clauses
    )


def _attachments(sections: tuple[AskedSection, ...], counting: Answers) -> tuple[PrintedAttachment, ...]:
    slots = [(question, slot) for asked in sections for question in asked.questions for slot in question.file_slots]
    return tuple(
        PrintedAttachment(question.id, file["name"], file["size"], file["sha256"])
        for question, slot in slots
        for file in slot.kind.field_values(counting.get(slot.key))["files"]
    )


def _country(code: str, language: str) -> str:
    try:
        name: str | None = Locale.parse(language, sep="-").territories.get(code)
    except (UnknownLocaleError, ValueError):
        name = Locale("en").territories.get(code)
    return name or code
