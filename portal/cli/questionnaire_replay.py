"""`portal questionnaires replay`: what another edition would find in the declarations that are signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from portal.cli.answering import open_installation
from portal.models.engine import reading
from portal.services.replays import Replayed, Summary, replay_all, summarise
from questionnaires.deviations import Finding
from questionnaires.model import Severity


@click.command()
@click.argument("key")
@click.argument("to_edition")
def replay(key: str, to_edition: str) -> None:
    """Say what the edition TO_EDITION would find in all signed declarations on KEY. Nothing is changed."""
    reading.set(True)
    installation = open_installation()
    with installation.new_session() as session:
        summary = summarise(replay_all(session, installation.catalogue, key, to_edition))
    for line in _counts(summary, f"{key}/{to_edition}"):
        click.echo(line)
    for one in summary.differing:
        for line in _lines(one):
            click.echo(line)


def _counts(summary: Summary, name: str) -> Iterator[str]:
    yield (
        f"{summary.declarations} signed declarations, {summary.in_force} of them in force, judged by {name}: "
        f"{len(summary.differing)} would differ."
    )
    yield f"came: {_by_severity(summary.came)}"
    yield f"gone: {_by_severity(summary.gone)}"
    shifts = (f"{then} to {now} {number}" for (then, now), number in sorted(summary.changed.items()))
    yield f"changed: {summary.changed.total()}{_listed(shifts)}"
    yield f"the same: {summary.same}"


def _by_severity(found: Counter[Severity]) -> str:
    return f"{found.total()}{_listed(f'{each} {found[each]}' for each in Severity if found[each])}"


def _listed(parts: Iterator[str]) -> str:
    words = ", ".join(parts)
    return f" ({words})" if words else ""


def _lines(one: Replayed) -> Iterator[str]:
    """Yield a line for each finding that would differ: declaration, supplier, what, severity, rule, sentence."""
    replaced = "" if one.in_force else " (replaced)"
    head = f"{one.reference}{replaced}  {one.supplier}  {one.edition}"
    for finding in one.replay.came:
        yield f"{head}  came  {finding.severity}  {_told(finding)}"
    for finding in one.replay.gone:
        yield f"{head}  gone  {finding.severity}  {_told(finding)}"
    for then, now in one.replay.changed:
        yield f"{head}  changed  {then.severity} to {now.severity}  {_told(now)}"


def _told(finding: Finding) -> str:
    return f"{finding.rule}  {finding.sentence.english}"
