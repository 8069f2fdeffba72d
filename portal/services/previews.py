"""What is ready to be signed, and the documents shown before signing.

A preview is made in two steps, so that typesetting holds no database lock: read what it says, then typeset and keep it.
"""

from __future__ import annotations

import enum
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.failpoints import Point, reach
from portal.models import Assessment, Deed, Invitation, Preview, Request, Signing
from portal.pdf.document import DeclarationFacts, PrintedSignatory, Renderer
from portal.pdf.signing import Signatory
from portal.services import archive, assessments, carrying, cosigning, ledger, minerals_findings, minerals_workbooks
from portal.services.actors import Actor
from portal.services.documents import REFERENCE_BYTES, Setting, facts_of, reference_of
from portal.storage import Store
from questionnaires.catalogue import Catalogue
from questionnaires.journey import Missing, missing
from questionnaires.model import Questionnaire
from questionnaires.values import Answers


class Standing(enum.StrEnum):
    """Where one questionnaire of a request stands on the way to a signature."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    AWAITING = "awaiting"
    """Signed by some of those who are to sign it."""
    DECLARED = "declared"
    """Signed, or accepted and being sealed; nothing has been changed since."""


@dataclass(frozen=True, slots=True)
class Line:
    """One questionnaire on the signing page."""

    assessment: Assessment
    questionnaire: Questionnaire
    answers: Answers
    standing: Standing
    missing: tuple[Missing, ...]
    """The required answers that are missing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a preview will say, read from the tables."""

    assessment_id: uuid.UUID
    version: int
    facts: DeclarationFacts


@dataclass(frozen=True, slots=True)
class Typeset:
    """A draft whose PDF is in the store."""

    draft: Draft
    pdf_sha256: str
    answers_sha256: str


def lines_of(session: Session, request: Request, catalogue: Catalogue) -> list[Line]:
    """Return where each questionnaire of a request stands."""
    asked = assessments.of_request(session, request.id)
    answers = assessments.answers_of_all(session, asked)
    return [_line(session, assessment, answers[assessment.id], catalogue) for assessment in asked]


def draft_all(
    session: Session,
    request: Request,
    catalogue: Catalogue,
    signatory: Signatory,
    setting: Setting,
    draw: Callable[[int], bytes],
    others: Sequence[Signatory] = (),
) -> list[Draft]:
    """Read what the previews of all questionnaires that are ready will say; needs a reading transaction only.

    Args:
        session: may be a reading one.
        request: whose questionnaires.
        catalogue: where their editions are.
        signatory: as stated by that person.
        setting: what all previews share.
        draw: gives that many random bytes, for the references.
        others: who signs after the first, in order.
    """
    ready = [line for line in lines_of(session, request, catalogue) if line.standing is Standing.READY]
    printed = tuple(PrintedSignatory(each.name, each.title) for each in others)
    drafts = [_draft(session, line, catalogue, signatory, setting, draw) for line in ready]
    return [replace(each, facts=replace(each.facts, other_signatories=printed)) for each in drafts]


def typeset(drafts: Sequence[Draft], renderer: Renderer, store: Store) -> list[Typeset]:
    """Typeset drafts and put the PDFs into the store; needs no database."""
    return [_typeset(draft, renderer, store) for draft in drafts]


def keep_previews(
    session: Session,
    invitation: Invitation,
    made: Sequence[Typeset],
    *,
    now: datetime,
    by: Actor,
    others: Sequence[Signatory] = (),
) -> Signing:
    """Begin a signing act with these previews; the others are those whom the previews name."""
    facts = made[0].draft.facts
    signing = Signing(
        invitation=invitation,
        signatory_name=facts.signatory_name,
        signatory_title=facts.signatory_title,
        company=facts.supplier_name,
        language=facts.language,
        bound_to=hashlib.sha256("".join(each.pdf_sha256 for each in made).encode()).hexdigest(),
        created_at=now,
    )
    signing.co_signatories = cosigning.named(others)
    signing.previews = [_preview(position, each) for position, each in enumerate(made)]
    ledger.begin(session)
    session.add(signing)
    session.flush()
    data: dict[str, Any] = {
        "bound_to": signing.bound_to,
        "language": signing.language,
        "previews": [
            {**hashes_of(preview), "edition_sha256": each.draft.facts.edition_sha256}
            for preview, each in zip(signing.previews, made, strict=True)
        ],
    }
    personal: dict[str, Any] = {"name": signing.signatory_name, "title": signing.signatory_title}
    if others:
        data["signatories"] = len(others) + 1
        personal["others"] = [{"name": each.name, "title": each.title, "email": each.email} for each in others]
    subject = ledger.subject_of("signing", signing.id)
    ledger.record(session, Deed.PREVIEW_MADE, subject, by=by, now=now, data=data, personal=personal)
    return signing


def is_covered(assessment: Assessment) -> bool:
    """Return whether the newest declaration leaves nothing to sign: it is being sealed, or no question came back since.

    A returned question may be confirmed as it was answered, so an unchanged version is no reason to refuse.
    """
    newest = assessments.latest_declaration(assessment)
    return newest is not None and (newest.signed_at is None or not assessments.returned(assessment))


def hashes_of(preview: Preview) -> dict[str, str]:
    """Return what a record says of a document that was shown."""
    return {
        "preview_id": str(preview.id),
        "assessment_id": str(preview.assessment_id),
        "reference": preview.reference,
        "preview_sha256": preview.pdf_sha256,
        "answers_sha256": preview.answers_sha256,
    }


def _line(session: Session, assessment: Assessment, answers: Answers, catalogue: Catalogue) -> Line:
    questionnaire = assessments.edition_of(assessment, catalogue)
    held = minerals_workbooks.lacks(session, assessment, questionnaire, answers)
    lacking = missing(questionnaire, answers) + held
    unsigned = Standing.INCOMPLETE if lacking else Standing.READY
    standing = Standing.DECLARED if is_covered(assessment) else unsigned
    if assessment.awaiting_id:
        standing = Standing.AWAITING
    return Line(assessment, questionnaire, answers, standing, lacking)


def _draft(
    session: Session,
    line: Line,
    catalogue: Catalogue,
    signatory: Signatory,
    setting: Setting,
    draw: Callable[[int], bytes],
) -> Draft:
    # the version was read before the answers: a change in between can only make the preview look too old
    reference = reference_of(setting.now.year, draw(REFERENCE_BYTES))
    lineage = carrying.lineage_of(line.assessment, line.answers, catalogue, setting.now)
    facts = facts_of(line.assessment, line.questionnaire, line.answers, signatory, reference, setting, lineage)
    events = tuple(event.record for event in archive.led_to(session, line.assessment))
    notes = minerals_findings.notes_of(session, line.assessment, line.answers, setting.language)
    attachments = tuple(replace(each, notes=notes.get(each.sha256, ())) for each in facts.attachments)
    return Draft(line.assessment.id, line.assessment.version, replace(facts, events=events, attachments=attachments))


def _typeset(draft: Draft, renderer: Renderer, store: Store) -> Typeset:
    reach(Point.TYPESETTING)
    pdf = renderer.render(draft.facts)
    reach(Point.TYPESET)
    return Typeset(draft, store.put(pdf), hashlib.sha256(draft.facts.answers).hexdigest())


def _preview(position: int, made: Typeset) -> Preview:
    return Preview(
        position=position,
        assessment_id=made.draft.assessment_id,
        reference=made.draft.facts.reference,
        assessment_version=made.draft.version,
        answers_sha256=made.answers_sha256,
        pdf_sha256=made.pdf_sha256,
        created_at=made.draft.facts.made_at,
    )
