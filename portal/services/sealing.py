"""Sealing: an accepted declaration becomes a signed PDF, once, however often and by however many it is tried.

A worker claims the declaration for a while, signs the previewed bytes outside of any transaction, stores the file, and
then lets one transaction decide: whoever finds it unsigned there writes everything that follows from it. A worker that
dies leaves a claim that runs out and, at most, a file that no row names.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.failpoints import Point, reach
from portal.models import Declaration, Deed, Level, Return, Signing
from portal.pdf.signing import Signatory, Signed, Signer, SigningError
from portal.services import assessments, deviations, ledger, receipts, signatories
from portal.services.actors import PORTAL
from portal.storage import Store, StoreError
from questionnaires.catalogue import Catalogue

CLAIM = timedelta(seconds=60)
"""How long a worker that claimed a declaration may take before another may try."""
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 20, 40, 80, 160, 240))
"""How long to wait after the first, second … failed try; the last one counts for all that follow."""
MOST_AT_ONCE = 100

log = logging.getLogger(__name__)


class SealingError(Exception):
    """What was signed is not what was previewed."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A declaration that one worker may sign until a moment, and what it needs for that."""

    declaration_id: uuid.UUID
    until: datetime
    preview_sha256: str
    reference: str
    signatories: tuple[Signatory, ...]
    """In the order in which they signed."""
    brought_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A signed file in the store."""

    pdf_sha256: str
    level: Level
    renew_before: datetime | None = None


def stuck(session: Session, now: datetime) -> list[uuid.UUID]:
    """Return declarations that are accepted, not signed, and claimed by nobody; the oldest first."""
    query = sa.select(Declaration.id).where(_is_unsigned(), _is_unclaimed(now))
    return list(session.scalars(query.order_by(Declaration.accepted_at).limit(MOST_AT_ONCE)))


def seal(
    new_session: sessionmaker[Session],
    declaration_id: uuid.UUID,
    *,
    store: Store,
    signer: Callable[[], Signer],
    catalogue: Catalogue,
    now: Callable[[], datetime],
) -> bool:
    """Sign an accepted declaration and write down what follows from it; return whether this call did it.

    A failure (the time stamp authority is away) is noted in the row and tried again later; nothing is signed
    with less than the installation's level.

    Args:
        new_session: makes the sessions: one to claim, one to write what came of it.
        declaration_id: which one; one that is signed or claimed is left alone.
        store: holds the preview, takes the signed file.
        signer: opens the keys, and signs it.
        catalogue: the editions, to find deviations by.
        now: the clock.
    """
    with new_session.begin() as session:
        claim = _claim(session, declaration_id, now())
    if claim is None:
        return False
    reach(Point.CLAIMED)
    try:
        signed = _sign(claim, store, signer(), now())
        reach(Point.SIGNED)
        sealed = _Sealed(store.put(signed.pdf), Level(signed.level.value), signed.renew_before)
    except (SigningError, StoreError, SealingError) as error:
        log.warning("declaration %s could not be sealed: %s", claim.reference, error)
        with new_session.begin() as session:
            _note_failure(session, claim, error, now())
        return False
    reach(Point.STORED)
    with new_session.begin() as session:
        return _finish(session, claim, sealed, catalogue, now())


def _claim(session: Session, declaration_id: uuid.UUID, now: datetime) -> _Claim | None:
    until = now + CLAIM
    mine = sa.update(Declaration).where(Declaration.id == declaration_id, _is_unsigned(), _is_unclaimed(now))
    if not _hits(session, mine.values(sealing_until=until)):
        return None
    declaration = session.get_one(Declaration, declaration_id)
    preview = declaration.preview
    people = tuple(signatories.who_signed(preview.signing))
    brought = declaration.brought_sha256
    return _Claim(declaration_id, until, preview.pdf_sha256, declaration.reference, people, brought)


def _sign(claim: _Claim, store: Store, signer: Signer, now: datetime) -> Signed:
    """Sign exactly the bytes that were shown: the store checks their hash, the prefix is checked here."""
    shown = store.get(claim.preview_sha256)
    if claim.brought_sha256:
        brought = store.get(claim.brought_sha256)
        signed = signer.seal_brought(brought, claim.reference, now)
    else:
        brought, (first, *others) = shown, claim.signatories
        signed = signer.sign(shown, first, claim.reference, now, others)
    if not brought.startswith(shown) or not signed.pdf.startswith(brought):
        raise SealingError("the signed file does not begin with the bytes that were shown")
    return signed


def _note_failure(session: Session, claim: _Claim, error: Exception, now: datetime) -> None:
    """Count the try and wait; if the claim has run out and gone to another, that one's word counts."""
    tries = session.get_one(Declaration, claim.declaration_id).sealing_tries + 1
    wait = WAITS[min(tries, len(WAITS)) - 1]
    mine = sa.update(Declaration).where(
        Declaration.id == claim.declaration_id, _is_unsigned(), Declaration.sealing_until == claim.until
    )
    _hits(session, mine.values(sealing_tries=tries, sealing_error=str(error)[:1000], sealing_until=now + wait))


