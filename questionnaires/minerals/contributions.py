"""What one supplier's workbook adds to a roll-up: its answers, and its smelters by the reference list of the target.

A contribution is small and shares what it can with others, so that a thousand of them fit where one workbook does.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from questionnaires.minerals.layout import layout_of
from questionnaires.minerals.model import Asked, Kind, Listed, Mineral, SmelterRow, Workbook
from questionnaires.minerals.needs import needed_minerals
from questionnaires.minerals.references import References

_ID: Final = re.compile(r"CID\d{6}")
_METALS: Final = {mineral.casefold(): mineral for mineral in Mineral}


@dataclass(frozen=True, slots=True)
class Source:
    """The file behind a line of the result."""

    supplier: str
    """By the name under which it counts; one supplier, one name."""
    sha256: str
    day: date | None
    """Its effective date."""
    scope: str
    """A, B or C; empty where the workbook does not say."""
    filename: str = ""


class Reason(enum.StrEnum):
    """Why a row of a smelter list is to be followed up."""

    NO_METAL = "no-metal"
    """None of the minerals of the template."""
    METAL_NOT_USED = "metal-not-used"
    """The supplier says that it does not use the mineral."""
    OTHER_METAL = "other-metal"
    """The id belongs to a smelter of another mineral."""
    OTHER_NAME = "other-name"
    """Id and name belong to different smelters."""
    BAD_ID = "bad-id"
    NO_DETAILS = "no-details"
    """Neither an id nor both name and country."""
    NOT_IN_LIST = "not-in-list"
    """The id is not in the target's list: goes on as "Smelter not listed", with the name and country given."""
    NOT_IDENTIFIED = "not-identified"
    """The supplier does not know the smelter yet."""

    @property
    def holds_back(self) -> bool:
        """Whether the row is left out of the result."""
        return self not in (Reason.NOT_IN_LIST, Reason.NOT_IDENTIFIED)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A row that somebody should ask the supplier about."""

    source: Source
    row: int
    reason: Reason
    metal: str
    name: str
    smelter_id: str


@dataclass(frozen=True, slots=True)
class Smelter:
    """A smelter as it goes on: from the list, or with the words of those who reported it."""

    metal: Mineral
    smelter_id: str
    """Empty where the target's list does not have it."""
    name: str
    """Empty where it is not yet identified."""
    country: str
    former_id: str = field(default="", compare=False)
    """What a supplier wrote for an id that the list does not have."""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two rows one line: metal and id, or metal, name and country, however they are written."""
        return (self.metal, self.smelter_id) if self.smelter_id else (self.metal, fold(self.name), fold(self.country))


@dataclass(frozen=True, slots=True)
class Reported:
    """One row of one supplier: a smelter and what is said of its mines."""

    smelter: Smelter
    mine_names: str = ""
    mine_countries: str = ""
    recycled: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one workbook adds."""

    source: Source
    answers: Mapping[tuple[Asked, Mineral], str]
    needed: frozenset[Mineral]
    """The minerals for which it goes on after questions 1 and 2."""
    reported: tuple[Reported, ...]
    follow_ups: tuple[FollowUp, ...]


