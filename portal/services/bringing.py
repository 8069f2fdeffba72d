"""Documents that a supplier signs with certificates of its own: previews go out, signed files come back.

A file is examined outside of any transaction (`examine`), then kept beside the preview that it begins with (`keep`). It
may be replaced by another until the signing is accepted; the code is asked for as in the ordinary way.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.models import Deed, Preview, Signing
from portal.pdf.brought_child import choose, examine_in_child
from portal.pdf.brought_report import Finding, Refusal
from portal.pdf.report import SignatureReport, signature_from_json
from portal.services import declarations, ledger
from portal.services.actors import Actor
from portal.storage import Store


class SigningOver(Exception):
    """The signing was accepted meanwhile; nothing can be brought any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it was previewed."""

    preview_id: uuid.UUID
    content: bytes


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that came back: what it is, or why it is refused."""

    filename: str
    preview_id: uuid.UUID | None
    """None where it is none of the documents."""
    refusal: Refusal | None
    finding: Finding | None = None
    content: bytes = b""


def shown(signing: Signing, store: Store) -> list[Shown]:
    """Return the documents of a signing act."""
    return [Shown(preview.id, store.get(preview.pdf_sha256)) for preview in signing.previews]


def examine(documents: Sequence[Shown], filename: str, content: bytes, trust_folder: Path, now: datetime) -> Brought:
    """Find the document that a file begins with, and look at what was added to it; needs no database."""
    chosen = choose([each.content for each in documents], content)
    if isinstance(chosen, Refusal):
        return Brought(filename, None, chosen)
    document = documents[chosen]
    finding = examine_in_child(document.content, content, trust_folder, now)
    return Brought(filename, document.preview_id, finding.refusal, finding, content)


def keep(
    session: Session, store: Store, signing: Signing, brought: Sequence[Brought], *, now: datetime, by: Actor
) -> int:
    """Keep what was taken beside its preview, in place of what was brought before; return how many were taken.

    Raises:
        SigningOver: the signing was accepted meanwhile.
        AnswersChanged, AlreadyDeclared: the previews are no longer what would be signed.
    """
    ledger.begin(session)
    session.refresh(signing, with_for_update=True)
    if signing.accepted_at is not None:
        raise SigningOver
    declarations.check_current(signing)
    taken = [each for each in brought if each.finding and not each.refusal]
    previews = {preview.id: preview for preview in signing.previews}
    for each in taken:
        if each.finding and each.preview_id:
            _keep(session, store, previews[each.preview_id], each.finding, each.content, now, by)
    return len(taken)


def signatures_of(preview: Preview) -> list[SignatureReport]:
    """Return what the signatures say in the file that was brought for a preview; none where none was brought."""
    return [signature_from_json(each) for each in (preview.brought or {}).get("signatures", [])]


def _keep(
    session: Session, store: Store, preview: Preview, finding: Finding, content: bytes, now: datetime, by: Actor
) -> None:
    preview.brought_sha256 = store.put(content)
    preview.brought_at = now
    preview.brought = {"signatures": finding.as_json()["signatures"]}
    data: dict[str, Any] = {
        "preview_id": str(preview.id),
        "reference": preview.reference,
        "preview_sha256": preview.pdf_sha256,
        "brought_sha256": preview.brought_sha256,
        "roots": [each.root_sha256 for each in finding.signatures],
    }
    personal = {
        "certificates": [
            {"subject": each.subject, "issuer": each.issuer, "sha256": each.certificate_sha256}
            for each in finding.signatures
        ]
    }
    subject = ledger.subject_of("signing", preview.signing_id)
    ledger.record(session, Deed.OWN_SIGNATURE_BROUGHT, subject, by=by, now=now, data=data, personal=personal)
