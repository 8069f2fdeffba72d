"""A process that has loaded everything and forks children on demand, so that many can be killed in a short time.

`python -m tests.crash.nursery` reads lines `in FOLDER` and `ROLE [MUTANT] [NAME:exit:HIT]`; it answers the first with
`ready`, the second with the process id of a child that works at once. It does not typeset itself: the typesetter's
threads do not survive a fork.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import time
from types import TracebackType

from portal.config import Settings
from portal.installation import Installation
from questionnaires.catalogue import Catalogue
from tests.crash import doom, power, work

FAST = 300
"""How many times faster the clock runs, so that a dead worker's claim of a minute is over in a fifth of a second."""


@dataclass(frozen=True)
class Clock:
    """A clock that has run fast, or stood still, since a moment (seconds since 1970)."""

    since: float
    speed: int

    def __call__(self) -> datetime:
        """Return the moment on this clock."""
        return datetime.fromtimestamp(self.since, UTC) + timedelta(seconds=(time() - self.since) * self.speed)


class Nursery:
    """The parent's side: starts children and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._living: dict[int, str] = {}
        self.now = Clock(0, 0)
        """The children's clock."""

    def __enter__(self) -> Nursery:
        """Start nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Kill what still lives, then let the process end."""
        self.kill_all()
        self._process.communicate(timeout=20)

    @property
    def living(self) -> list[int]:
        """The children's process ids."""
        return list(self._living)

    def settle(self, settings: Settings, clock: Clock | None = None) -> None:
        """Let the children work in an installation from now on, by a fast clock unless another is given."""
        self.now = clock or Clock(time(), FAST)
        (settings.data_dir / "settings.pickle").write_bytes(pickle.dumps((settings, self.now)))
        assert self._ask(f"in {settings.data_dir}") == "ready"

    def start(self, what: str) -> int:
        """Start a child; return its process id."""
        pid = int(self._ask(what))
        self._living[pid] = what
        return pid

    def kill(self, pid: int) -> str:
        """Kill a child, as a power cut would; return what it was. One that has failed by itself has said so."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self._living.pop(pid)

    def kill_all(self) -> None:
        """Kill every child."""
        for pid in self.living:
            self.kill(pid)

    def forget(self, pid: int) -> None:
        """Let a child be that ends by itself."""
        del self._living[pid]

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


def main() -> None:
    """Fork a child for each line of the standard input."""
    Catalogue.load = cache(Catalogue.load)  # type: ignore[method-assign]
    socket.getfqdn = work.own_name
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    installation, now = None, Clock(0, 0)
    for line in iter(sys.stdin.readline, ""):
        what, *words = line.split()
        if what == "in":
            settings, now = pickle.loads((Path(words[0]) / "settings.pickle").read_bytes())
            installation = settle(Installation(settings), now)
            answer = "ready"
        else:
            assert installation
            pid = os.fork()
            if pid == 0:
                run(what, words, installation, now)
            answer = str(pid)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def settle(installation: Installation, now: Clock) -> Installation:
    """Take one declaration all the way, so that children find everything imported and every query compiled."""
    work.accept_next(installation, now, work.Printed(installation))
    work.seal_waiting(installation, now)
    work.send_waiting(installation, now)
    installation.engine.dispose()
    gc.freeze()  # else the children copy all that their collector looks at
    return installation


def run(role: str, words: list[str], installation: Installation, now: Callable[[], datetime]) -> None:
    """Be a child until killed."""
    folder = installation.settings.data_dir
    try:
        power.watch(folder)
        for word in words:
            if ":" in word:
                doom.plant(word, folder, installation.engine)
            else:
                work.MUTANTS[word]()
        work.ROLES[role](installation, now)
    except Exception:  # noqa: BLE001  whatever it is, the parent has to hear of it
        with (folder / "failures").open("a") as failures:
            failures.write(traceback.format_exc())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