def fold(text: str) -> str:
    """Return a name as it is compared: without accents, signs and differences of capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


class Contributions:
    """Makes contributions to one target, sharing what is the same in many."""

    def __init__(self, kind: Kind, references: References | None = None) -> None:
        """`references` is the list of the template to be written; without it, ids are taken as suppliers give them."""
        self.kind = kind
        self.references = references if references and references.by_id else None
        self._shared: dict[object, Reported] = {}
        self._words: dict[str, str] = {}

    def of(self, source: Source, workbook: Workbook) -> Contribution:
        """Return what a workbook adds."""
        needed = frozenset(needed_minerals(workbook, layout_of(workbook.kind, workbook.version)))
        reported: dict[Reported, None] = {}
        follow_ups: list[FollowUp] = []
        for row in workbook.smelters:
            smelter, reason = self._judged(row, needed)
            if smelter is not None:
                reported[self._share(smelter, row)] = None
            if reason is not None:
                name = row.name or row.standard_name or row.lookup
                follow_ups.append(FollowUp(source, row.row, reason, row.metal, name, row.smelter_id or row.id_typed))
        answers = {key: self._words.setdefault(answer.value, answer.value) for key, answer in workbook.answers.items()}
        return Contribution(source, answers, needed, tuple(reported), tuple(follow_ups))

    def _share(self, smelter: Smelter, row: SmelterRow) -> Reported:
        mines = (row.mine_names, row.mine_countries, row.recycled)
        return self._shared.setdefault((*smelter.key, *mines), Reported(smelter, *mines))

    def _judged(self, row: SmelterRow, needed: frozenset[Mineral]) -> tuple[Smelter | None, Reason | None]:
        metal = _METALS.get(row.metal.casefold())
        listed = self._listed(row)
        if metal is None and listed is not None:
            metal = _METALS.get(listed.metal.casefold())
        if metal is None:
            return None, Reason.NO_METAL
        if metal not in needed:
            return None, Reason.METAL_NOT_USED
        if listed is not None:
            return self._by_list(row, metal, listed)
        return self._described(row, metal)

    def _listed(self, row: SmelterRow) -> Listed | None:
        """By its id or the alias that was chosen, or by the name that was typed where that is an alias."""
        if self.references is None:
            return None
        found = self.references.find(row)
        if found is None and row.is_not_listed and row.name and not row.smelter_id:
            found = self.references.by_alias.get((row.metal.casefold(), row.name.casefold()))
        return found if found is not None and found.smelter_id else None

    def _by_list(self, row: SmelterRow, metal: Mineral, listed: Listed) -> tuple[Smelter | None, Reason | None]:
        if listed.metal.casefold() != metal.casefold():
            return None, Reason.OTHER_METAL
        by_name = self._by_name(row, metal)
        if by_name is not None and by_name.smelter_id not in ("", listed.smelter_id) and not _same(by_name, listed):
            return None, Reason.OTHER_NAME
        return Smelter(metal, listed.smelter_id, listed.standard_name, listed.country), None

    def _by_name(self, row: SmelterRow, metal: Mineral) -> Listed | None:
        by_alias = self.references.by_alias if self.references else {}
        return by_alias.get((metal.casefold(), row.lookup.casefold()))

    def _described(self, row: SmelterRow, metal: Mineral) -> tuple[Smelter | None, Reason | None]:
        """A smelter that the target's list does not have, or that there is no list to look up in."""
        if row.is_not_identified:
            return Smelter(metal, "", "", ""), Reason.NOT_IDENTIFIED
        given = (row.smelter_id or row.id_typed).upper()
        if given and not _ID.fullmatch(given):
            return None, Reason.BAD_ID
        name = row.name or row.standard_name or ("" if row.is_not_listed else row.lookup)
        if given and self.references is None:
            return Smelter(metal, given, name, row.country), None
        if not (name and row.country):
            return None, Reason.NO_DETAILS
        return Smelter(metal, "", name, row.country, given), Reason.NOT_IN_LIST if given else None


def _same(one: Listed, other: Listed) -> bool:
    """Some lists have a smelter twice under one name, with two ids."""
    return one.standard_name.casefold() == other.standard_name.casefold()


def newest(contributions: Iterator[Contribution]) -> tuple[tuple[Contribution, ...], tuple[Source, ...]]:
    """Return the newest of each supplier and scope, and the files that these supersede; of one day the last counts."""
    found: dict[tuple[str, str], Contribution] = {}
    superseded: list[Source] = []
    for each in contributions:
        key = (each.source.supplier, each.source.scope)
        before = found.get(key)
        if before is not None:
            is_newer = (each.source.day or date.min) >= (before.source.day or date.min)
            superseded.append(before.source if is_newer else each.source)
            if not is_newer:
                continue
        found[key] = each
    return tuple(found.values()), tuple(superseded)
