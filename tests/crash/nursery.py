"""A process that has loaded everything and forks children on demand, so that many can be killed in a short time.

`python -m tests.crash.nursery FOLDER` reads lines `acceptor`, `worker` or `worker MUTANT`; it answers each with the
process id of a child that works at once. It does not typeset itself: the typesetter's threads do not survive a fork.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from types import TracebackType

from portal.config import Settings
from portal.installation import Installation
from tests.crash import work

SPEED = 300
"""How many times faster the clock runs, so that a dead worker's claim of a minute is over in a fifth of a second."""


class Nursery:
    """The parent's side: starts children and kills them."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.folder = folder
        (folder / "settings.pickle").write_bytes(pickle.dumps((settings, time())))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._living: dict[int, str] = {}

    def __enter__(self) -> Nursery:
        """Start nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Kill what still lives, then let the process end."""
        for pid in list(self._living):
            self.kill(pid)
        self._process.communicate(timeout=20)

    @property
    def living(self) -> list[int]:
        """The children's process ids."""
        return list(self._living)

    def start(self, what: str) -> None:
        """Start a child."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        self._living[int(self._process.stdout.readline())] = what

    def kill(self, pid: int) -> str:
        """Kill a child, as a power cut would; return what it was."""
        os.kill(pid, signal.SIGKILL)
        return self._living.pop(pid)

    def now(self) -> datetime:
        """The moment, on the children's clock."""
        return fast_clock(pickle.loads((self.folder / "settings.pickle").read_bytes())[1])


def fast_clock(since: float) -> datetime:
    """Return the present moment on a clock that has run fast since a moment."""
    return datetime.fromtimestamp(since, UTC) + timedelta(seconds=(time() - since) * SPEED)


def main(folder: Path) -> None:
    """Fork a child for each line of the standard input."""
    settings, since = pickle.loads((folder / "settings.pickle").read_bytes())
    installation = Installation(settings)
    assert installation.renderer
    warm_up(installation, since)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        role, _, mutant = line.strip().partition(" ")
        pid = os.fork()
        if pid == 0:
            run(role, mutant, installation, since)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def warm_up(installation: Installation, since: float) -> None:
    """Take one declaration all the way, so that children find everything imported and every query compiled."""
    folder = installation.settings.data_dir
    printed = work.Printed((folder / "printed.pdf").read_bytes())
    work.accept_next(installation, lambda: fast_clock(since), printed)
    work.seal_waiting(installation, lambda: fast_clock(since))
    installation.engine.dispose()


def run(role: str, mutant: str, installation: Installation, since: float) -> None:
    """Be a child until killed."""
    folder = installation.settings.data_dir
    try:
        work.MUTANTS[mutant]()
        work.ROLES[role](installation, lambda: fast_clock(since))
    except Exception:  # noqa: BLE001  whatever it is, the parent has to hear of it
        with (folder / "failures").open("a") as failures:
            failures.write(traceback.format_exc())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
