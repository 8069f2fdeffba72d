"""Suppliers whose signed workbooks name smelters, and what the lists say of these; all invented."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Attachment, MineralsWorkbook, Supplier
from portal.services import minerals_templates, smelter_index, smelter_statuses
from portal.services.minerals_templates import read_template
from portal.services.smelter_status_files import read_status_file
from questionnaires.minerals.json_form import to_json
from questionnaires.minerals.model import Listed
from questionnaires.minerals.reading import read
from tests.factories import Make
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, build

TIN, GOLD, TANTALUM, TUNGSTEN = (SMELTERS_KNOWN[place] for place in (0, 2, 3, 4))
BY_PRODUCT = "B. Product (or List of Products)"
STATUSES = b"Smelter ID,Smelter Name,Facility Status,Last Audit Date,Audit Cycle\nCID900001,Fjord,Conformant,2025-5-1,1"
A_YEAR_AGO = STATUSES.replace(b"Conformant", b"Active") + b"\nCID900002,Elv,RMAP Conformant,2024-05-01,3 years"
NOW = STATUSES + b"\nCID900002,Elv,Not conformant,2025-06-01,1\nCID900003,As,CONFORMANT,,"


@cache
def blank(version: str = "6.5", known: tuple[Listed, ...] = SMELTERS_KNOWN) -> bytes:
    """Return a blank template with this list."""
    cells = {f"{column}{row}": None for row in range(8, 90) for column in "DG"}
    return build(version=version, known=known, smelters=[], cells={"Declaration": cells})


def bring_template(session: Session, installation: Installation, now: datetime, **changes: Any) -> None:
    """Take in a blank template as an administrator does."""
    content = blank(**changes)
    minerals_templates.keep(session, installation.store, content, read_template(content), now=now, by=None)
    session.commit()


def bring_statuses(
    session: Session, installation: Installation, as_of: date, now: datetime, content: bytes = NOW
) -> None:
    """Take in a list of statuses."""
    file = read_status_file(content, as_of)
    smelter_statuses.apply(session, installation.store, content, file, as_of, now=now, by=None)
    session.commit()


def hand_in(
    make: Make, supplier: Supplier, smelters: Sequence[Mapping[str, Any]], *, at: datetime | None = None,
    signed: bool = True, **changes: Any,
) -> MineralsWorkbook:  # fmt: skip
    """Return a workbook of a supplier, signed for unless told otherwise."""
    moment = at or make.now
    content = build(smelters=list(smelters), **changes)
    found = read(content)
    assessment = make.request(make.campaign(keys=("conflict-minerals",)), supplier).assessments[0]
    attachment = Attachment(
        assessment_id=assessment.id, question="TG-10", filename="cmrt.xlsx", media_type="x", size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), uploaded_at=moment,
    )  # fmt: skip
    make.session.add(attachment)
    make.session.flush()
    workbook = MineralsWorkbook(
        id=uuid.uuid4(), assessment_id=assessment.id, attachment_id=attachment.id, sha256=attachment.sha256,
        kind=str(found.kind), version=found.version, scope=found.scope.value if found.scope else "",
        effective_date=found.effective_date, workbook=to_json(found), report={}, read_at=moment,
    )  # fmt: skip
    make.session.add(workbook)
    make.session.flush()
    smelter_index.index_workbook(make.session, workbook)
    if signed:
        make.declaration(assessment).accepted_at = moment
    make.session.commit()
    return workbook


def unlisted(metal: str, name: str, country: str) -> dict[str, Any]:
    """Return a row of a smelter that the list does not have."""
    return {"metal": metal, "lookup": "Smelter not listed", "name": name, "country": country}
