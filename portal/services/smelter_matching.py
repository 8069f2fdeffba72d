"""The work list of rows that no list explains: suggestions, and what a buyer decides, remembered for next time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from portal.models import Deed, Doubt, MatchDecision, SmelterMatch, SmelterMention, User
from portal.services import ledger, smelter_index, smelters
from portal.services.actors import user_actor
from portal.services.handed_workbooks import Handed
from questionnaires.minerals.consistency.names import folded
from questionnaires.minerals.model import Listed

SUGGESTIONS = 3
LEAST_SCORE = 40
"""Below it a suggestion is noise."""
_LOOKED_AT = 30
"""Nearest names; several may be of one smelter."""
_COUNTRY_COUNTS = 5
"""Points that the same country adds, and another one takes away."""
_FORMS = frozenset({
    "ab", "ag", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "limited", "llc", "ltd",
    "metal", "metals", "mining", "nv", "oy", "plc", "pt", "refinery", "sa", "smelter", "smelting", "spa", "srl",
})  # fmt: skip
"""Words that many names have, and that say little."""


class MatchRefused(Exception):
    """A decision is not possible. Codes: gone, unknown_id."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A smelter that may be meant."""

    line: Listed
    score: int
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class Open:
    """Words of suppliers that want a decision: the same words of several suppliers want one."""

    doubt: Doubt
    mention: SmelterMention
    """One of the rows."""
    by: tuple[tuple[Handed, int], ...]
    """Workbooks and rows that say so."""
    listed: Listed | None
    """What the list has under the id that was written."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By what it is known again."""
        each = self.mention
        return each.folded_metal, each.folded_name, each.folded_country, each.folded_id


def open_rows(session: Session, handed: Iterable[Handed]) -> list[Open]:
    """Return what is to decide in some workbooks: what most suppliers say first."""
    books = {each.workbook_id: each for each in handed}
    each = SmelterMention
    query = sa.select(each).where(each.doubt.is_not(None), each.workbook_id.in_(books))
    groups: dict[tuple[str, ...], list[SmelterMention]] = defaultdict(list)
    for found in session.scalars(query.order_by(each.workbook_id, each.row)):
        key = (found.folded_metal, found.folded_name, found.folded_country, found.folded_id)
        groups[key].append(found)
    lines: dict[str, Listed] = {}
    for line in smelters.newest_lines(session):
        lines.setdefault(line.smelter_id, line)
    rows = [_open(group, books, lines) for group in groups.values()]
    return sorted(rows, key=lambda row: (-len({each.supplier_id for each, _ in row.by}), row.mention.name.casefold()))


def count_open(session: Session, handed: Iterable[Handed]) -> int:
    """Return how many rows there are to decide in some workbooks."""
    each = SmelterMention
    ids = [one.workbook_id for one in handed]
    query = sa.select(sa.func.count()).select_from(each).where(each.doubt.is_not(None), each.workbook_id.in_(ids))
    return session.scalar(query) or 0


def _open(group: Sequence[SmelterMention], books: dict[uuid.UUID, Handed], lines: dict[str, Listed]) -> Open:
    first = group[0]
    by = sorted(((books[each.workbook_id], each.row) for each in group), key=lambda pair: pair[0].supplier.casefold())
    doubt = first.doubt or Doubt.NOT_LISTED
    return Open(doubt, first, tuple(by), lines.get(first.smelter_id) if first.smelter_id else None)


class Suggester:
    """Finds the smelters of the lists whose names are nearest; made once for a page of rows."""

    def __init__(self, lines: Iterable[Listed]) -> None:
        self._lines = [line for line in lines if line.smelter_id]
        self._names = [_bare(line.alias) for line in self._lines]

    def suggest(self, mention: SmelterMention) -> list[Suggestion]:
        """Return at most three, the best first; of the metal that was written, where it was."""
        wanted = _bare(mention.name)
        choices = {
            number: name
            for number, name in enumerate(self._names)
            if mention.folded_metal in {"", folded(self._lines[number].metal)}
        }
        if not wanted or not choices:
            return []
        best: dict[str, Suggestion] = {}
        for _, score, number in process.extract(wanted, choices, scorer=fuzz.token_sort_ratio, limit=_LOOKED_AT):
            line = self._lines[number]
            found = Suggestion(line, _scored(score, mention, line))
            if line.smelter_id not in best or best[line.smelter_id].score < found.score:
                best[line.smelter_id] = found
        found_at_all = (each for each in best.values() if each.score >= LEAST_SCORE)
        return sorted(found_at_all, key=lambda each: -each.score)[:SUGGESTIONS]


