"""A backup, made while the portal runs: the database first, its files after it, so that every row's file is in it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import schema
from portal.models.engine import reading
from portal.services import backup_manifest, database_copies, file_names
from portal.services.file_names import FileNames
from portal.services.ledger import Broken
from portal.storage import Store, hash_of

FACTS = "backup.json"
FILES, KEYS = "files", "keys"
VERSION = 1


class BackupError(Exception):
    """No backup can be made here, or brought back; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a backup says of itself."""

    made_at: datetime
    database: str
    """The kind: sqlite or postgresql."""
    revision: str
    """Of its tables."""
    size: int
    """How many rows the ledger has."""
    root: str
    """Of the Merkle tree over them, as hex."""

    def as_json(self) -> dict[str, Any]:
        """Return it for the file."""
        head = {"size": self.size, "root": self.root}
        database = {"kind": self.database, "revision": self.revision}
        return {"version": VERSION, "made_at": self.made_at.isoformat(), "database": database, "ledger": head}


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, and what was not whole before it was made: it is in the backup as it is."""

    facts: Facts
    files: int
    damaged: tuple[str, ...]
    """SHA-256 of files whose bytes have changed."""
    missing: tuple[str, ...]
    """SHA-256 of files that rows name."""
    broken: Broken | None
    """The first row of the ledger that does not fit."""


def make(engine: sa.Engine, store: Store, keys_dir: Path | None, to: Path, now: datetime) -> Made:
    """Make a backup under a name that tells that it is unfinished, and rename it when it is whole and on the disk.

    Args:
        engine: the database.
        store: the files.
        keys_dir: the folder of the keys, where they are to be in the backup.
        to: a folder that is not there yet.
        now: when.

    Raises:
        BackupError: the folder is there already, or its parent is not.
        CopyError: the database cannot be copied.
    """
    if to.exists() or not to.absolute().parent.is_dir():
        raise BackupError(f"{to} is there already; name a new folder." if to.exists() else f"{to.parent} is no folder.")
    unfinished = Path(tempfile.mkdtemp(prefix=f".{to.name}-unfinished-", dir=to.absolute().parent))
    try:
        made = _fill(unfinished, engine, store, keys_dir, now)
        os.sync()
        unfinished.rename(to)
        os.sync()
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return made


def read_facts(folder: Path) -> Facts:
    """Return what a backup says of itself; raises BackupError."""
    try:
        said = json.loads((folder / FACTS).read_text("utf-8"))
        database, head = said["database"], said["ledger"]
        made_at = datetime.fromisoformat(said["made_at"])
        facts = Facts(made_at, database["kind"], database["revision"], head["size"], head["root"])
        is_ours = said["version"] == VERSION and facts.database in database_copies.FILENAMES
    except (OSError, ValueError, KeyError, TypeError):
        is_ours = False
    if not is_ours or facts.revision > schema.newest():
        raise BackupError("The backup was made by a newer version of the portal; install that one first.")
    return facts


def _fill(folder: Path, engine: sa.Engine, store: Store, keys_dir: Path | None, now: datetime) -> Made:
    kind = engine.dialect.name
    filename = database_copies.FILENAMES[kind]
    before = reading.set(True)
    try:
        with Session(engine) as session, file_names.gather(session) as names:
            session.rollback()
            checked = database_copies.take(engine, folder / filename)
            digests, damaged = _copy_files(store, folder, names)
            missing = tuple(sha256 for sha256, _ in names.missing())
    finally:
        reading.reset(before)
    facts = Facts(now, kind, schema.revision_of(engine), checked.size, checked.root.hex())
    (folder / FACTS).write_text(json.dumps(facts.as_json(), indent=2) + "\n", "utf-8")
    others = [filename, FACTS, *_copy_keys(keys_dir, folder)]
    backup_manifest.write(folder, digests | {name: hash_of(folder / name) for name in others})
    return Made(facts, len(digests), damaged, missing, checked.broken)


def _copy_files(store: Store, folder: Path, names: FileNames) -> tuple[dict[str, str], tuple[str, ...]]:
    """Copy the store's own files; return path → SHA-256, and those whose bytes have changed."""
    digests, damaged = {}, []
    for stored in store.walk():
        if stored.sha256 is None:
            continue  # foreign, or being written
        target = folder / FILES / stored.place
        digest = _copy(stored.path, target)
        digests[f"{FILES}/{stored.place}"] = digest
        names.find(stored.sha256, whole=digest == stored.sha256)
        if digest != stored.sha256:
            damaged.append(stored.sha256)
    return digests, tuple(damaged)


def _copy(source: Path, target: Path) -> str:
    """Copy a file with its time; return the hash of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return hash_of(target)


def _copy_keys(keys_dir: Path | None, folder: Path) -> list[str]:
    if keys_dir is None:
        return []
    shutil.copytree(keys_dir, folder / KEYS)
    return [path.relative_to(folder).as_posix() for path in (folder / KEYS).rglob("*") if path.is_file()]
