"""The archive: every signed declaration, how to find it, and what was done about it."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import (
    Assessment,
    Attachment,
    Campaign,
    Declaration,
    DeclarationState,
    Deviation,
    Invitation,
    LedgerEvent,
    Note,
    Renewal,
    Request,
    Review,
    Signing,
    Supplier,
)
from portal.services.ledger import events_about, subject_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; None or empty: all."""

    words: str = ""
    """In the supplier's name, its national id, or the declaration's reference."""
    year: int | None = None
    questionnaire: str | None = None
    state: DeclarationState | None = None


def state_of(declaration: Declaration) -> DeclarationState:
    """Return where a declaration stands."""
    if declaration.signed_at is None:
        return DeclarationState.SIGNING
    if declaration.superseded_by_id:
        return DeclarationState.SUPERSEDED
    approved = declaration.review is not None and declaration.review.approved_at is not None
    return DeclarationState.APPROVED if approved else DeclarationState.SIGNED


_STATES: dict[DeclarationState, tuple[sa.ColumnElement[bool], ...]] = {
    DeclarationState.SIGNING: (sa.false(),),  # not in the archive before it is sealed
    DeclarationState.SUPERSEDED: (Declaration.superseded_by_id.is_not(None),),
    DeclarationState.APPROVED: (Declaration.superseded_by_id.is_(None), Review.approved_at.is_not(None)),
    DeclarationState.SIGNED: (Declaration.superseded_by_id.is_(None), Review.approved_at.is_(None)),
}


def query(wanted: Wanted) -> sa.Select[Declaration]:
    """Return the statement for the declarations wanted, newest first."""
    conditions: list[sa.ColumnElement[bool]] = [Declaration.signed_at.is_not(None)]
    if wanted.words.strip():
        conditions.append(_has_words(wanted.words.strip()))
    if wanted.year:
        conditions.append(Campaign.reporting_year == wanted.year)
    if wanted.questionnaire:
        conditions.append(Assessment.questionnaire == wanted.questionnaire)
    if wanted.state:
        conditions += _STATES[wanted.state]
    request = joinedload(Declaration.assessment).joinedload(Assessment.request)
    return (
        sa.select(Declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.campaign)
        .join(Request.supplier)
        .outerjoin(Declaration.review)
        .where(*conditions)
        .options(
            request.joinedload(Request.supplier),
            request.joinedload(Request.campaign),
            joinedload(Declaration.review),
        )
        .order_by(Declaration.signed_at.desc(), Declaration.reference)
    )


def count(session: Session, query: sa.Select[Declaration]) -> int:
    """Return how many declarations a statement finds."""
    ids = query.with_only_columns(Declaration.id).order_by(None).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(ids)) or 0


def find_signed(session: Session, declaration_id: uuid.UUID) -> Declaration | None:
    """Return a declaration of the archive, or None: there is none, or it is not sealed yet."""
    declaration = session.get(Declaration, declaration_id)
    return declaration if declaration and declaration.signed_at else None


def years(session: Session) -> list[int]:
    """Return the reporting years that something was signed for, newest first."""
    statement = (
        sa.select(Campaign.reporting_year)
        .join(Campaign.requests)
        .join(Request.assessments)
        .join(Assessment.declarations)
        .where(Declaration.signed_at.is_not(None))
        .distinct()
        .order_by(Campaign.reporting_year.desc())
    )
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class Sample:
    """Some declarations of many, drawn by chance that anybody can repeat."""

    size: int
    seed: int
    drawn_from: int


MOST_SAMPLED = 200


def draw(session: Session, wanted: Wanted, size: int, seed: int) -> tuple[sa.Select[Declaration], Sample]:
    """Return the statement for a sample of the declarations wanted.

    The same seed draws the same ones, on any machine, as long as no declaration is added to those wanted.
    """
    everything = query(wanted)
    references = sorted(session.scalars(everything.with_only_columns(Declaration.reference).order_by(None)))
    chance = Random(str(seed))  # noqa: S311  to be repeated, not to be kept secret
    drawn = chance.sample(references, min(size, MOST_SAMPLED, len(references)))
    return everything.where(Declaration.reference.in_(drawn)), Sample(len(drawn), seed, len(references))


