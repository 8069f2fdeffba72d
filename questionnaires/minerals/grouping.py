"""A report's findings, folded by what is wrong, and how much each weighs for the buyer when it is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from questionnaires.minerals.findings import RANKS, Level
from questionnaires.minerals.report import SAME
from questionnaires.model import Severity

MISSING: Final = "missing"
"""The code under which all empty fields are folded."""

SEVERITIES: Final[Mapping[Level, Severity | None]] = {
    Level.ERROR: Severity.MODERATE,
    Level.WARNING: Severity.MINOR,
    Level.FLAG: Severity.MINOR,
    Level.NOTICE: None,
}
"""What is proposed to the buyer for a finding that is left: an error was explained, the others need no explanation."""
_GRAVER: Final[Mapping[str, Severity]] = {
    "M1a": Severity.MAJOR,  # a mineral is used, and not one smelter is named: nothing can be traced
    "M2a": Severity.MAJOR,  # smelters of a mineral that is said not to be used
    "S6a": Severity.MODERATE,  # a smelter that has not passed an audit
}
_FILL_IN: Final = {"en": "Fill in the cells.", "nb": "Fyll ut cellene."}


@dataclass(frozen=True, slots=True)
class Found:
    """One cell."""

    cell: str
    sentence: Mapping[str, str]
    """By language."""
    mend: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """All cells of a workbook in which the same is wrong."""

    code: str
    level: Level
    cells: tuple[Found, ...]
    """In the order of the workbook; at least one."""

    @property
    def severity(self) -> Severity | None:
        """How much it weighs for the buyer when it is left; None: not at all."""
        return _GRAVER.get(self.code, SEVERITIES[self.level])

    @property
    def mend(self) -> Mapping[str, str] | None:
        """What to do, where it is the same for all cells."""
        first = self.cells[0].mend
        return first if all(each.mend == first for each in self.cells) else None


def groups_of(report: Mapping[str, Any]) -> tuple[Group, ...]:
    """Return the findings of a kept report (`Report.as_json`), worst first; none is told twice."""
    told = {(one["code"], one["facts"].get("mineral")) for one in report["findings"]}
    missing = [
        Found(one["cell"], one["sentence"], _FILL_IN)
        for one in report["missing"]
        if (SAME.get(one["what"]), one["mineral"]) not in told
    ]
    groups: dict[str, list[Found]] = {MISSING: missing}
    levels = {MISSING: Level.ERROR}
    for one in report["findings"]:
        levels[one["code"]] = Level(one["level"])
        groups.setdefault(one["code"], []).append(Found(one["cell"], one["sentence"], one["mend"]))
    found = [Group(code, levels[code], tuple(cells)) for code, cells in groups.items() if cells]
    return tuple(sorted(found, key=lambda group: RANKS[group.level]))


def unexplained(groups: Iterable[Group], explanations: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes of errors that nobody has explained."""
    return tuple(one.code for one in groups if one.level is Level.ERROR and one.code not in explanations)
