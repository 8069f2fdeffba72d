"""What a printed form says: the values that the document is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.pdf.facts import PrintedClause


@dataclass(frozen=True, slots=True)
class PrintedOption:
    """One alternative with its box."""

    text: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class PrintedField:
    """Room for one answer, or for one part of it."""

    label: str = ""
    hint: str = ""
    """What may be answered; shown in a blank form."""
    options: tuple[PrintedOption, ...] = ()
    answer: str = ""
    lines: int = 1
    """To write on, in a blank form."""


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """The heading of a table's column."""

    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table to be filled in, or filled."""

    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    empty_rows: int


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question as the form prints it."""

    id: str
    text: str
    help: str
    asked_if: str
    is_optional: bool
    is_left_out: bool
    """The form holds answers, and after them this is not asked."""
    is_long: bool
    """May run over a page's end."""
    clauses: tuple[PrintedClause, ...] = ()
    fields: tuple[PrintedField, ...] = ()
    table: PrintedTable | None = None
    comment: PrintedField | None = None
    documents: str = ""
    """Where files go, or which there are."""


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section of the form."""

    title: str
    asked_if: str
    introduction: str
    questions: tuple[FormQuestion, ...]


@dataclass(frozen=True, slots=True)
class FormFacts:
    """Everything that a printed form says. All texts are in `language`, except what the supplier wrote."""

    language: str
    blank: bool
    questionnaire_title: str
    edition: str
    introduction: str
    organisation: str
    """Who asks."""
    campaign_title: str
    reporting_year: int
    supplier_name: str
    due: str
    """A date in words."""
    sections: tuple[FormSection, ...]
    made_at: datetime
    """Aware; it is also the document's creation date."""
