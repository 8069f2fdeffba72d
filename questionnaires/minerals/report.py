"""One workbook, checked: what is missing and what was found, as values, as JSON and as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.minerals import wording
from questionnaires.minerals.checker import Missing, missing
from questionnaires.minerals.consistency import find
from questionnaires.minerals.findings import RANKS, Finding, Level
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Kind, Place, Workbook

SAME: Mapping[str, str] = {
    "smelters": "M1a", "website": "C1a", "effective_date": "I1a", "products": "I3a", "scope_description": "I3c",
    "details": "S5a",
}  # fmt: skip
"""Rules that say more about a missing field than that it is missing."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check."""

    kind: Kind
    version: str
    missing: tuple[Missing, ...]
    """In the order of the Checker."""
    findings: tuple[Finding, ...]
    """Worst first, then by place."""

    @property
    def counts(self) -> Mapping[Level, int]:
        """How many findings there are of each level."""
        return {level: sum(finding.level is level for finding in self.findings) for level in Level}

    @property
    def has_errors(self) -> bool:
        """Whether the workbook cannot be accepted as it is: a field is missing, or a finding is an error."""
        return bool(self.missing) or any(finding.level is Level.ERROR for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines; sentences in English and bokmål are in it."""
        return {
            "kind": str(self.kind),
            "version": self.version,
            "counts": {"missing": len(self.missing), **{str(level): number for level, number in self.counts.items()}},
            "missing": [_missing_as_json(each) for each in self.missing],
            "findings": [_finding_as_json(each) for each in self.findings],
        }

    def sentences(self, language: str) -> Iterator[str]:
        """Yield a summary, then a line with its cell for each missing field and each finding; none is told twice."""
        yield self._summary(language)
        found_for = {(finding.code, finding.facts.get("mineral")) for finding in self.findings}
        for each in self.missing:
            if (SAME.get(each.what), each.mineral) in found_for:
                continue
            word = wording.level_word(Level.ERROR, language)
            yield f"{word}  {each.place}  {wording.missing_sentence(each, language)}"
        for finding in self.findings:
            word, found = wording.level_word(finding.level, language), wording.sentence(finding, language)
            yield f"{word}  {finding.code}  {finding.place}  {found} {wording.mend(finding, language)}"

    def _summary(self, language: str) -> str:
        counts = {f"{level}s": str(number) for level, number in self.counts.items()}
        facts = {"kind": str(self.kind), "version": self.version, "missing": str(len(self.missing)), **counts}
        key = "found" if self.missing or self.findings else "clean"
        return wording.report_sentence(key, facts, language)


def check(workbook: Workbook, known: Known) -> Report:
    """Return what the Checker misses and what the rules find; `known` may be empty, and is best kept for many."""
    findings = sorted(find(workbook, known), key=_order)
    return Report(workbook.kind, workbook.version, missing(workbook), tuple(findings))


def _order(finding: Finding) -> tuple[int, str, int, str, str]:
    """Rows count as numbers: D9 is before D10."""
    place: Place = finding.place
    row = "".join(letter for letter in place.cell if letter.isdigit())
    return RANKS[finding.level], place.sheet, int(row), place.cell, finding.code


def _missing_as_json(each: Missing) -> dict[str, Any]:
    return {
        "checker_row": each.row,
        "cell": str(each.place),
        "what": each.what,
        "mineral": each.mineral and str(each.mineral),
        "sentence": {language: wording.missing_sentence(each, language) for language in wording.LANGUAGES},
    }


def _finding_as_json(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code,
        "level": str(each.level),
        "cell": str(each.place),
        "facts": {name: str(value) for name, value in each.facts.items()},
        "sentence": {language: wording.sentence(each, language) for language in wording.LANGUAGES},
        "mend": {language: wording.mend(each, language) for language in wording.LANGUAGES},
    }