def _scored(score: float, mention: SmelterMention, line: Listed) -> int:
    if mention.folded_country:
        score += _COUNTRY_COUNTS if folded(line.country) == mention.folded_country else -_COUNTRY_COUNTS
    return round(min(100, max(0, score)))


def _bare(name: str) -> str:
    """Return the words of a name that tell it from others, folded; all of them where no others are left."""
    words = [folded(word) for word in name.replace("-", " ").replace(",", " ").split()]
    telling = [word for word in words if word and word not in _FORMS]
    return " ".join(telling or filter(None, words))


def decide(
    session: Session, mention: SmelterMention, decision: MatchDecision, smelter_id: str, *, now: datetime, by: User
) -> SmelterMatch:
    """Remember what some words stand for, in place of an earlier decision, and give all rows with them the smelter.

    Raises:
        MatchRefused: unknown_id, where a smelter is named that no list has.
    """
    ledger.begin(session)
    wanted = smelter_id.strip().upper()
    if decision is MatchDecision.IS and not _is_known(session, wanted):
        raise MatchRefused("unknown_id")
    match = _match_for(session, mention)
    match.decision, match.by, match.decided_at = decision, by, now
    match.smelter_id = {MatchDecision.IS: wanted, MatchDecision.NONE: ""}.get(
        decision, f"OWN-{match.id.hex[:8].upper()}"
    )
    session.flush()
    rows = smelter_index.apply_match(session, match)
    ledger.record(
        session, Deed.SMELTER_MATCHED, ledger.subject_of("smelter-match", match.id), by=user_actor(by), now=now,
        data={"decision": decision.value, "smelter_id": match.smelter_id, "written": mention.name[:200],
              "written_id": mention.written_id, "metal": mention.metal[:40], "rows": rows},
    )  # fmt: skip
    return match


def _is_known(session: Session, smelter_id: str) -> bool:
    lines = smelters.newest_lines(session)
    listed = {line.smelter_id for line in lines} | smelters.former_ids(session, lines)
    own = sa.select(SmelterMatch.id).where(
        SmelterMatch.smelter_id == smelter_id, SmelterMatch.decision == MatchDecision.NEW
    )
    known = smelter_id in listed or smelter_id in smelters.newest_statuses(session)
    return bool(smelter_id) and (known or session.scalar(own.limit(1)) is not None)


def _match_for(session: Session, mention: SmelterMention) -> SmelterMatch:
    key = {
        "metal": mention.folded_metal, "name": mention.folded_name, "country": mention.folded_country,
        "written_id": mention.folded_id,
    }  # fmt: skip
    match = session.scalar(sa.select(SmelterMatch).filter_by(**key))
    if match is None:
        match = SmelterMatch(id=uuid.uuid4(), **key)
        session.add(match)
    return match


def decided(session: Session) -> list[tuple[SmelterMatch, SmelterMention | None]]:
    """Return what was decided, the newest first, each with a row that it speaks of."""
    query = (
        sa.select(SmelterMatch, SmelterMention)
        .outerjoin(SmelterMention, SmelterMention.match_id == SmelterMatch.id)
        .order_by(SmelterMatch.decided_at.desc(), SmelterMatch.id)
    )
    found: dict[uuid.UUID, tuple[SmelterMatch, SmelterMention | None]] = {}
    for match, mention in session.execute(query):
        found.setdefault(match.id, (match, mention))
    return list(found.values())


def take_back(session: Session, match: SmelterMatch, *, now: datetime, by: User) -> None:
    """Forget a decision; the rows are resolved anew."""
    ledger.begin(session)
    match_id, spoken_of = match.id, SmelterMention.match_id == match.id
    workbooks = session.scalars(sa.select(SmelterMention.workbook_id).where(spoken_of).distinct()).all()
    session.execute(sa.update(SmelterMention).where(spoken_of).values(match_id=None))
    session.delete(match)
    session.flush()
    ledger.record(
        session, Deed.SMELTER_MATCHED, ledger.subject_of("smelter-match", match_id), by=user_actor(by), now=now,
        data={"decision": "taken-back"},
    )  # fmt: skip
    smelter_index.rebuild(session, workbooks)
