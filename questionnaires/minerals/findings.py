"""What a check finds: values only, the sentences are in `questionnaires.minerals.wording`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.minerals.model import Place


class Level(enum.StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    """The workbook cannot be accepted so: it is incomplete or contradicts itself."""
    WARNING = "warning"
    """Something does not fit together; the supplier should mend or explain it."""
    FLAG = "flag"
    """No fault, but something to follow up: a risk that the supplier states honestly."""
    NOTICE = "notice"
    """Untidy; nothing depends on it."""


RANKS: Mapping[Level, int] = {level: rank for rank, level in enumerate(Level)}
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in one cell that a rule has found."""

    code: str
    """A key of `consistency.RULES` and of the sentences: `Q3a`."""
    level: Level
    place: Place
    facts: Mapping[str, str]
    """What the sentence tells; minerals and answers as the workbook has them, in English."""
