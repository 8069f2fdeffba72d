"""The minerals workbooks of a campaign, rolled up, and the buyer's own written from them.

A workbook counts when a signed declaration in force names it; of one supplier and scope the newest.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import (
    Assessment,
    Attachment,
    Campaign,
    Declaration,
    Deed,
    MineralsWorkbook,
    Request,
    User,
)
from portal.services import ledger
from portal.services.actors import user_actor
from portal.services.minerals_child import write_in_child
from questionnaires.minerals.contributions import Contribution, Contributions, Source
from questionnaires.minerals.declaring import Company, declare
from questionnaires.minerals.json_form import from_json
from questionnaires.minerals.model import Kind, Workbook
from questionnaires.minerals.references import References
from questionnaires.minerals.rollup import Own, RollUp, roll_up
from questionnaires.minerals.unwritable import NotWritable

VERSIONS = {Kind.CMRT: "6.5", Kind.EMRT: "2.1"}
"""The generation that is rolled up into; any version of it can be written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A supplier of the campaign."""

    supplier_id: uuid.UUID
    name: str
    """Unique within the campaign."""
    is_relevant: bool
    """False only where the register says that none of the metals is in its goods."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A workbook that a signed declaration names."""

    workbook_id: uuid.UUID
    source: Source


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be rolled up."""

    campaign: Campaign
    kind: Kind
    suppliers: frozenset[uuid.UUID]
    """The relevant ones."""
    own: Own


def asked(session: Session, campaign: Campaign) -> list[Asked]:
    """Return the suppliers that were asked, by name; those withdrawn are not among them."""
    query = (
        sa.select(Request)
        .where(Request.campaign_id == campaign.id, Request.sent_at.is_not(None), Request.withdrawn_at.is_(None))
        .options(joinedload(Request.supplier))
    )
    suppliers = sorted((each.supplier for each in session.scalars(query)), key=lambda each: each.name.casefold())
    names = Counter(each.name for each in suppliers)
    return [
        Asked(
            each.id,
            each.name if names[each.name] == 1 else f"{each.name} ({each.national_id or str(each.id)[:8]})",
            each.minerals_relevant is not False,
        )
        for each in suppliers
    ]


def accepted(session: Session, campaign: Campaign, kind: Kind) -> list[Accepted]:
    """Return the workbooks of this kind that count, oldest first; superseded ones are still among them."""
    names = {each.supplier_id: each.name for each in asked(session, campaign)}
    query = (
        sa.select(
            MineralsWorkbook.id, MineralsWorkbook.sha256, MineralsWorkbook.scope, MineralsWorkbook.effective_date,
            Attachment.filename, Attachment.question, Request.supplier_id, Declaration.answers,
        )
        .join(Attachment, MineralsWorkbook.attachment_id == Attachment.id)
        .join(Assessment, MineralsWorkbook.assessment_id == Assessment.id)
        .join(Request, Assessment.request_id == Request.id)
        .join(Declaration, Declaration.assessment_id == Assessment.id)
        .where(
            Request.campaign_id == campaign.id, MineralsWorkbook.kind == kind.value,
            Declaration.signed_at.is_not(None), Declaration.superseded_by_id.is_(None),
        )
        .order_by(MineralsWorkbook.read_at, MineralsWorkbook.id)
    )  # fmt: skip
    return [
        Accepted(row.id, Source(names[row.supplier_id], row.sha256, row.effective_date, row.scope, row.filename))
        for row in session.execute(query)
        if row.supplier_id in names and _names(row.answers.get(row.question), row.sha256)
    ]


def _names(answer: object, sha256: str) -> bool:
    """Whether a signed answer names the file."""
    files = answer if isinstance(answer, list) else [answer]
    return any(isinstance(each, dict) and each.get("sha256") == sha256 for each in files)


def result_of(session: Session, question: Question, template: Workbook | None = None) -> RollUp:
    """Return the roll-up, its smelters by the template's own list where there is one."""
    names = [each.name for each in asked(session, question.campaign) if each.supplier_id in question.suppliers]
    references = References.of(template.references) if template else None
    version = template.version if template else VERSIONS[question.kind]
    files = accepted(session, question.campaign, question.kind)
    contributions = _read(session, files, Contributions(question.kind, references))
    return roll_up(contributions, names, question.kind, version, question.own)


def _read(session: Session, files: Iterable[Accepted], makes: Contributions) -> Iterator[Contribution]:
    """Give what each adds; one workbook at a time is in memory."""
    for each in files:
        kept = session.scalar(sa.select(MineralsWorkbook.workbook).where(MineralsWorkbook.id == each.workbook_id))
        if kept is not None:
            yield makes.of(each.source, from_json(kept))


def write(template: bytes, blank: Workbook, result: RollUp, company: Company) -> bytes:
    """Return the buyer's own workbook.

    Raises:
        NotReadable: the template.
        NotWritable: it does not fit.
    """
    if blank.kind is not result.kind:
        raise NotWritable("other_kind")
    if blank.version.partition(".")[0] != VERSIONS[result.kind].partition(".")[0]:
        raise NotWritable("other_generation")
    return write_in_child(template, declare(result, blank.version, company))


def record_written(
    session: Session, campaign: Campaign, written: bytes, result: RollUp, *, by: User, now: datetime
) -> None:
    """Record that a workbook was written, by its hash and by those of the files behind it."""
    ledger.record(
        session,
        Deed.MINERALS_WRITTEN,
        f"campaign:{campaign.id}",
        by=user_actor(by),
        now=now,
        data={
            "sha256": hashlib.sha256(written).hexdigest(),
            "kind": result.kind.value,
            "answered": len(result.coverage.answered),
            "relevant": len(result.coverage.relevant),
            "sources": sorted({each.sha256 for each in result.files}),
        },
    )
