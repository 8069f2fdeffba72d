"""The register of suppliers' certificates, worked out from the signed answers in force; it is stored nowhere.

In force is, for each supplier and questionnaire, the newest declaration. The certificates that the portal signs with
are another matter: see `portal.pdf.certificates`.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import AnswerCheck, Assessment, Attachment, Declaration, Request, Supplier
from portal.services.evidence_levels import EvidenceLevel, level_of
from questionnaires.answers import Certificate
from questionnaires.catalogue import Catalogue
from questionnaires.model import Question, Questionnaire

SOON = 90
"""Days; a certificate that ends within them is marked."""


class Standing(enum.StrEnum):
    """How a certificate stands on a day."""

    EXPIRED = "expired"
    ENDS_SOON = "ends_soon"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a signed answer names, and the row that it can be downloaded by."""

    name: str
    size: int
    attachment_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One certificate of one supplier, as it was signed."""

    supplier: Supplier
    assessment_id: uuid.UUID
    questionnaire: Questionnaire
    question: Question
    value: Mapping[str, str]
    """The signed answer: kind, number, issuer, valid_until."""
    level: EvidenceLevel
    check: AnswerCheck | None
    files: tuple[NamedFile, ...]

    @property
    def valid_until(self) -> date:
        """The last day on which it is valid."""
        return date.fromisoformat(self.value["valid_until"])

    def days_left(self, today: date) -> int:
        """Return 0 on the last day, less when it has expired."""
        return (self.valid_until - today).days

    def standing(self, today: date) -> Standing:
        """Return whether it is valid, and for how long still."""
        left = self.days_left(today)
        if left < 0:
            return Standing.EXPIRED
        return Standing.ENDS_SOON if left <= SOON else Standing.VALID

    def kind(self, language: str) -> str:
        """Return what kind of certificate it is, in words."""
        kind = self.question.type
        code = self.value["kind"]
        options = kind.kinds if isinstance(kind, Certificate) else ()
        return next((each.text.in_language(language) for each in options if each.code == code), code)


class Validity(enum.StrEnum):
    """What can be asked about the day that a certificate is valid until."""

    VALID = "valid"
    WITHIN_30 = "30"
    """Valid, and not for more than 30 days."""
    WITHIN_60 = "60"
    WITHIN_90 = "90"
    EXPIRED = "expired"


_FITS: Mapping[Validity, Callable[[int], bool]] = {
    Validity.VALID: lambda days: days >= 0,
    Validity.WITHIN_30: lambda days: 0 <= days <= 30,
    Validity.WITHIN_60: lambda days: 0 <= days <= 60,
    Validity.WITHIN_90: lambda days: 0 <= days <= 90,
    Validity.EXPIRED: lambda days: days < 0,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; None or empty: all."""

    validity: Validity | None = None
    supplier: str = ""
    """Part of its name."""
    kind: str = ""
    """A code, or the words of those who wrote the kind themselves."""


ORDERS: Mapping[str, Callable[[Listed, str], Any]] = {
    "valid_until": lambda each, _language: each.valid_until,
    "supplier": lambda each, _language: each.supplier.name.casefold(),
    "kind": lambda each, language: each.kind(language).casefold(),
    "issuer": lambda each, _language: each.value["issuer"].casefold(),
    "level": lambda each, _language: list(EvidenceLevel).index(each.level),
}
"""What the register can be sorted by; the second argument is the reader's language."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """A declaration in force, of an edition that asks for certificates."""

    declaration_id: uuid.UUID
    assessment_id: uuid.UUID
    supplier: Supplier
    questionnaire: Questionnaire
    answers: Mapping[str, Any]


_Checks: TypeAlias = Mapping[tuple[uuid.UUID, str], AnswerCheck]
"""Declaration and question → its check."""
_Files: TypeAlias = Mapping[tuple[uuid.UUID, str], uuid.UUID]
"""Assessment and SHA-256 → the row of the file."""


def find(session: Session, catalogue: Catalogue, supplier_id: uuid.UUID | None = None) -> list[Listed]:
    """Return all certificates in force, or those of one supplier; what expires first comes first."""
    asking = {each.name: each for each in catalogue.all() if _certificates(each)}
    in_force = _in_force({each.key for each in asking.values()}, supplier_id)
    signed = list(_signed(session, in_force, asking))
    checks, files = _checks(session, in_force), _files(session, in_force)
    found = [
        _listed(one, question, checks, files)
        for one in signed
        for question in _certificates(one.questionnaire)
        if one.answers.get(question.id)
    ]
    return sorted(found, key=lambda each: (each.valid_until, each.supplier.name.casefold(), each.question.id))


def fitting(listed: Iterable[Listed], wanted: Wanted, today: date) -> list[Listed]:
    """Return those of the certificates that a reader looks for."""
    return [
        each
        for each in listed
        if (wanted.validity is None or _FITS[wanted.validity](each.days_left(today)))
        and wanted.supplier.casefold() in each.supplier.name.casefold()
        and wanted.kind in {"", each.value["kind"]}
    ]


def kinds(listed: Iterable[Listed], language: str) -> list[tuple[str, str]]:
    """Return the kinds that there are, each with its words, in the words' order."""
    found = {each.value["kind"]: each.kind(language) for each in listed}
    return sorted(found.items(), key=lambda kind: kind[1].casefold())


