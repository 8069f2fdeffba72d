"""What a declaration says: the values that the document is made of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question and its answer as people read them, in the language of the document."""

    id: str
    text: str
    answer: str
    comment: str
    mark: str = ""
    """`confirmed`, `changed` or `new`, where last year's answers were carried over."""


@dataclass(frozen=True, slots=True)
class PrintedClause:
    """A clause of a text that was accepted, such as a Code of Conduct; without number and title, which text that is."""

    number: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A section with the clauses to read and the questions that were asked in it."""

    title: str
    introduction: str
    clauses: tuple[PrintedClause, ...]
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedAttachment:
    """A file that belongs to an answer; the document names it by its hash and does not contain it."""

    question: str
    filename: str
    size: int
    """In bytes."""
    sha256: str
    """In hexadecimal."""
    notes: tuple[str, ...] = ()
    """What was found in it when it was uploaded, and how the supplier explains that."""


@dataclass(frozen=True, slots=True)
class PrintedEarlier:
    """The earlier declaration whose answers were proposed."""

    reference: str
    edition: str
    signed_on: str
    """A date in words."""


@dataclass(frozen=True, slots=True)
class PrintedSignatory:
    """One more person who is to sign, after the first; the address is confirmed later and stands in the certificate."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    """Everything that a declaration says. All texts are in `language`, except what the supplier wrote."""

    language: str
    """`en` or `nb`; another language gets the English headings."""
    reference: str
    questionnaire_title: str
    questionnaire_key: str
    edition: str
    edition_sha256: str
    organisation: str
    """Who asks."""
    campaign_title: str
    reporting_year: int
    supplier_name: str
    supplier_national_id: str
    supplier_country: str
    signatory_name: str
    signatory_title: str
    signatory_email: str
    statement: str
    """What the signatory declares."""
    authority_statement: str
    """That the signatory may bind the company."""
    sections: tuple[PrintedSection, ...]
    attachments: tuple[PrintedAttachment, ...]
    answers: bytes
    """The canonical answers (RFC 8785, UTF-8), embedded unchanged as answers.json."""
    verify_url: str
    made_at: datetime
    """Aware; it is also the document's creation date, so that equal facts give equal bytes."""
    carried_from: PrintedEarlier | None = None
    """None: every answer is this declaration's own, and none is marked."""
    other_signatories: tuple[PrintedSignatory, ...] = ()
    """Who signs after the first, in this order; empty where one person signs."""
    events: tuple[bytes, ...] = ()
    """The ledger's records of what led to this document (RFC 8785), oldest first; in the file, not on the pages."""