def _finish(session: Session, claim: _Claim, sealed: _Sealed, catalogue: Catalogue, now: datetime) -> bool:
    ledger.begin(session)
    declaration = session.get_one(Declaration, claim.declaration_id)
    # two workers on the documents of one signing act queue up here, so that exactly one of them sees all signed
    signing = session.get_one(Signing, declaration.preview.signing_id, with_for_update=True)
    open_row = sa.update(Declaration).where(Declaration.id == claim.declaration_id, _is_unsigned())
    values = {
        "signed_at": now,
        "pdf_sha256": sealed.pdf_sha256,
        "level": sealed.level,
        "renew_before": sealed.renew_before,
    }
    if not _hits(session, open_row.values(**values, sealing_until=None, sealing_error=None)):
        return False  # another worker was first; its file counts, this one is named by no row
    session.refresh(declaration)
    older = _replace_older(session, declaration)
    _settle_returns(session, declaration, now)
    questionnaire = assessments.edition_signed(declaration, catalogue)
    deviations.propose(session, declaration, questionnaire, now)
    _record(session, declaration, older, questionnaire.digest, now)
    receipts.tell(session, signing, declaration, catalogue, now)
    reach(Point.SEAL_INSERTED)
    return True


def _replace_older(session: Session, declaration: Declaration) -> list[uuid.UUID]:
    """Let the declaration stand in place of the older ones of its assessment; return which."""
    older = (
        sa.update(Declaration)
        .where(
            Declaration.assessment_id == declaration.assessment_id,
            Declaration.id != declaration.id,
            Declaration.accepted_at <= declaration.accepted_at,
            Declaration.superseded_by_id.is_(None),
        )
        .values(superseded_by_id=declaration.id)
        .returning(Declaration.id)
    )
    return list(session.scalars(older))


def _settle_returns(session: Session, declaration: Declaration, now: datetime) -> None:
    """Close what was sent back before the preview was made; what came later waits for the next declaration."""
    answered = sa.update(Return).where(
        Return.assessment_id == declaration.assessment_id,
        Return.settled_at.is_(None),
        Return.returned_at <= declaration.preview.created_at,
    )
    session.execute(answered.values(settled_at=now))


def _record(
    session: Session, declaration: Declaration, older: list[uuid.UUID], edition_sha256: str, now: datetime
) -> None:
    preview, assessment = declaration.preview, declaration.assessment
    data: dict[str, Any] = {
        "pdf_sha256": declaration.pdf_sha256,
        "preview_sha256": preview.pdf_sha256,
        "answers_sha256": preview.answers_sha256,
        "edition_sha256": edition_sha256,
        "questionnaire": assessment.questionnaire,
        "edition": assessment.edition,
        "level": cast(Level, declaration.level).value,
        "reference": declaration.reference,
        "assessment_id": str(assessment.id),
        "signing_id": str(preview.signing_id),
    }
    if preview.signing.co_signatories:
        data["signatories"] = len(preview.signing.co_signatories) + 1
    if declaration.brought_sha256:
        data["brought_sha256"] = declaration.brought_sha256
    subject = ledger.subject_of("declaration", declaration.id)
    ledger.record(session, Deed.DECLARATION_SIGNED, subject, by=PORTAL, now=now, data=data)
    for each in older:
        replaced = ledger.subject_of("declaration", each)
        by_which = {"superseded_by": str(declaration.id), "reference": declaration.reference}
        ledger.record(session, Deed.DECLARATION_SUPERSEDED, replaced, by=PORTAL, now=now, data=by_which)


def _is_unsigned() -> sa.ColumnElement[bool]:
    return Declaration.signed_at.is_(None)


def _is_unclaimed(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Declaration.sealing_until.is_(None), Declaration.sealing_until < now)


def _hits(session: Session, update: sa.Update) -> bool:
    """Run an update of one row; return whether it found it."""
    result = session.execute(update.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", result).rowcount == 1
