"""The smelters of many suppliers as one list: a line each, with the files behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from questionnaires.minerals.contributions import Contribution, Reported, Smelter, Source
from questionnaires.minerals.model import Mineral


@dataclass(frozen=True, slots=True)
class SmelterLine:
    """A smelter of the result, and who reported it."""

    smelter: Smelter
    behind: tuple[Source, ...]
    """One for each file, however often it names the smelter."""
    mine_names: str = ""
    """Only where all who say something say the same; so with the next two."""
    mine_countries: str = ""
    recycled: str = ""
    origins: tuple[tuple[str, tuple[Source, ...]], ...] = ()
    """Each country of mines that somebody names, as it is written, and who does."""


def lines_of(files: Iterable[Contribution], minerals: Sequence[Mineral]) -> list[SmelterLine]:
    """Return a line for each smelter of these minerals, in their order; what is not in the list comes last."""
    found: dict[tuple[str, ...], _Line] = {}
    for each in files:
        for row in each.reported:
            found.setdefault(row.smelter.key, _Line(row.smelter)).add(row, each.source)
    return sorted(
        (line.whole() for line in found.values() if line.smelter.metal in minerals),
        key=lambda each: (
            minerals.index(each.smelter.metal), not each.smelter.smelter_id, not each.smelter.name,
            each.smelter.name.casefold(), each.smelter.smelter_id,
        ),
    )  # fmt: skip


@dataclass(slots=True)
class _Line:
    smelter: Smelter
    behind: dict[Source, None] = field(default_factory=dict)
    mine_names: set[str] = field(default_factory=set)
    mine_countries: set[str] = field(default_factory=set)
    recycled: set[str] = field(default_factory=set)
    origins: dict[str, dict[Source, None]] = field(default_factory=dict)

    def add(self, row: Reported, source: Source) -> None:
        """Keep who reports it, and what is said; a comma does not part countries, it stands in their names."""
        self.behind[source] = None
        self.mine_names.add(row.mine_names)
        self.mine_countries.add(row.mine_countries)
        self.recycled.add(row.recycled)
        for country in row.mine_countries.replace("/", ";").split(";") if row.mine_countries else ():
            if country.strip():
                self.origins.setdefault(country.strip(), {})[source] = None

    def whole(self) -> SmelterLine:
        """Return the line."""
        origins = tuple((country, tuple(sources)) for country, sources in self.origins.items())
        return SmelterLine(
            self.smelter, tuple(self.behind), _agreed(self.mine_names), _agreed(self.mine_countries),
            _agreed(self.recycled), origins,
        )  # fmt: skip


def _agreed(said: set[str]) -> str:
    """Return what all say who say something; "" where they do not agree."""
    told = said - {""}
    return told.pop() if len(told) == 1 else ""
