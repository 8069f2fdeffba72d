"""Questionnaires of the company's own: uploaded as drafts, published for good, retired."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Assessment,
    CampaignQuestionnaire,
    Declaration,
    Deed,
    EditionState,
    QuestionnaireEdition,
    Request,
    User,
)
from portal.services import ledger
from portal.services.actors import user_actor
from portal.services.own_definitions import Reading
from portal.storage import Store
from questionnaires.catalogue import Catalogue
from questionnaires.errors import DefinitionErrors, Problem
from questionnaires.loading import load_files
from questionnaires.model import Questionnaire


class EditionError(Exception):
    """A deed is not possible; the code says why.

    Codes: has_faults, published, changed_meanwhile, not_complete, not_published, retired.
    """

    def __init__(self, code: str, problems: Collection[Problem] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.problems = tuple(problems)
        """What the edition lacks; for not_complete only."""


def find(session: Session, key: str, edition: str, *, to_write: bool = False) -> QuestionnaireEdition | None:
    """Return an edition of the company's own."""
    query = sa.select(QuestionnaireEdition).where(
        QuestionnaireEdition.key == key, QuestionnaireEdition.edition == edition
    )
    return session.scalar(query.with_for_update() if to_write else query)


def all_own(session: Session) -> list[QuestionnaireEdition]:
    """Return the editions of the company's own, drafts among them."""
    return list(session.scalars(sa.select(QuestionnaireEdition)))


def keep(session: Session, store: Store, reading: Reading, *, now: datetime, by: User) -> QuestionnaireEdition:
    """Keep an upload without faults as a draft, in place of an earlier draft of the same edition.

    Raises:
        EditionError: has_faults; published, where somebody published it meanwhile.
    """
    questionnaire = reading.questionnaire
    if questionnaire is None or reading.faults:
        raise EditionError("has_faults")
    files = {name: store.put(content) for name, content in questionnaire.source.items()}
    ledger.begin(session)
    row = find(session, questionnaire.key, questionnaire.edition, to_write=True)
    if row is None:
        row = QuestionnaireEdition(id=uuid.uuid4(), key=questionnaire.key, edition=questionnaire.edition)
        session.add(row)
    elif row.state is not EditionState.DRAFT:
        raise EditionError("published")
    row.files, row.digest = files, questionnaire.digest
    row.uploaded_at, row.uploaded_by = now, by
    _record(session, Deed.EDITION_UPLOADED, row, now, by, {"files": files, "missing": len(reading.gaps)})
    return row


def draft_of(row: QuestionnaireEdition, store: Store) -> Questionnaire:
    """Return a draft; translations that it lacks are in its `gaps`."""
    return load_files(f"{row.key}/{row.edition}", _contents(row, store), draft=True)


def publish(
    session: Session, store: Store, catalogue: Catalogue, row: QuestionnaireEdition, digest: str,
    *, now: datetime, by: User,
) -> None:  # fmt: skip
    """Publish a draft: from now on it can be asked, and nobody can change it.

    Args:
        session: the transaction.
        store: where its files are.
        catalogue: what is published already.
        row: the draft.
        digest: of the files that the administrator has looked at.
        now: when.
        by: who.

    Raises:
        EditionError: published; changed_meanwhile, where another upload has replaced what was looked at;
            not_complete, with what a translation lacks or what does not fit to other editions.
    """
    ledger.begin(session)
    session.refresh(row, with_for_update=True)
    if row.state is not EditionState.DRAFT:
        raise EditionError("published")
    if row.digest != digest:
        raise EditionError("changed_meanwhile")
    try:
        catalogue.with_more([load_files(f"{row.key}/{row.edition}", _contents(row, store))])
    except DefinitionErrors as error:
        raise EditionError("not_complete", error.problems) from error
    row.published_at, row.published_by = now, by
    _record(session, Deed.EDITION_PUBLISHED, row, now, by, {"files": row.files})


def retire(session: Session, row: QuestionnaireEdition, *, now: datetime, by: User) -> None:
    """Ask an edition no more in new campaigns; who has it, answers it.

    Raises:
        EditionError: not_published, retired.
    """
    ledger.begin(session)
    session.refresh(row, with_for_update=True)
    if row.state is EditionState.DRAFT:
        raise EditionError("not_published")
    if row.state is EditionState.RETIRED:
        raise EditionError("retired")
    row.retired_at, row.retired_by = now, by
    _record(session, Deed.EDITION_RETIRED, row, now, by, {})


def discard(session: Session, row: QuestionnaireEdition, *, now: datetime, by: User) -> None:
    """Throw a draft away.

    Raises:
        EditionError: published.
    """
    ledger.begin(session)
    session.refresh(row, with_for_update=True)
    if row.state is not EditionState.DRAFT:
        raise EditionError("published")
    _record(session, Deed.EDITION_DISCARDED, row, now, by, {})
    session.delete(row)
    session.flush()


def signed_by(session: Session) -> Mapping[tuple[str, str], int]:
    """Return by key and edition how many suppliers have signed it, each counted once."""
    query = (
        sa.select(Assessment.questionnaire, Assessment.edition, sa.func.count(Request.supplier_id.distinct()))
        .join(Request, Assessment.request_id == Request.id)
        .join(Declaration, Declaration.assessment_id == Assessment.id)
        .where(Declaration.signed_at.is_not(None))
        .group_by(Assessment.questionnaire, Assessment.edition)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def asked_in(session: Session) -> Mapping[tuple[str, str], int]:
    """Return by key and edition how many campaigns ask it."""
    query = sa.select(CampaignQuestionnaire.key, CampaignQuestionnaire.edition, sa.func.count()).group_by(
        CampaignQuestionnaire.key, CampaignQuestionnaire.edition
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _contents(row: QuestionnaireEdition, store: Store) -> dict[str, bytes]:
    return {name: store.get(sha256) for name, sha256 in row.files.items()}


def _record(
    session: Session, deed: Deed, row: QuestionnaireEdition, now: datetime, by: User, data: dict[str, Any]
) -> None:
    session.flush()
    facts = {"key": row.key, "edition": row.edition, "edition_sha256": row.digest, **data}
    ledger.record(session, deed, ledger.subject_of("edition", row.id), by=user_actor(by), now=now, data=facts)
