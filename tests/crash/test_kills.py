"""kill -9 of web and worker in the middle of their work: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta

import pytest

from portal.installation import Installation
from portal.services import sealing
from tests.crash import power
from tests.crash.invariants import summary, violations
from tests.crash.nursery import Nursery
from tests.crash.people import KILLS
from tests.crash.work import BACKLOG, signer_of, waiting

CUTS = int(os.environ.get("CUTS", "12"))
"""Of the power; 50 by hand."""
ROUNDS = 60
KILLS_A_ROUND = 6
WORKERS = 2
PAUSE = (0.005, 0.1)
"""Seconds between two kills."""
LONG_PAUSE = (0.05, 0.3)
"""Now and then, and in a round that looks for a planted bug: a worker must live for some declarations to do harm."""

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def saturate(installation: Installation, nursery: Nursery, acceptor: str, worker: str) -> None:
    """Set all to work, the workers when they have enough to do."""
    nursery.start(acceptor)
    wait_for_work(installation, nursery, BACKLOG)
    for _ in range(WORKERS):
        nursery.start(worker)


def kill_many(installation: Installation, nursery: Nursery, kills: int, pause: tuple[float, float]) -> None:
    """Kill one child after the other, at any moment, but never while there is nothing to do."""
    dice = random.Random()
    for number in range(kills):
        time.sleep(dice.uniform(*(pause if number % 10 else LONG_PAUSE)))
        wait_for_work(installation, nursery, 1)
        nursery.start(nursery.kill(dice.choice(nursery.living)))
    nursery.kill_all()


def wait_for_work(installation: Installation, nursery: Nursery, many: int) -> None:
    """Return when so many declarations wait for a worker."""
    failures = installation.settings.data_dir / "failures"
    deadline = time.monotonic() + 60
    while waiting(installation, nursery.now()) < many:
        assert time.monotonic() < deadline, failures.read_text() if failures.exists() else "nothing is done"
        time.sleep(0.01)


def finish(installation: Installation, nursery: Nursery, later: timedelta = timedelta(hours=1)) -> None:
    """Let a sound worker seal what is left; the claims of the dead run out by themselves."""
    late = nursery.now() + later
    while True:
        with installation.new_session() as session:
            left = sealing.stuck(session, late)
        done = [
            sealing.seal(
                installation.new_session,
                declaration_id,
                store=installation.store,
                signer=lambda: signer_of(installation),
                catalogue=installation.catalogue,
                now=lambda: late,
            )
            for declaration_id in left
        ]
        if not any(done):
            return


def after_kills(
    installation: Installation, nursery: Nursery, kills: int, *roles: str, pause: tuple[float, float] = PAUSE
) -> list[str]:
    """Run and kill; return what is wrong afterwards."""
    saturate(installation, nursery, *roles)
    kill_many(installation, nursery, kills, pause)
    finish(installation, nursery)
    return violations(installation)


def after_cuts(installation: Installation, nursery: Nursery, cuts: int, *roles: str) -> list[str]:
    """Kill all at once and take away what was not on the disk, many times; return what is wrong afterwards."""
    dice, settings = random.Random(20261121), installation.settings
    for _ in range(cuts):
        saturate(installation, nursery, *roles)
        time.sleep(dice.uniform(0.05, 0.3))
        nursery.kill_all()
        power.cut(settings.files_dir, settings.data_dir / "synced")
    finish(installation, nursery)
    return violations(installation)


def test_nothing_is_lost_or_doubled(prepared: Installation, nursery: Nursery) -> None:
    found = after_kills(prepared, nursery, KILLS, "acceptor", "worker")
    print(f"{KILLS} kills: {summary(prepared)}")
    assert found == []


def test_a_power_cut_takes_nothing_that_was_promised(prepared: Installation, nursery: Nursery) -> None:
    found = after_cuts(prepared, nursery, CUTS, "acceptor", "worker")
    print(f"{CUTS} cuts: {summary(prepared)}")
    assert found == []


@pytest.mark.parametrize(
    ("role", "mutant", "symptom"),
    [
        ("worker", "ignore-row-counts", "signed more than once"),
        ("worker", "tell-after-commit", "receipts"),
        ("worker", "store-after-commit", "file is missing"),
        ("acceptor", "acknowledge-before-commit", "was acknowledged and is lost"),
        ("acceptor", "record-after-commit", "acceptances are not those of the tables"),
        ("acceptor", "write-in-place", "was never sealed"),
    ],
)
def test_a_planted_bug_is_found(prepared: Installation, nursery: Nursery, role: str, mutant: str, symptom: str) -> None:
    """Within some rounds: on a machine that is busy with other things few documents go through in one."""
    roles = [f"{each} {mutant}" if each == role else each for each in ("acceptor", "worker")]
    found: list[str] = []
    for _ in range(ROUNDS):
        found += after_kills(prepared, nursery, KILLS_A_ROUND, *roles, pause=LONG_PAUSE)
        if any(symptom in each for each in found):
            return
    pytest.fail(f"{mutant} was not found; what was: {found[:5]}")


def test_a_bug_that_only_a_power_cut_shows_is_found(prepared: Installation, nursery: Nursery) -> None:
    found = after_cuts(prepared, nursery, 3, "acceptor never-sync", "worker never-sync")
    assert any("was never sealed" in each for each in found), found[:5]
