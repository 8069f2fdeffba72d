"""Consistency rules: what the workbook's own Checker does not test. One small function for each code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from questionnaires.minerals.consistency import company, minerals, questions, smelters, versions
from questionnaires.minerals.consistency.examined import Examined, Rule
from questionnaires.minerals.findings import Finding, Level
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Workbook

__all__ = ["RULES", "find"]

RULES: Mapping[str, tuple[Level, Rule]] = {
    **minerals.RULES,
    **questions.RULES,
    **company.RULES,
    **smelters.RULES,
    **versions.RULES,
}
"""By code: how much a finding of the rule matters, and the rule."""


def find(workbook: Workbook, known: Known) -> Iterator[Finding]:
    """Yield what the rules find, rule by rule."""
    examined = Examined(workbook, known)
    for code, (level, rule) in RULES.items():
        for place, facts in rule(examined):
            yield Finding(code, level, place, facts)
