"""The store in a local folder: `ab/abcdef…`, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from portal.failpoints import Point, reach


class StoreError(Exception):
    """The store could not do what was asked."""


class FileMissing(StoreError):
    """No file of that hash, or its bytes no longer have that hash."""


CHUNK = 1 << 20
"""How much of a file is in memory while it is hashed."""
SHARED = 0o660
"""The folder above decides who comes here; web and worker may be two users of one group."""
UNFINISHED = ".new-"
"""What the name of a file begins with while it is written."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies in the store."""

    place: str
    """Its path from the store's folder: `ab/abcdef…`."""
    sha256: str | None
    """What its place says its bytes have; None where it is no place of ours."""
    changed_at: float
    """Seconds since 1970."""
    path: Path

    @property
    def is_unfinished(self) -> bool:
        """Return whether it is, or was, being written."""
        return self.path.name.startswith(UNFINISHED)


class Store(Protocol):
    """What the portal asks of a store."""

    def put(self, content: bytes) -> str:
        """Keep the bytes; return their SHA-256 as hex. Keeping the same bytes twice is keeping them once."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes; raises FileMissing."""

    def has(self, sha256: str) -> bool:
        """Return whether the file is there."""

    def delete(self, sha256: str) -> None:
        """Take a file away for good; one that is not there is as it should be."""

    def walk(self) -> Iterator[Stored]:
        """Yield everything that lies in the store, whoever put it there; raises OSError."""


class LocalStore:
    """Files in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep the bytes, on disk before this returns; return their SHA-256 as hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if path.exists():
            with suppress(OSError):
                path.touch()  # somebody counts on it anew, and a row may follow
            self._sync_folders(path)  # who put it there may have died before that
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchmod(descriptor, SHARED)
                file.flush()
                reach(Point.FILE_WRITTEN)
                os.fsync(file.fileno())
            reach(Point.FILE_SYNCED)
            os.replace(name, path)  # noqa: PTH105  the atomic step, named as the manual names it
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            raise StoreError("the file could not be written") from error
        reach(Point.FILE_NAMED)
        self._sync_folders(path)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes, after checking that they still have that hash; raises FileMissing."""
        try:
            content = self._path(sha256).read_bytes()
        except OSError as error:
            raise FileMissing(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileMissing(f"{sha256}: the stored bytes have changed")
        return content

    def has(self, sha256: str) -> bool:
        """Return whether the file is there."""
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        """Take a file away for good, on disk before this returns; one that is not there is as it should be."""
        path = self._path(sha256)
        if path.exists():
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)

    def walk(self) -> Iterator[Stored]:
        """Yield everything that lies in the folder, whoever put it there; raises OSError."""
        for folder, folders, names in os.walk(self._folder, onerror=_raise):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                place = path.relative_to(self._folder).as_posix()
                try:
                    changed_at = path.lstat().st_mtime
                except FileNotFoundError:
                    continue  # it was being written, and has its name now
                is_ours = re.fullmatch(r"([0-9a-f]{2})/\1[0-9a-f]{62}", place) and not path.is_symlink()
                yield Stored(place, name if is_ours else None, changed_at, path)

    def forget(self, before: float) -> None:
        """Delete what was put here before a moment (seconds since 1970): for a store of things that nothing names."""
        for stored in self.walk() if self._folder.is_dir() else ():
            if stored.changed_at < before:
                stored.path.unlink(missing_ok=True)

    def _sync_folders(self, path: Path) -> None:
        """Let the file's name, and that of its folder, last through a power cut."""
        try:
            for folder in (path.parent, self._folder):
                _sync_folder(folder)
        except OSError as error:
            raise StoreError("the file could not be written") from error

    def _path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise FileMissing(sha256)
        return self._folder / sha256[:2] / sha256


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file as hex, with little memory; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _sync_folder(folder: Path) -> None:
    """A rename lasts through a power cut only when its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
