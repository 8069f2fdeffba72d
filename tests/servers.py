"""Servers for the tests, started from the machine's own binaries in a temporary folder and stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest


class NoServer(Exception):
    """The binaries are not installed."""


def do_without(reason: str) -> NoReturn:
    """Skip a test whose server or browser is missing; where nothing may be missing (CI), fail it."""
    if os.environ.get("NOTHING_MAY_BE_MISSING"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, seconds: float = 20) -> None:
    """Return when somebody listens on the port."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL cluster; yield the URL of its superuser's database."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    binaries = folders[-1] if folders else Path(found).parent if found else None
    if binaries is None or not (binaries / "initdb").exists():
        raise NoServer("PostgreSQL is not installed (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="portal-pg-") as name:
        folder, port, owner = Path(name), free_port(), _unprivileged(name)
        run: Any = {"user": owner, "cwd": name} if owner else {"cwd": name}
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, stdout=subprocess.DEVNULL, **run,
        )  # fmt: skip
        server = subprocess.Popen(
            [
                binaries / "postgres", "-D", data, "-p", str(port), "-k", name, "-c", "listen_addresses=127.0.0.1",
                "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run,
        )  # fmt: skip
        try:
            _wait_for_postgresql(binaries, port)
            yield f"postgresql://portal@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # the fast way: SIGTERM would wait for every client to leave
            server.wait(20)


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis server; yield its URL."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise NoServer("Redis is not installed (Debian: apt install redis-server)")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as folder:
        server = subprocess.Popen(
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for_port(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for_postgresql(binaries: Path, port: int, seconds: float = 20) -> None:
    """It listens a moment before it takes connections: "the database system is starting up"."""
    deadline = time.monotonic() + seconds
    ask = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask, check=False).returncode != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL does not answer on port {port}")
        time.sleep(0.05)


def _unprivileged(folder: str) -> str | None:
    """PostgreSQL refuses to run as root: give the folder to a user that may."""
    if os.geteuid() != 0:
        return None
    owner = next(name for name in ("postgres", "nobody") if _exists(name))
    shutil.chown(folder, owner)
    return owner


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
