"""What the portal knows of smelters: the newest reference lists, former ids, the newest statuses, buyers' matches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ListedSmelter, MatchDecision, MineralsTemplate, SmelterMatch, SmelterStatus, StatusList
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.consistency.versions import age
from questionnaires.minerals.known import Known, Status
from questionnaires.minerals.model import Listed, Settings, SmelterRow
from questionnaires.minerals.references import References


def known(session: Session, today: date, settings: Settings) -> Known:
    """Return what the checks of a workbook go by; keep it for many workbooks."""
    lines = newest_lines(session)
    return Known(lines, former_ids(session, lines), newest_statuses(session), today, settings)


def references(session: Session) -> References:
    """Return the index by which a reader completes rows."""
    return References.of(newest_lines(session))


def newest_templates(session: Session) -> list[MineralsTemplate]:
    """Return the newest template of each kind."""
    newest: dict[str, MineralsTemplate] = {}
    for row in session.scalars(sa.select(MineralsTemplate)):
        if row.kind not in newest or age(row.version) > age(newest[row.kind].version):
            newest[row.kind] = row
    return [newest[kind] for kind in sorted(newest)]


def newest_lines(session: Session) -> tuple[Listed, ...]:
    """Return the lines of the newest list of each kind."""
    each = ListedSmelter
    columns = (
        each.metal, each.alias, each.standard_name, each.country, each.smelter_id, each.street, each.city, each.state,
    )  # fmt: skip
    found: list[Listed] = []
    for template in newest_templates(session):
        query = sa.select(*columns).where(each.template_id == template.id).order_by(each.position)
        found += [Listed(*line) for line in session.execute(query)]
    return tuple(found)


def former_ids(session: Session, newest: tuple[Listed, ...]) -> frozenset[str]:
    """Return the ids that older lists had and the newest do not."""
    every = session.scalars(sa.select(ListedSmelter.smelter_id).distinct())
    return frozenset(filter(None, every)) - {line.smelter_id for line in newest}


def newest_list(session: Session, until: date | None = None) -> StatusList | None:
    """Return the newest list of statuses, or the newest of those that there were on a day."""
    query = sa.select(StatusList).order_by(StatusList.as_of.desc()).limit(1)
    return session.scalar(query.where(StatusList.as_of <= until) if until else query)


def newest_statuses(session: Session, until: date | None = None) -> dict[str, Status]:
    """Return the statuses of that list by id."""
    found = newest_list(session, until)
    if found is None:
        return {}
    each = SmelterStatus
    query = sa.select(each.smelter_id, each.status, each.audited, each.cycle_years).where(each.list_id == found.id)
    return {smelter_id: Status(word, audited, years) for smelter_id, word, audited, years in session.execute(query)}


def match_key(row: SmelterRow) -> tuple[str, str, str, str]:
    """Return by what a row is known again: metal, name, country and id as written, folded."""
    return folded(row.metal), folded(written_name(row)), folded(row.country), folded(written_id(row))


def written_name(row: SmelterRow) -> str:
    """Return the name that a supplier gave: its own words, else what it chose from the list."""
    return row.name or ("" if row.is_not_listed else row.lookup) or row.standard_name


def written_id(row: SmelterRow) -> str:
    """Return the id that a supplier typed, else the one that its workbook found."""
    return row.id_typed or row.smelter_id


def matches(session: Session) -> dict[tuple[str, str, str, str], SmelterMatch]:
    """Return what buyers have decided, by `match_key`."""
    return {(each.metal, each.name, each.country, each.written_id): each for each in session.scalars(_MATCHES)}


def matched(row: SmelterRow, decided: dict[tuple[str, str, str, str], SmelterMatch]) -> SmelterRow | None:
    """Return the row with the id that a buyer matched it with; None where a buyer found that it is no smelter.

    For those who add workbooks up: a smelter of the portal's own keeps the words of the supplier.
    """
    match = decided.get(match_key(row))
    if match is None or match.decision is MatchDecision.NEW:
        return row
    if match.decision is MatchDecision.NONE:
        return None
    return replace(row, id_typed=match.smelter_id, smelter_id=match.smelter_id, lookup="", name="", country="")


_MATCHES = sa.select(SmelterMatch)
