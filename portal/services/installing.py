"""Making an installation: folders, secrets, keys, tables. Doing it again adds what is missing and changes nothing."""

from __future__ import annotations

import grp
import os
import secrets
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import SECRET_NAMES, Settings, SettingsError
from portal.models import Deed, LedgerEvent
from portal.models.schema import migrate
from portal.pdf.certificates import SEAL_ROOT, create_installation_keys
from portal.services import checkpoint_keys, ledger
from portal.services.actors import COMMAND_LINE

SECRET_BYTES = 48
SHARED, SHOWN_FOLDER, SHOWN = 0o2770, 0o2750, 0o640
"""With the group's bit on folders, what is made in them later belongs to the group too."""
PRIVATE_SUFFIXES = {".p12", ".key", ".passphrase", ".pin", ".token"}
"""Files of the folder of keys that whoever signs needs, and the web does not."""


def make_folders(data_dir: Path) -> None:
    """Make the folders, open to nobody else; those that are there are closed to others."""
    for folder in (data_dir, data_dir / "keys", data_dir / "files", data_dir / "waiting", data_dir / "mailbox"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def share(data_dir: Path, group: str) -> None:
    """Open the folders to the group that web and worker are in as two users; the keys that sign stay their owner's.

    Raises:
        SettingsError: there is no such group, or this user may not give it anything.
    """
    keys = data_dir / "keys"
    modes = dict.fromkeys((data_dir, data_dir / "files", data_dir / "waiting", data_dir / "mailbox"), SHARED)
    modes |= {path: SHOWN_FOLDER if path.is_dir() else SHOWN for path in (keys, *keys.rglob("*"))}
    try:
        number = grp.getgrnam(group).gr_gid
        for path, mode in modes.items():
            if not _is_private(path):
                os.chown(path, -1, number)
                path.chmod(mode)
    except (KeyError, PermissionError) as error:
        raise SettingsError(f"PORTAL_GROUP={group} must be a group that this user is in.") from error


def _is_private(path: Path) -> bool:
    return path.suffix in PRIVATE_SUFFIXES


def make_secrets(data_dir: Path) -> list[str]:
    """Write the secrets that are missing; return their file names."""
    names = [*(f"{name}.secret" for name in SECRET_NAMES), "seal.passphrase"]
    return [name for name in names if _write_once(data_dir / "keys" / name, secrets.token_urlsafe(SECRET_BYTES))]


def make_keys(settings: Settings, now: datetime) -> bool:
    """Make the seal's keys and certificates unless they are there; return whether they were made.

    Raises:
        CertificateError: some of the files are there and some are not.
    """
    if (settings.keys_dir / SEAL_ROOT).exists():
        return False
    create_installation_keys(settings.keys_dir, settings.organisation, settings.seal_passphrase, now)
    return True


def make_checkpoint_key(settings: Settings) -> bool:
    """Make the key that signs the ledger's checkpoints unless it is there; return whether it was made."""
    return checkpoint_keys.create(settings.keys_dir, settings.host, settings.seal_passphrase)


def make_database(engine: sa.Engine, now: datetime) -> None:
    """Bring the tables to their newest form, and begin the ledger."""
    migrate(engine)
    with Session(engine) as session, session.begin():
        if session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent)) == 0:
            ledger.record(session, Deed.INSTALLATION_MADE, "installation:portal", by=COMMAND_LINE, now=now)


def _write_once(path: Path, text: str) -> bool:
    """Write a file that only its owner may read, unless it is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True
