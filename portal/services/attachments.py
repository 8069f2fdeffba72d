"""Files given as answers: taken in after a close look, kept under their SHA-256, named by what people called them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Assessment, Attachment, Deed, Invitation
from portal.services import assessments, ledger, minerals_workbooks
from portal.services.actors import PORTAL, link_actor
from portal.services.uploads import FileRefused, examine, plain_name
from portal.storage import Store
from questionnaires.model import FileSlot
from questionnaires.values import Value

__all__ = ["FileRefused", "Upload", "attach", "bring_along", "find", "present", "remove"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived."""

    filename: str
    content: bytes


def attach(
    session: Session,
    store: Store,
    assessment: Assessment,
    slot: FileSlot,
    upload: Upload,
    invitation: Invitation | None,
    now: datetime,
    allowed: frozenset[str] | None = None,
) -> Attachment:
    """Add a file to the answer of a question, or to the documents of one.

    Raises:
        FileRefused: the file is not what it says, or too large.
        AnswerError: the question wants other kinds, or fewer files, or has this one already.
        NotEditable: the question is closed.
    """
    name = plain_name(upload.filename, upload.content)
    media_type = examine(name, upload.content)
    attachment = Attachment(
        id=uuid.uuid4(), assessment_id=assessment.id, question=slot.key, filename=name, media_type=media_type,
        size=len(upload.content), sha256=_digest(upload.content), uploaded_at=now,
    )  # fmt: skip
    files = [*_files(assessment, slot.key), _record_of(attachment)]
    slot.kind.check(files)
    assessments.save(session, assessment, {slot.key: files}, invitation, now, allowed)
    store.put(upload.content)
    session.add(attachment)
    _leave_trace(session, Deed.FILE_UPLOADED, attachment, invitation, now)
    return attachment


def bring_along(
    session: Session,
    assessment: Assessment,
    slot: FileSlot,
    records: Sequence[Mapping[str, Value]],
    invitation: Invitation | None,
    now: datetime,
    allowed: frozenset[str] | None = None,
) -> None:
    """Add files of an earlier declaration, named by their records; those that are there already stay as they are.

    Raises:
        AnswerError: there is no room for them all.
        NotEditable: the question is closed.
    """
    files = _files(assessment, slot.key)
    there = {file["sha256"] for file in files}
    new = [dict(record) for record in records if record["sha256"] not in there]
    if not new:
        return
    slot.kind.check([*files, *new])
    assessments.save(session, assessment, {slot.key: [*files, *new]}, invitation, now, allowed)
    for record in new:
        attachment = Attachment(
            id=uuid.uuid4(), assessment_id=assessment.id, question=slot.key, filename=record["name"],
            media_type=record["media_type"], size=record["size"], sha256=record["sha256"], uploaded_at=now,
        )  # fmt: skip
        session.add(attachment)
        origin = str(assessment.carried_from_id)
        _leave_trace(session, Deed.FILE_UPLOADED, attachment, invitation, now, carried_from=origin)


def remove(
    session: Session,
    assessment: Assessment,
    attachment: Attachment,
    invitation: Invitation | None,
    now: datetime,
    allowed: frozenset[str] | None = None,
) -> None:
    """Take a file out of the answer; bytes and row stay, for earlier declarations may name them.

    Raises:
        NotEditable: the question is closed.
    """
    if attachment.removed_at is not None:
        return
    files: list[Value] = [
        file for file in _files(assessment, attachment.question) if file["sha256"] != attachment.sha256
    ]
    assessments.save(session, assessment, {attachment.question: files or None}, invitation, now, allowed)
    attachment.removed_at = now
    minerals_workbooks.forget(session, assessment, attachment)
    _leave_trace(session, Deed.FILE_REMOVED, attachment, invitation, now)


def find(session: Session, request_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment | None:
    """Return a file of a request, also one that was taken out since."""
    return session.scalar(
        sa.select(Attachment)
        .join(Assessment, Assessment.id == Attachment.assessment_id)
        .where(Attachment.id == attachment_id, Assessment.request_id == request_id)
    )


def present(session: Session, assessment: Assessment) -> dict[str, uuid.UUID]:
    """Return the ids of the files in the draft, by the answer's key and SHA-256 (`TG-10 ab12…`)."""
    rows = session.execute(
        sa.select(Attachment.question, Attachment.sha256, Attachment.id).where(
            Attachment.assessment_id == assessment.id, Attachment.removed_at.is_(None)
        )
    )
    return {f"{question} {sha256}": identity for question, sha256, identity in rows}


def _files(assessment: Assessment, key: str) -> list[dict[str, Value]]:
    value = assessments.answers_of(assessment).get(key)
    return list(value) if isinstance(value, list) else []


def _record_of(attachment: Attachment) -> dict[str, Value]:
    """Return what the answer says of a file; see `questionnaires.answers.Files`."""
    return {
        "sha256": attachment.sha256,
        "name": attachment.filename,
        "size": attachment.size,
        "media_type": attachment.media_type,
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _leave_trace(
    session: Session, deed: Deed, attachment: Attachment, invitation: Invitation | None, now: datetime, **more: str
) -> None:
    by = link_actor(invitation) if invitation else PORTAL
    subject = ledger.subject_of("assessment", attachment.assessment_id)
    data = {
        "attachment": str(attachment.id),
        "question": attachment.question,
        "sha256": attachment.sha256,
        "size": attachment.size,
        **more,
    }
    ledger.record(session, deed, subject, by=by, now=now, data=data, personal={"filename": attachment.filename})
