"""Which files rows and records name: gathered once into a scratch file, so that a store of any size costs no memory."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Attachment,
    Declaration,
    Deed,
    LedgerEvent,
    MineralsTemplate,
    Preview,
    QuestionnaireEdition,
    Renewal,
)

AT_ONCE = 500
_NEEDED = {
    Deed.DECLARATION_SIGNED: ("pdf_sha256", "preview_sha256"),
    Deed.DECLARATION_RENEWED: ("pdf_sha256", "before_sha256"),
    Deed.FILE_UPLOADED: ("sha256",),
    Deed.SUPPLIERS_IMPORTED: ("file_sha256",),
    Deed.ANSWERS_IMPORTED: ("file_sha256",),
    Deed.MINERALS_TEMPLATE_IMPORTED: ("sha256",),
    Deed.SMELTER_STATUSES_IMPORTED: ("file_sha256",),
}
"""Which facts of a record name a file that must be in the store, also when the row is gone."""
_ANY = re.compile(rb'"([0-9a-f]{64})"')


class FileNames:
    """SHA-256 → who names it, and whether its file was found whole."""

    def __init__(self, scratch: sqlite3.Connection) -> None:
        self._scratch = scratch
        scratch.execute("CREATE TABLE names (sha256 TEXT PRIMARY KEY, who TEXT, found INTEGER DEFAULT 0) WITHOUT ROWID")

    def add(self, sha256: str, who: str | None) -> None:
        """Note a name; None: known, but its file need not be there. Who came first is remembered."""
        statement = "INSERT INTO names (sha256, who) VALUES (?, ?) ON CONFLICT DO UPDATE SET who = coalesce(who, ?)"
        self._scratch.execute(statement, (sha256, who, who))

    def release(self, sha256: str) -> None:
        """Note that a file was deleted when its retention had ended; a row that still names it still needs it."""
        self._scratch.execute("UPDATE names SET who = NULL WHERE sha256 = ? AND who LIKE 'row %'", (sha256,))

    def who(self, sha256: str) -> str | None:
        """Return who names a file; an empty word where it is known and need not be there, None where nobody does."""
        row = self._scratch.execute("SELECT coalesce(who, '') FROM names WHERE sha256 = ?", (sha256,)).fetchone()
        return row[0] if row else None

    def find(self, sha256: str, *, whole: bool) -> None:
        """Note that a file is there, whole or not."""
        self._scratch.execute("UPDATE names SET found = ? WHERE sha256 = ?", (2 if whole else 1, sha256))

    def whole(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the files of a kind of row that were found whole: SHA-256, and what identifies the row."""
        query = "SELECT sha256, substr(who, ?) FROM names WHERE found = 2 AND who LIKE ? ORDER BY who"
        yield from self._scratch.execute(query, (len(kind) + 2, f"{kind} %"))

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield the files that must be there and were not found, with who names them."""
        yield from self._scratch.execute(
            "SELECT sha256, who FROM names WHERE who IS NOT NULL AND found = 0 ORDER BY sha256"
        )


@contextmanager
def gather(session: Session) -> Iterator[FileNames]:
    """Gather the names of all files that must be, or may be, in the store."""
    with closing(sqlite3.connect("")) as scratch:  # no name: SQLite keeps it in memory while small, then on the disk
        names = FileNames(scratch)
        for sha256, who in _rows(session):
            names.add(sha256, who)
        for sha256 in _deleted(session):
            names.release(sha256)
        yield names


def _queries() -> list[tuple[str, sa.Select[Any, Any]]]:
    """Return which rows name files. Of a declaration that was renewed only the newest file is one to be proven."""
    renewed = Declaration.renewals.any()
    newest = sa.select(sa.func.max(Renewal.number)).where(Renewal.declaration_id == Declaration.id)
    kept = Declaration.deleted_at.is_(None)
    first = sa.select(Declaration.pdf_sha256, Declaration.reference).where(Declaration.pdf_sha256.is_not(None), kept)
    later = sa.select(Renewal.pdf_sha256, Declaration.reference).join(
        Declaration, (Declaration.id == Renewal.declaration_id) & kept
    )
    deleted = sa.select(Declaration.preview_id).where(Declaration.deleted_at.is_not(None))
    return [
        ("declaration", first.where(~renewed)),
        ("declaration", later.where(Renewal.number == newest.correlate(Declaration).scalar_subquery())),
        ("earlier file of declaration", first.where(renewed)),
        ("earlier file of declaration", later),
        (
            "brought file",
            sa.select(Preview.brought_sha256, Preview.reference).where(
                Preview.brought_sha256.is_not(None), Preview.id.not_in(deleted)
            ),
        ),
        ("preview", sa.select(Preview.pdf_sha256, Preview.reference).where(Preview.id.not_in(deleted))),
        ("attachment", sa.select(Attachment.sha256, Attachment.id)),
        (
            "minerals template",
            sa.select(MineralsTemplate.sha256, MineralsTemplate.kind + " " + MineralsTemplate.version),
        ),
    ]


def _rows(session: Session) -> Iterator[tuple[str, str | None]]:
    for kind, query in _queries():
        for sha256, identity in session.execute(query.execution_options(yield_per=AT_ONCE)):
            yield sha256, f"{kind} {identity}"
    for edition in session.scalars(sa.select(QuestionnaireEdition)):
        for name, sha256 in edition.files.items():
            yield sha256, f"questionnaire {edition.key}/{edition.edition}: {name}"
    events = sa.select(LedgerEvent.seq, LedgerEvent.deed, LedgerEvent.record).order_by(LedgerEvent.seq)
    for seq, deed, record in session.execute(events.execution_options(yield_per=AT_ONCE)):
        yield from _of_record(seq, deed, record)


def _deleted(session: Session) -> Iterator[str]:
    records = sa.select(LedgerEvent.record).where(LedgerEvent.deed == Deed.DECLARATION_DELETED)
    for record in session.scalars(records.execution_options(yield_per=AT_ONCE)):
        with suppress(ValueError, KeyError, TypeError):
            yield from json.loads(record)["data"]["files"]


def _of_record(seq: int, deed: str, record: bytes) -> Iterator[tuple[str, str | None]]:
    """Yield what a record names; one that is broken names nothing, and the check of the ledger says so."""
    try:
        needed = [json.loads(record)["data"][fact] for kind, facts in _NEEDED.items() if deed == kind for fact in facts]
    except (ValueError, KeyError, TypeError):
        needed = []
    for sha256 in needed:
        yield str(sha256), f"row {seq} of the ledger"
    for found in _ANY.findall(record):
        yield found.decode(), None