def _certificates(questionnaire: Questionnaire) -> list[Question]:
    return [question for question in questionnaire.questions if isinstance(question.type, Certificate)]


def _in_force(keys: Collection[str], supplier_id: uuid.UUID | None) -> sa.Subquery:
    """Return the ids of the newest declarations of each supplier's questionnaires, with their assessments'."""
    place = sa.func.row_number().over(
        partition_by=(Request.supplier_id, Assessment.questionnaire),
        order_by=(Declaration.accepted_at.desc(), Declaration.id),
    )
    conditions: list[sa.ColumnElement[bool]] = [
        Declaration.signed_at.is_not(None),
        Declaration.superseded_by_id.is_(None),
        Assessment.questionnaire.in_(keys),
    ]
    if supplier_id:
        conditions.append(Request.supplier_id == supplier_id)
    ranked = (
        sa.select(Declaration.id.label("declaration_id"), Declaration.assessment_id, place.label("place"))
        .join(Declaration.assessment)
        .join(Assessment.request)
        .where(*conditions)
        .subquery()
    )
    return sa.select(ranked.c.declaration_id, ranked.c.assessment_id).where(ranked.c.place == 1).subquery()


def _signed(session: Session, in_force: sa.Subquery, asking: Mapping[str, Questionnaire]) -> Iterator[_Signed]:
    query = (
        sa.select(
            Declaration.id, Declaration.answers, Assessment.id, Assessment.questionnaire, Assessment.edition, Supplier
        )
        .join(in_force, in_force.c.declaration_id == Declaration.id)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.supplier)
    )
    for declaration_id, answers, assessment_id, key, edition, supplier in session.execute(query):
        if questionnaire := asking.get(f"{key}/{edition}"):
            yield _Signed(declaration_id, assessment_id, supplier, questionnaire, answers)


def _checks(session: Session, in_force: sa.Subquery) -> _Checks:
    query = (
        sa.select(AnswerCheck)
        .join(in_force, in_force.c.declaration_id == AnswerCheck.declaration_id)
        .options(joinedload(AnswerCheck.checked_by))
    )
    return {(each.declaration_id, each.question): each for each in session.scalars(query)}


def _files(session: Session, in_force: sa.Subquery) -> _Files:
    query = sa.select(Attachment.assessment_id, Attachment.sha256, Attachment.id).join(
        in_force, in_force.c.assessment_id == Attachment.assessment_id
    )
    return {(assessment_id, sha256): found for assessment_id, sha256, found in session.execute(query)}


def _listed(one: _Signed, question: Question, checks: _Checks, files: _Files) -> Listed:
    check = checks.get((one.declaration_id, question.id))
    named = [file for slot in question.file_slots for file in one.answers.get(slot.key) or []]
    return Listed(
        supplier=one.supplier,
        assessment_id=one.assessment_id,
        questionnaire=one.questionnaire,
        question=question,
        value=one.answers[question.id],
        level=level_of(question, one.answers, check),
        check=check,
        files=tuple(
            NamedFile(file["name"], file["size"], files.get((one.assessment_id, file["sha256"]))) for file in named
        ),
    )
