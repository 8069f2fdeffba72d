"""Conflict-minerals workbooks (CMRT, EMRT) that suppliers hand in, as they were read."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.assessments import Assessment, Attachment
from portal.models.base import Base, Json, WithId


class MineralsWorkbook(WithId, Base):
    """One workbook that was attached to an answer, read and checked; the newest of a draft counts."""

    __tablename__ = "minerals_workbooks"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    attachment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("attachments.id"), unique=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    """Of the file."""
    kind: Mapped[str] = mapped_column(sa.String(8))
    """CMRT or EMRT."""
    version: Mapped[str] = mapped_column(sa.String(16))
    scope: Mapped[str] = mapped_column(sa.String(1), default="")
    """A, B or C; empty where the workbook does not say."""
    effective_date: Mapped[date | None]
    workbook: Mapped[dict[str, Any]]
    """`questionnaires.minerals.json_form.to_json`."""
    report: Mapped[dict[str, Any]]
    """`questionnaires.minerals.report.Report.as_json`, as of the upload."""
    explanations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Why the supplier leaves a finding as it is: code of the finding → words."""
    unexplained: Mapped[int] = mapped_column(default=0)
    """How many kinds of errors are neither mended nor explained; while there is one, nothing is signed."""
    said: Mapped[list[Any]] = mapped_column(Json, default=list)
    """What it says about the questionnaire's answers: `questionnaires.minerals.prefill.Said.as_json`."""
    read_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship()
    attachment: Mapped[Attachment] = relationship()
