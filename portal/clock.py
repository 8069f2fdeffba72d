"""The time, for those at the edge who may ask; everybody else is told."""

from __future__ import annotations

from datetime import UTC, datetime


def clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
