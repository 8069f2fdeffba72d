"""Rules Q: whether the answers about one mineral agree with each other. Empty answers are the Checker's matter.

The numbers in the codes are rules, not questions: CMRT and EMRT number their questions differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from questionnaires.minerals.consistency.examined import Examined, Found, Rule, quoted
from questionnaires.minerals.findings import Level
from questionnaires.minerals.layout import ALL, SHARES
from questionnaires.minerals.model import Asked, Mineral

SOURCING = (Asked.COVERED_COUNTRIES, Asked.HIGH_RISK_AREAS)
FROM_THERE = frozenset({"Yes", "DRC only", "India and/or Madagascar only"})
"""Answers that name such a country or area; the longer ones are of the EMRT 1."""
_NO_MINE = re.compile(r"recycl|scrap|rcoi|^(n/?a|none|unknown|-+|not applicable|not disclosed)\.?$", re.IGNORECASE)


def _sourcing(examined: Examined) -> Asked:
    """The question on countries that comes first."""
    return next(asked for asked in SOURCING if asked in examined.numbers)


def high_risk_denied(examined: Examined) -> Found:
    """Covered countries are high-risk areas, so a Yes to the one is a Yes to the other (CMRT, Instructions 4)."""
    for mineral in examined.needed:
        answer = examined.said(Asked.HIGH_RISK_AREAS, mineral)
        if examined.said(Asked.COVERED_COUNTRIES, mineral) == "Yes" and answer in {"No", "Unknown"}:
            yield examined.place(Asked.HIGH_RISK_AREAS, mineral), {"mineral": mineral, "answer": answer}


def no_without_all_answers(examined: Examined) -> Found:
    """Nobody can know that no smelter sources there while suppliers have not answered."""
    yield from _no_without(examined, Asked.COVERAGE, ALL)


def no_without_all_smelters(examined: Examined) -> Found:
    """Nobody can know that no smelter sources there while smelters are not identified."""
    yield from _no_without(examined, Asked.ALL_IDENTIFIED, "Yes")


def _no_without(examined: Examined, asked: Asked, full: str) -> Found:
    sourcing = _sourcing(examined)
    for mineral in examined.needed:
        answer = examined.said(asked, mineral)
        if examined.said(sourcing, mineral) == "No" and answer not in {"", full}:
            numbers = {"question": str(examined.numbers[sourcing]), "other": str(examined.numbers[asked])}
            yield examined.place(sourcing, mineral), {"mineral": mineral, "answer": answer, **numbers}


def all_smelters_without_all_answers(examined: Examined) -> Found:
    """All smelters are said to be identified, though not all suppliers have answered."""
    for mineral in examined.needed:
        answer = examined.said(Asked.COVERAGE, mineral)
        if examined.said(Asked.ALL_IDENTIFIED, mineral) == "Yes" and answer not in {"", ALL}:
            yield (
                examined.place(Asked.ALL_IDENTIFIED, mineral),
                {"mineral": mineral, "answer": answer, **_two(examined, Asked.ALL_IDENTIFIED, Asked.COVERAGE)},
            )


def all_smelters_with_unidentified(examined: Examined) -> Found:
    """All smelters are said to be identified, and one is "not yet identified"."""
    for mineral in examined.needed:
        row = next((row for row in examined.smelters_of(mineral) if row.is_not_identified), None)
        if row and examined.said(Asked.ALL_IDENTIFIED, mineral) == "Yes":
            number = str(examined.numbers[Asked.ALL_IDENTIFIED])
            yield (
                examined.place(Asked.ALL_IDENTIFIED, mineral),
                {"mineral": mineral, "question": number, "row": str(row.row)},
            )


def not_all_reported(examined: Examined) -> Found:
    """Smelters that the supplier knows are not in the list."""
    for mineral in examined.needed:
        answer = examined.said(Asked.ALL_REPORTED, mineral)
        if answer in {"No", "Unknown"}:
            number = str(examined.numbers[Asked.ALL_REPORTED])
            yield (
                examined.place(Asked.ALL_REPORTED, mineral),
                {"mineral": mineral, "question": number, "answer": answer},
            )


def low_coverage(examined: Examined) -> Found:
    """Fewer suppliers have answered than the installation wants."""
    least = examined.known.settings.least_coverage
    enough = ("", *SHARES[: SHARES.index(least) + 1])
    for mineral in examined.needed:
        answer = examined.said(Asked.COVERAGE, mineral)
        if answer in (*SHARES, "Did not survey") and answer not in enough:
            facts = {"mineral": mineral, "answer": answer, "least": least}
            yield examined.place(Asked.COVERAGE, mineral), {**facts, "question": str(examined.numbers[Asked.COVERAGE])}


def recycled_from_mines(examined: Examined) -> Found:
    """All is said to be recycled, though smelters source from mines in such countries."""
    for mineral in _recycled(examined):
        for asked in SOURCING:
            answer = examined.said(asked, mineral)
            if answer in FROM_THERE:
                facts = {"mineral": mineral, "answer": answer, **_two(examined, Asked.RECYCLED, asked)}
                yield examined.place(Asked.RECYCLED, mineral), facts
                break


def recycled_but_a_row_says_no(examined: Examined) -> Found:
    """All is said to be recycled, and a smelter's row says No."""
    for mineral in _recycled(examined):
        for row in examined.smelters_of(mineral):
            if row.recycled.casefold() == "no":
                yield row.place("P"), {"mineral": mineral, "question": str(examined.numbers[Asked.RECYCLED])}


