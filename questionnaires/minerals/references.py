"""A reference list of smelters, looked up by id or by alias, and smelter rows completed from it.

A supplier may type an id only: the rest are formulas, empty in a workbook that was saved without being calculated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from questionnaires.minerals.model import Listed, SmelterRow

_ID: Final = re.compile(r"CID\d{6}", re.IGNORECASE)
_PSEUDO: Final = frozenset({"smelter not listed", "smelter not yet identified"})
"""Choices of the drop-down that are no smelter."""
SOURCE: Final = "RMI"


@dataclass(frozen=True, slots=True)
class References:
    """A list by its two keys: a smelter id belongs to one metal, an alias may occur under several."""

    by_id: Mapping[str, Listed]
    """The line whose alias is the standard name, where there is one."""
    by_alias: Mapping[tuple[str, str], Listed]
    """By metal and alias, case-folded."""

    @classmethod
    def of(cls, lines: Iterable[Listed]) -> References:
        """Index the lines of a list."""
        by_id: dict[str, Listed] = {}
        by_alias: dict[tuple[str, str], Listed] = {}
        for line in lines:
            alias = line.alias.casefold()
            by_alias.setdefault((line.metal.casefold(), alias), line)
            if not _ID.fullmatch(line.smelter_id):
                continue
            key = line.smelter_id.upper()
            if key not in by_id or (alias == line.standard_name.casefold() != by_id[key].alias.casefold()):
                by_id[key] = line
            only = by_alias.get(("", alias))
            by_alias[("", alias)] = line if only is None or only.smelter_id == line.smelter_id else _SEVERAL
        return cls(by_id, by_alias)

    def find(self, row: SmelterRow) -> Listed | None:
        """Return the line of a row: by its id, or else by its alias, which without a metal must mean one smelter."""
        by_id = self.by_id.get(row.smelter_id.upper()) or self.by_id.get(row.id_typed.upper())
        if by_id or row.smelter_id or row.id_typed:
            return by_id
        if not row.lookup or row.lookup.casefold() in _PSEUDO:
            return None
        found = self.by_alias.get((row.metal.casefold(), row.lookup.casefold()))
        return found if found is not _SEVERAL else None


_SEVERAL: Final = Listed("", "", "", "", "")


def wants_completing(row: SmelterRow) -> bool:
    """Return whether something is missing that a list may have."""
    if row.smelter_id:
        return not (row.metal and row.lookup and row.country)
    return bool(row.lookup) and row.lookup.casefold() not in _PSEUDO


def complete(rows: Iterable[SmelterRow], references: References) -> tuple[SmelterRow, ...]:
    """Fill in what is empty in rows that the list knows; what was typed stays."""
    return tuple(_completed(row, references) if wants_completing(row) else row for row in rows)


def _completed(row: SmelterRow, references: References) -> SmelterRow:
    line = references.find(row)
    if line is None:
        return row
    return replace(
        row,
        metal=row.metal or line.metal, lookup=row.lookup or line.standard_name or line.alias,
        country=row.country or line.country, smelter_id=row.smelter_id or line.smelter_id,
        id_source=row.id_source or SOURCE, street=row.street or line.street, city=row.city or line.city,
        state=row.state or line.state, standard_name=row.standard_name or line.standard_name,
    )  # fmt: skip