class FileStanding(enum.StrEnum):
    """What a signed file is by now, to somebody who holds it."""

    NEWEST = "newest"
    RENEWED = "renewed"
    """There is a newer file of the same declaration, with a later time stamp over this one."""
    DELETED = "deleted"
    """Its retention had ended, and the portal keeps its hash alone."""
    SUPERSEDED = "superseded"
    """A newer declaration of the same supplier took the place of this one."""


def standing_of_file(session: Session, sha256: str) -> FileStanding | None:
    """Return what a file is by now; None where no declaration has it."""
    renewed = sa.select(Renewal.declaration_id).where(Renewal.pdf_sha256 == sha256)
    query = sa.select(Declaration).where(sa.or_(Declaration.pdf_sha256 == sha256, Declaration.id.in_(renewed)))
    declaration = session.scalar(query)
    if declaration is None:
        return None
    if declaration.deleted_at:
        return FileStanding.DELETED
    if declaration.superseded_by_id:
        return FileStanding.SUPERSEDED
    return FileStanding.NEWEST if declaration.newest_sha256 == sha256 else FileStanding.RENEWED


def history(session: Session, declaration: Declaration) -> list[LedgerEvent]:
    """Return what the ledger says about a declaration and all that led to and followed from it, oldest first."""
    return events_about(session, *_subjects(session, declaration))


def led_to(session: Session, assessment: Assessment) -> list[LedgerEvent]:
    """Return what the ledger says about how an assessment came to be answered so far, oldest first."""
    request_id = assessment.request_id
    invitations = _ids(session, Invitation.id, Invitation.request_id == request_id)
    attachments = _ids(session, Attachment.id, Attachment.assessment_id == assessment.id)
    subjects = [subject_of("request", request_id), subject_of("assessment", assessment.id)]
    subjects += [subject_of("invitation", each) for each in invitations]
    subjects += [subject_of("attachment", each) for each in attachments]
    return events_about(session, *subjects)


def _subjects(session: Session, declaration: Declaration) -> list[str]:
    assessment = declaration.assessment
    invitation_ids = sa.select(Invitation.id).where(Invitation.request_id == assessment.request_id)
    found = {
        "request": [assessment.request_id],
        "assessment": [assessment.id],
        "declaration": [declaration.id],
        "signing": _acts(declaration.preview.signing),
        "invitation": session.scalars(invitation_ids).all(),
        "review": _ids(session, Review.id, Review.declaration_id == declaration.id),
        "deviation": _ids(session, Deviation.id, Deviation.declaration_id == declaration.id),
        "note": _ids(session, Note.id, Note.assessment_id == assessment.id),
        "attachment": _ids(session, Attachment.id, Attachment.assessment_id == assessment.id),
    }
    return [subject_of(kind, identity) for kind, identities in found.items() for identity in identities]


def _acts(lead: Signing) -> list[uuid.UUID]:
    return [lead.id, *(each.act_id for each in lead.co_signatories if each.act_id)]


def _ids(session: Session, column: Any, condition: sa.ColumnElement[bool]) -> list[uuid.UUID]:
    return list(session.scalars(sa.select(column).where(condition)))


def _has_words(words: str) -> sa.ColumnElement[bool]:
    """SQLite folds ASCII letters only, so Æ and æ are tried as typed, in capitals, in small letters and as a name."""
    variants = {words, words.upper(), words.lower(), words.title()}
    columns = (Supplier.name, Supplier.national_id, Declaration.reference)
    return sa.or_(*(column.icontains(variant, autoescape=True) for column in columns for variant in variants))
