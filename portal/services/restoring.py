"""A backup brought back into an empty installation: no old mail goes out from it, and an old one is recognised."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Deed, LedgerEvent, User
from portal.models.engine import make_engine
from portal.models.schema import migrate
from portal.services import backup_manifest, checkpoints, database_copies, ledger, outbox
from portal.services.actors import COMMAND_LINE
from portal.services.backups import FILES, KEYS, BackupError, Facts, read_facts
from portal.services.ledger import Checked
from portal.services.notes import Head
from portal.storage import Store


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup whose every file was found as the manifest says."""

    folder: Path
    facts: Facts
    digests: dict[str, str]

    @property
    def files(self) -> list[str]:
        """The places of its files, as the store has them."""
        return [path.removeprefix(f"{FILES}/") for path in self.digests if path.startswith(f"{FILES}/")]

    @property
    def keys(self) -> list[str]:
        """The names of its keys; most backups have none."""
        return [path.removeprefix(f"{KEYS}/") for path in self.digests if path.startswith(f"{KEYS}/")]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what is wrong with it."""

    checked: Checked
    """The ledger, against the checkpoints in the backup and those that were given."""
    newest: int
    """Rows that the newest of all checkpoints covers."""
    unlike: tuple[Head, ...]
    """Checkpoints that were given, of another ledger than this."""
    held: int
    """Mails that waited, and are not sent."""

    @property
    def is_older(self) -> bool:
        """Return whether a checkpoint has signed rows that are not in the backup."""
        return self.checked.broken is not None and self.checked.broken.reason == "cut"

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.checked.broken or self.unlike)


def examine(folder: Path) -> Backup:
    """Read every byte of a backup.

    Raises:
        BackupDamaged: it is not what was written.
        BackupError: it is of another version.
    """
    digests = backup_manifest.check(folder)
    return Backup(folder, read_facts(folder), digests)


def put_keys(backup: Backup, keys_dir: Path) -> bool:
    """Put the keys of a backup into their folder, where it has none yet; return whether there were any.

    Raises:
        BackupError: there are other keys already.
    """
    for name in backup.keys:
        target = keys_dir / name
        source = backup.folder / KEYS / name
        if target.exists() and target.read_bytes() != source.read_bytes():
            raise BackupError(f"{target} is another key than the one in the backup; nothing was changed.")
    for name in backup.keys:
        target = keys_dir / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(backup.folder / KEYS / name, target)
        target.chmod(0o600)
    return bool(backup.keys)


def refuse_unless_empty(backup: Backup, engine: sa.Engine, store: Store) -> None:
    """Make sure that nothing gets lost; what an earlier try has left behind is no hindrance.

    Raises:
        BackupError: something was done here, or the database is of another kind.
    """
    if engine.dialect.name != backup.facts.database:
        raise BackupError(f"The backup is of another kind of database: {backup.facts.database}.")
    known = set(backup.files)
    if any(stored.place not in known and not stored.is_unfinished for stored in store.walk()):
        raise BackupError("There are files here already; a backup is restored into an empty installation only.")
    tables = set(sa.inspect(engine).get_table_names())
    if tables and not _is_new(engine, tables):
        raise BackupError("There is a database here already; a backup is restored into an empty installation only.")


def restore(backup: Backup, engine: sa.Engine, files_dir: Path, signed: Sequence[Head], now: datetime) -> Restored:
    """Bring files and database back, in this order, so that a try that was cut short can be made again.

    Args:
        backup: from `examine`.
        engine: the database; see `refuse_unless_empty`.
        files_dir: the store's folder.
        signed: checkpoints from elsewhere.
        now: when.

    Raises:
        CopyError: the database cannot be brought back.
    """
    for place in backup.files:
        _put(backup.folder / FILES / place, files_dir / place)
    os.sync()  # the files before the rows that name them, through a power cut too
    source = backup.folder / database_copies.FILENAMES[backup.facts.database]
    if engine.dialect.name == "postgresql":
        database_copies.load_postgresql(engine, source, outbox.STOP)
        return _settle(engine, backup.facts, signed, now)
    target = database_copies.file_of(engine)
    unfinished = target.with_name(f".{target.name}-unfinished")
    shutil.copyfile(source, unfinished)
    unfinished.chmod(0o600)
    copied = make_engine(f"sqlite:///{unfinished}")
    try:
        restored = _settle(copied, backup.facts, signed, now)
    finally:
        copied.dispose()
    engine.dispose()
    unfinished.replace(target)
    unfinished.with_name(f"{unfinished.name}-journal").unlink(missing_ok=True)  # SQLite leaves an empty one
    return restored


def _is_new(engine: sa.Engine, tables: set[str]) -> bool:
    """Return whether `portal init` was run, and nothing since."""
    if LedgerEvent.__tablename__ not in tables:
        return False
    with Session(engine) as session:
        events = session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent)) or 0
        users = session.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    return events <= 1 and users == 0


def _put(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".new-{target.name}")
    shutil.copyfile(source, unfinished)
    unfinished.chmod(0o600)
    unfinished.replace(target)


def _settle(engine: sa.Engine, facts: Facts, signed: Sequence[Head], now: datetime) -> Restored:
    """Check the ledger as it came, hold what waits to be mailed, and write down that all this was restored."""
    migrate(engine)
    with Session(engine) as session, session.begin():
        known = checkpoints.heads(session)
        unlike = tuple(_unlike(known, signed))
        checked = ledger.check(session, known)
        held = outbox.hold_all(session, now)
        data = {
            "backup_made_at": facts.made_at.isoformat(),
            "backup_rows": facts.size,
            "signed_rows": max(known, default=0),
            "mails_held": held,
        }
        deed = Deed.INSTALLATION_RESTORED
        ledger.record(session, deed, "installation:portal", by=COMMAND_LINE, now=now, data=data)
    return Restored(checked, max(known, default=0), unlike, held)


def _unlike(known: dict[int, bytes], signed: Sequence[Head]) -> Iterator[Head]:
    for head in signed:
        if known.setdefault(head.size, head.root) != head.root:
            yield head
