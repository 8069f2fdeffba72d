"""What a power cut does besides a kill: what was never synced is gone.

A child notes what it has synced, each time after it has. After a cut the files of the store are brought back to what
must have been on the disk: a file that was not synced is empty, one whose name was not synced is not there. What
SQLite writes is not modelled; it is told to sync every commit (`synchronous = FULL`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from tests.crash.doom import note


def watch(folder: Path) -> None:
    """Note from now on what this process syncs and names."""
    noted = folder / "synced"
    fsync, replace, mkdir = os.fsync, os.replace, os.mkdir

    def sync(descriptor: int) -> None:
        fsync(descriptor)
        found = os.fstat(descriptor)
        note(noted, f"{'folder' if S_ISDIR(found.st_mode) else 'file'} {found.st_ino}")

    def name(source: str, target: Any) -> None:
        replace(source, target)
        note(noted, f"named {target}")

    def make(path: Any, mode: int = 0o777) -> None:
        mkdir(path, mode)
        note(noted, f"named {path}")

    os.fsync, os.replace, os.mkdir = sync, name, make  # type: ignore[assignment]


def cut(files: Path, noted: Path) -> int:
    """Take away what was never synced; return how many files and folders that were."""
    lines = noted.read_text().split("\n") if noted.exists() else []
    contents = {line for line in lines if line.startswith("file ")}
    folders = {line: place for place, line in enumerate(lines) if line.startswith("folder ")}
    lost = 0
    for place, line in enumerate(lines):
        path = Path(line.removeprefix("named "))
        if not line.startswith("named ") or not path.is_relative_to(files) or not path.exists():
            continue
        is_named = folders.get(f"folder {path.parent.stat().st_ino}", -1) > place
        if not is_named:
            lost += 1
            _take_away(path)
        elif path.is_file() and f"file {path.stat().st_ino}" not in contents:
            lost += 1
            path.write_bytes(b"")
    return lost


def _take_away(path: Path) -> None:
    if path.is_file():
        path.unlink()
        return
    for each in path.iterdir():
        each.unlink()
    path.rmdir()


def never_sync() -> None:
    """Bug: nothing is ever synced."""
    nothing: Callable[[int], None] = lambda _descriptor: None  # noqa: E731
    os.fsync = nothing  # type: ignore[assignment]
