"""The manifest of a backup: the SHA-256 of every file, and of the list itself; `sha256sum -c` reads it too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.storage import hash_of

FILENAME = "MANIFEST.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")


class BackupDamaged(Exception):
    """A backup is not what was written; each fault is a sentence."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def write(folder: Path, digests: Mapping[str, str]) -> None:
    """Write the list of the files (path → SHA-256), and as its last line the hash of the lines above."""
    lines = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(digests.items()))
    (folder / FILENAME).write_text(f"{lines}# {_hash(lines)}\n", "utf-8")


def check(folder: Path) -> dict[str, str]:
    """Return path → SHA-256 of all files of a backup, after reading every one of them.

    Raises:
        BackupDamaged: a file is missing, changed, or not in the list; or the list itself has changed.
    """
    digests = _read(folder)
    faults = list(_faults(folder, digests))
    if faults:
        raise BackupDamaged(faults)
    return digests


def _read(folder: Path) -> dict[str, str]:
    try:
        text = (folder / FILENAME).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupDamaged([f"{FILENAME} cannot be read"]) from error
    lines, _, seal = text.rpartition("# ")
    if seal != f"{_hash(lines)}\n":
        raise BackupDamaged([f"{FILENAME} has changed"])
    return {path: sha256 for sha256, path in _LINE.findall(lines)}


def _faults(folder: Path, digests: Mapping[str, str]) -> Iterator[str]:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or path.is_file()}
    for path in sorted(there - digests.keys() - {FILENAME}):
        yield f"{path} does not belong to the backup"
    for path, sha256 in digests.items():
        if path not in there:
            yield f"{path} is missing"
        elif hash_of(folder / path) != sha256:
            yield f"{path} has changed"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
