"""What is known besides the workbook: reference lists, audits, the day, and the limits of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

from questionnaires.minerals.model import Listed, Settings

GOOD_STATUSES = frozenset({"conformant", "active", "cross-recognized", "cross-recognised"})
"""Of the Responsible Minerals Initiative's list of facilities: passed, under way, or passed by another standard."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a dated list says about the audit of a smelter."""

    status: str
    audited: date | None = None
    cycle_years: int | None = None
    """How long the audit counts."""

    @property
    def is_good(self) -> bool:
        """Whether the smelter has passed or is being audited."""
        return self.status.casefold() in GOOD_STATUSES


@dataclass(frozen=True)
class Known:
    """All optional: a rule that needs what is not there is silent. Keep one for many workbooks: it has an index."""

    references: tuple[Listed, ...] = ()
    """The newest reference list of each kind."""
    former: frozenset[str] = frozenset()
    """Ids that older lists had."""
    statuses: Mapping[str, Status] = field(default_factory=lambda: MappingProxyType({}))
    """By id, of a list that the user has brought."""
    today: date | None = None
    settings: Settings = field(default_factory=Settings)
    requested: tuple[str, ...] = ()
    """Numbers of products about which the supplier was asked."""

    @cached_property
    def listed(self) -> Mapping[str, tuple[Listed, ...]]:
        """The entries of the reference lists by id."""
        found: defaultdict[str, list[Listed]] = defaultdict(list)
        for entry in self.references:
            if entry.smelter_id:
                found[entry.smelter_id.upper()].append(entry)
        return {smelter_id: tuple(entries) for smelter_id, entries in found.items()}

    @cached_property
    def metals(self) -> frozenset[str]:
        """The minerals for which there is a reference list, in small letters."""
        return frozenset(entry.metal.casefold() for entry in self.references if entry.smelter_id)
