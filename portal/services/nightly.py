"""The check of everything, once a night by the worker; what it found lies in a small file of the data folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal.services.verifying_all import FaultKind, Result

NIGHT = range(1, 5)
"""Hours (UTC) in which it may begin."""
BETWEEN = timedelta(hours=20)
FILENAME = "verification.json"
MOST_LOGGED = 20
"""Faults in the log; the file has them all."""


@dataclass(frozen=True, slots=True)
class Last:
    """What the last check has found."""

    begun_at: datetime
    whole: bool
    checked: dict[str, int]
    """Kind of thing → how many were looked at; empty where the check came to no end."""
    places: tuple[str, ...]
    """What is wrong: files, declarations, rows."""


log = logging.getLogger(__name__)


def is_due(data_dir: Path, now: datetime, filename: str = FILENAME) -> bool:
    """Return whether it is night, and nobody has begun tonight, as the file says."""
    if now.hour not in NIGHT:
        return False
    last = _last_begun(data_dir / filename)
    return last is None or now - last >= BETWEEN


def run(check: Callable[[], Result], data_dir: Path, now: datetime) -> None:
    """Check, and leave in file and log what was found; while it runs, the file says that it has begun.

    What keeps it from checking stands in the file, and is raised.
    """
    write(data_dir / FILENAME, {"begun_at": now.isoformat()})
    try:
        result = check()
    except Exception as error:
        write(data_dir / FILENAME, {"begun_at": now.isoformat(), "whole": False, "error": str(error)})
        raise
    write(data_dir / FILENAME, result.as_json())
    if not result.faults:
        log.info("everything was checked and is whole: %s", result.counts)
    for fault in result.faults[:MOST_LOGGED]:
        level = logging.WARNING if fault.kind is FaultKind.FOREIGN else logging.CRITICAL
        log.log(level, "%s: %s (%s)", fault.place, fault.kind.value, fault.detail)
    if len(result.faults) > MOST_LOGGED:
        log.critical("%d faults in all; see %s", len(result.faults), data_dir / FILENAME)


def last(data_dir: Path) -> Last | None:
    """Return what the last check has found; None where there was none, or it is not done."""
    try:
        said = json.loads((data_dir / FILENAME).read_text("utf-8"))
        places = tuple(str(fault["place"]) for fault in said.get("faults", ()))
        return Last(datetime.fromisoformat(said["begun_at"]), bool(said["whole"]), said.get("checked", {}), places)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _last_begun(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(path.read_text("utf-8"))["begun_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, facts: Mapping[str, object]) -> None:
    """Leave facts in a file, whole or not at all."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)
