"""What signed answers would give under another edition's rules; nothing is changed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Assessment, Declaration, Request, Supplier
from questionnaires import deviations
from questionnaires.catalogue import Catalogue
from questionnaires.deviations import Replay
from questionnaires.model import Severity

AT_ONCE = 200
"""How many declarations are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One signed declaration beside what another edition would find in it."""

    declaration_id: uuid.UUID
    reference: str
    supplier: str
    edition: str
    """The one that was signed."""
    in_force: bool
    """Whether no newer declaration has replaced it."""
    replay: Replay

    @property
    def differs(self) -> bool:
        """Whether anything would come, go, or weigh more or less."""
        return bool(self.replay.came or self.replay.gone or self.replay.changed)


@dataclass
class Summary:
    """Counts over many declarations."""

    declarations: int = 0
    in_force: int = 0
    came: Counter[Severity] = field(default_factory=Counter)
    """Findings by their severity in the other edition."""
    gone: Counter[Severity] = field(default_factory=Counter)
    """Findings by the severity that they had."""
    changed: Counter[tuple[Severity, Severity]] = field(default_factory=Counter)
    """Findings by severity then and now."""
    same: int = 0
    differing: list[Replayed] = field(default_factory=list)
    """The declarations in which something would change."""


def replay_all(session: Session, catalogue: Catalogue, key: str, edition: str) -> Iterator[Replayed]:
    """Yield every signed declaration on a questionnaire, by supplier, as an edition would judge it.

    Rows are read a few at a time, so that a hundred thousand declarations need no more memory than a hundred.

    Raises:
        UnknownQuestionnaire: there is no such questionnaire or edition.
    """
    after = catalogue.find(key, edition)
    for row in session.execute(_signed(key)):
        facts = row.facts or {}
        before = catalogue.find(key, row.edition).asked_of(facts)
        found = deviations.replay(before, after.asked_of(facts), row.answers, row.accepted_at.date())
        yield Replayed(row.id, row.reference, row.name, row.edition, row.superseded_by_id is None, found)


def summarise(replayed: Iterable[Replayed]) -> Summary:
    """Return the counts, and those declarations in which something would change."""
    summary = Summary()
    for one in replayed:
        summary.declarations += 1
        summary.in_force += one.in_force
        summary.came.update(finding.severity for finding in one.replay.came)
        summary.gone.update(finding.severity for finding in one.replay.gone)
        summary.changed.update((then.severity, now.severity) for then, now in one.replay.changed)
        summary.same += len(one.replay.same)
        if one.differs:
            summary.differing.append(one)
    return summary


def _signed(key: str) -> sa.Select[tuple[uuid.UUID, str, str, str, dict[str, object], dict[str, object]]]:
    """Return the statement for the signed declarations on a questionnaire, with what replaying needs and no more."""
    return (
        sa.select(
            Declaration.id,
            Declaration.reference,
            Declaration.answers,
            Declaration.accepted_at,
            Declaration.superseded_by_id,
            Assessment.edition,
            Assessment.facts,
            Supplier.name,
        )
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.supplier)
        .where(Assessment.questionnaire == key, Declaration.signed_at.is_not(None))
        .order_by(Supplier.name, Declaration.accepted_at, Declaration.id)
        .execution_options(yield_per=AT_ONCE)
    )
