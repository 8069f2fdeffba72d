"""Rules S: each row of the smelter list, by itself and against the reference list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from questionnaires.minerals.consistency.examined import SMELTER_ID, Examined, Found, Rule, quoted, written_id
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.findings import Level
from questionnaires.minerals.known import Status
from questionnaires.minerals.model import Listed, Place, SmelterRow

_OLD_ID = re.compile(r"[1-4][A-Z]{3}\d{3}")
_NOTHING_SAID = frozenset({"", "unknown"})
_NOT_IDENTIFIED_NAMES = frozenset({"", "unknown", "smelter not yet identified"})
_SPECIAL = frozenset({"smelter not listed", "smelter not yet identified"})


def _ids_that(is_so: Callable[[str], bool]) -> Rule:
    def rule(examined: Examined) -> Found:
        for row, value, place in examined.written:
            if is_so(value):
                yield place, {"value": quoted(row.id_typed or row.smelter_id)}

    return rule


def _is_error(value: str) -> bool:
    return value.startswith("#")


def _is_old(value: str) -> bool:
    return _OLD_ID.fullmatch(value) is not None


def _is_no_id(value: str) -> bool:
    return not (SMELTER_ID.fullmatch(value) or _is_old(value) or _is_error(value))


def id_unknown(examined: Examined) -> Found:
    """The reference list does not have the id, and no older one had it."""
    yield from ((place, {"id": value}) for place, value in _not_listed(examined) if value not in examined.known.former)


def id_removed(examined: Examined) -> Found:
    """Only older reference lists have the id."""
    yield from ((place, {"id": value}) for place, value in _not_listed(examined) if value in examined.known.former)


def _not_listed(examined: Examined) -> Iterator[tuple[Place, str]]:
    """Ids that the list of their metal does not have; silent where there is no such list."""
    known = examined.known
    with_list = {mineral.casefold() for mineral in examined.workbook.minerals} & known.metals
    for row, smelter_id, place in examined.identified:
        has_list = row.metal.casefold() in known.metals if row.metal else bool(with_list)
        if has_list and smelter_id not in known.listed:
            yield place, smelter_id


def _entries(examined: Examined) -> Iterator[tuple[SmelterRow, str, tuple[Listed, ...]]]:
    """Rows whose id the reference list has."""
    listed = examined.known.listed
    for row, smelter_id, _ in examined.identified:
        if smelter_id in listed:
            yield row, smelter_id, listed[smelter_id]


def metal_differs(examined: Examined) -> Found:
    """The smelter makes another metal."""
    for row, smelter_id, entries in _entries(examined):
        metals = {entry.metal.casefold() for entry in entries}
        if row.metal and row.metal.casefold() not in metals:
            yield row.place("B"), {"id": smelter_id, "value": quoted(row.metal), "mineral": entries[0].metal}


def name_differs(examined: Examined) -> Found:
    """The name is neither the standard name of the id nor one of its aliases."""
    for row, smelter_id, entries in _entries(examined):
        names = {name for entry in entries for name in (entry.alias, entry.standard_name)}
        column = next((column for column, name in (("C", row.lookup), ("D", row.name)) if _is_other(name, names)), "")
        if column:
            value = quoted(row.lookup if column == "C" else row.name)
            yield row.place(column), {"id": smelter_id, "value": value, "name": quoted(entries[0].standard_name)}


def _is_other(name: str, names: set[str]) -> bool:
    if not name or name in names or name.casefold() in _SPECIAL or _is_error(name):
        return False
    return folded(name) not in {folded(each) for each in names}


def country_differs(examined: Examined) -> Found:
    """The country is not that of the list."""
    for row, smelter_id, entries in _entries(examined):
        countries = {folded(entry.country) for entry in entries}
        if row.country and not _is_error(row.country) and folded(row.country) not in countries:
            facts = {"id": smelter_id, "value": quoted(row.country), "country": entries[0].country}
            yield row.place("E"), facts


def listed_twice(examined: Examined) -> Found:
    """A smelter stands in two rows for the same metal."""
    seen: dict[tuple[str, str], int] = {}
    for row, smelter_id, place in examined.identified:
        first = seen.setdefault((row.metal.casefold(), smelter_id), row.row)
        if first != row.row:
            yield place, {"id": smelter_id, "row": str(first)}


def described_twice(examined: Examined) -> Found:
    """A smelter that is not in the list is described in two rows."""
    seen: dict[tuple[str, str], int] = {}
    for row in examined.workbook.smelters:
        if row.is_not_listed and row.name:
            first = seen.setdefault((row.metal.casefold(), folded(row.name)), row.row)
            if first != row.row:
                yield row.place("D"), {"name": quoted(row.name), "row": str(first)}


def ids_differ(examined: Examined) -> Found:
    """The id that was typed is not the one of the smelter that was chosen."""
    for row in examined.workbook.smelters:
        if row.id_typed and row.smelter_id and row.id_typed.upper() != row.smelter_id.upper():
            yield row.place("A"), {"value": quoted(row.id_typed), "id": quoted(row.smelter_id)}


def not_described(examined: Examined) -> Found:
    """A smelter that is not in the list needs a name and a country."""
    for row in examined.workbook.smelters:
        if row.is_not_listed and not (row.name and row.country):
            yield row.place("E" if row.name else "D"), {}


def unknown_but_described(examined: Examined) -> Found:
    """A smelter that is not known has a name, a country or an id."""
    for row in examined.workbook.smelters:
        if not row.is_not_identified:
            continue
        if row.name.casefold() not in _NOT_IDENTIFIED_NAMES:
            yield row.place("D"), {"value": quoted(row.name)}
        elif row.country.casefold() not in _NOTHING_SAID:
            yield row.place("E"), {"value": quoted(row.country)}
        elif row.id_typed or row.smelter_id:
            value, place = written_id(row)
            yield place, {"value": quoted(value)}


def not_conformant(examined: Examined) -> Found:
    """The list of audits has the smelter, neither passed nor under way."""
    for smelter_id, place, status in _statuses(examined):
        if not status.is_good:
            yield place, {"id": smelter_id, "status": quoted(status.status)}


def audit_too_old(examined: Examined) -> Found:
    """The last audit is longer ago than it counts."""
    today = examined.known.today
    if today is None:
        return
    cycles = {status.cycle_years for _, _, status in _statuses(examined) if status.cycle_years}
    oldest = {years: today - relativedelta(years=years) for years in cycles}
    for smelter_id, place, status in _statuses(examined):
        if status.is_good and status.audited and status.audited < oldest.get(status.cycle_years or 0, date.min):
            facts = {"date": status.audited.isoformat(), "years": str(status.cycle_years)}
            yield place, {"id": smelter_id, **facts}


def no_status(examined: Examined) -> Found:
    """The list of audits does not have the smelter."""
    statuses = examined.known.statuses
    for _, smelter_id, place in examined.identified:
        if statuses and smelter_id not in statuses:
            yield place, {"id": smelter_id}


def _statuses(examined: Examined) -> Iterator[tuple[str, Place, Status]]:
    statuses = examined.known.statuses
    for _, smelter_id, place in examined.identified:
        if smelter_id in statuses:
            yield smelter_id, place, statuses[smelter_id]


RULES: Mapping[str, tuple[Level, Rule]] = {
    "S1a": (Level.ERROR, _ids_that(_is_no_id)),
    "S1b": (Level.ERROR, _ids_that(_is_old)),
    "S1c": (Level.ERROR, _ids_that(_is_error)),
    "S2a": (Level.WARNING, id_unknown),
    "S2b": (Level.WARNING, id_removed),
    "S3a": (Level.ERROR, metal_differs),
    "S3b": (Level.WARNING, name_differs),
    "S3c": (Level.WARNING, country_differs),
    "S4a": (Level.NOTICE, listed_twice),
    "S4b": (Level.WARNING, described_twice),
    "S4c": (Level.WARNING, ids_differ),
    "S5a": (Level.ERROR, not_described),
    "S5b": (Level.WARNING, unknown_but_described),
    "S6a": (Level.FLAG, not_conformant),
    "S6b": (Level.FLAG, audit_too_old),
    "S6c": (Level.FLAG, no_status),
}