def recycled_but_a_mine(examined: Examined) -> Found:
    """All is said to be recycled, and a smelter's row names a mine."""
    for mineral in _recycled(examined):
        for row in examined.smelters_of(mineral):
            if row.mine_names and not _NO_MINE.search(row.mine_names):
                facts = {"mineral": mineral, "question": str(examined.numbers[Asked.RECYCLED])}
                yield row.place("N"), {**facts, "value": quoted(row.mine_names)}


def from_there(examined: Examined) -> Found:
    """Smelters source from covered countries or high-risk areas: no fault, but due diligence on them is needed."""
    for mineral in examined.needed:
        for asked in SOURCING:
            answer = examined.said(asked, mineral)
            if answer in FROM_THERE:
                number = str(examined.numbers[asked])
                yield examined.place(asked, mineral), {"mineral": mineral, "question": number, "answer": answer}
                break


def unknown_from_where(examined: Examined) -> Found:
    """The supplier does not know, and says so."""
    for mineral in examined.needed:
        said = {asked: examined.said(asked, mineral) for asked in SOURCING}
        if "Unknown" in said.values() and not FROM_THERE & set(said.values()):
            asked = next(each for each, answer in said.items() if answer == "Unknown")
            yield examined.place(asked, mineral), {"mineral": mineral, "question": str(examined.numbers[asked])}


def _recycled(examined: Examined) -> Iterator[Mineral]:
    return (mineral for mineral in examined.needed if examined.said(Asked.RECYCLED, mineral) == "Yes")


def _two(examined: Examined, asked: Asked, other: Asked) -> dict[str, str]:
    return {"question": str(examined.numbers[asked]), "other": str(examined.numbers[other])}


RULES: Mapping[str, tuple[Level, Rule]] = {
    "Q1": (Level.WARNING, high_risk_denied),
    "Q2a": (Level.WARNING, no_without_all_answers),
    "Q2b": (Level.WARNING, no_without_all_smelters),
    "Q3a": (Level.WARNING, all_smelters_without_all_answers),
    "Q3b": (Level.WARNING, all_smelters_with_unidentified),
    "Q4a": (Level.FLAG, not_all_reported),
    "Q4b": (Level.FLAG, low_coverage),
    "Q5a": (Level.WARNING, recycled_from_mines),
    "Q5b": (Level.WARNING, recycled_but_a_row_says_no),
    "Q5c": (Level.WARNING, recycled_but_a_mine),
    "Q6a": (Level.FLAG, from_there),
    "Q6b": (Level.FLAG, unknown_from_where),
}
