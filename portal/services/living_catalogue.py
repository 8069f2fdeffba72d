"""The catalogue of a running portal: the shipped editions, and those that the company has published meanwhile.

A published edition never changes, so what is loaded stays right. New ones are looked for when somebody of the staff
asks for a page, and when an edition is named that is not known here: another process may have published it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.models import QuestionnaireEdition
from portal.models.engine import reading
from portal.storage import FileMissing, Store
from questionnaires.catalogue import Catalogue
from questionnaires.errors import EditionChanged, UnknownQuestionnaire
from questionnaires.loading import load_files
from questionnaires.model import Questionnaire

Stamp: TypeAlias = tuple[object, ...]
"""Differs when something was published or retired."""


class LivingCatalogue(Catalogue):
    """A catalogue that takes in what is published and retired while it is in use; safe to share between threads."""

    def __init__(self, load_shipped: Callable[[], Catalogue], new_session: sessionmaker[Session], store: Store) -> None:
        """Raise EditionChanged where an edition of the company's own is not what was published, or its file is gone."""
        self._shipped = load_shipped()
        self._new_session, self._store = new_session, store
        self._lock = threading.Lock()
        self._stamp: Stamp = ()
        self._own: dict[str, Questionnaire] = {}
        super().__init__(self._shipped.all())
        self.refresh()

    def refresh(self) -> None:
        """Take in what was published or retired since; one small query where nothing was. Raises EditionChanged."""
        with self._lock:
            token = reading.set(True)
            try:
                with self._new_session() as session:
                    stamp = _stamp(session)
                    if stamp != self._stamp:
                        self._take(session)
                        self._stamp = stamp
            finally:
                reading.reset(token)

    def find(self, key: str, edition: str) -> Questionnaire:
        """Return the edition, published here or elsewhere; raises UnknownQuestionnaire."""
        try:
            return super().find(key, edition)
        except UnknownQuestionnaire:
            self.refresh()
            return super().find(key, edition)

    def _take(self, session: Session) -> None:
        published = sa.select(QuestionnaireEdition).where(QuestionnaireEdition.published_at.is_not(None))
        rows = list(session.scalars(published))
        own = {row.digest: self._own.get(row.digest) or load_published(row, self._store) for row in rows}
        retired = [f"{row.key}/{row.edition}" for row in rows if row.retired_at]
        super().__init__((*self._shipped.all(), *own.values()), retired)
        self._own = own


def load_published(row: QuestionnaireEdition, store: Store) -> Questionnaire:
    """Return an edition of the company's own as it was published; raises EditionChanged."""
    name = f"{row.key}/{row.edition}"
    try:
        questionnaire = load_files(name, {file: store.get(sha256) for file, sha256 in row.files.items()})
    except FileMissing as error:
        raise EditionChanged(f"{name} is published, and a file of it is gone from the store: {error}") from error
    if questionnaire.digest != row.digest:
        raise EditionChanged(f"{name} is published and cannot be changed: suppliers have signed it as it was")
    return questionnaire


def _stamp(session: Session) -> Stamp:
    table = QuestionnaireEdition
    counted = sa.select(
        sa.func.count(table.published_at), sa.func.max(table.published_at),
        sa.func.count(table.retired_at), sa.func.max(table.retired_at),
    )  # fmt: skip
    return tuple(session.execute(counted).one())
