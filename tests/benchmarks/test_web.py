"""Saving one answer and showing a section page over HTTP, against a bare Flask application on the same server.

Both run on granian, on SQLite opened the same way, asked over one kept connection.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from portal.clock import clock
from portal.config import read_settings
from portal.installation import Installation
from portal.models import Invitation
from tests import servers
from tests.factories import Make
from tests.journeys.site import ROOT, running_site

SECTION = "human-rights/forced-labour"
ROUNDS = 300
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """A browser's share of HTTP: one connection, cookies, forms."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def get(self, path: str) -> str:
        """Return a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form."""
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        assert answer.status < 400, (answer.status, text[:300])
        return str(answer.headers["Location"]) if answer.status in {302, 303} else text


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, str, str]]:
    """A supplier who has opened the link: the client, the section's path, the forgery token."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        settings = {name: value for name, value in site.environment.items() if name.startswith("PORTAL_")}
        installation = Installation(read_settings(settings))
        with installation.new_session() as session:
            invitation: Invitation = Make(session, clock().replace(microsecond=0)).invitation()
            path = urllib.parse.urlsplit(installation.links.address(invitation)).path
            session.rollback()
        client = Client(int(site.address.rsplit(":", 1)[1]))
        overview = client.post(path, {"csrf_token": _token(client.get(path))})
        section = f"{urllib.parse.urlsplit(overview).path}/{SECTION}"
        yield client, section, _token(client.get(section))
        client.close()
        installation.engine.dispose()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The bare application, on the same server and the same kind of database."""
    port, folder = servers.free_port(), tmp_path_factory.mktemp("bare")
    environment = {**os.environ, "BARE_DATABASE_URL": f"sqlite:///{folder / 'bare.sqlite'}"}
    process = subprocess.Popen(
        [
            Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--blocking-threads", "8", "--no-ws", "--log-level", "error", "tests.benchmarks.bare:app",
        ],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        servers.wait_for_port(port)
        client = Client(port)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(20)


def test_saving_an_answer(benchmark: BenchmarkFixture, visit: tuple[Client, str, str]) -> None:
    """One changed answer, as the page's script posts it."""
    client, section, token = visit
    answers = itertools.cycle(["yes", "no"])
    _measure(
        benchmark,
        "save one answer over HTTP",
        "ours",
        lambda: client.post(f"{section}/answer", {"csrf_token": token, "on_page": "HR-11", "HR-11": next(answers)}),
    )


def test_one_bare_insert(benchmark: BenchmarkFixture, bare: Client) -> None:
    """A bare view with one INSERT and commit."""
    _measure(benchmark, "save one answer over HTTP", "floor", lambda: bare.post("/insert", {"value": "yes"}))


def test_showing_a_section(benchmark: BenchmarkFixture, visit: tuple[Client, str, str]) -> None:
    """A page of questions with its answers."""
    client, section, _ = visit
    _measure(benchmark, "show a section page over HTTP", "ours", lambda: client.get(section))


def test_one_static_page(benchmark: BenchmarkFixture, bare: Client, visit: tuple[Client, str, str]) -> None:
    """A static Jinja page of the same size."""
    client, section, _ = visit
    path = f"/page?size={len(client.get(section).encode())}"
    _measure(benchmark, "show a section page over HTTP", "floor", lambda: bare.get(path))


def _measure(benchmark: Any, group: str, side: str, deed: Any) -> None:
    benchmark.group, benchmark.extra_info["side"] = group, side
    benchmark.pedantic(deed, rounds=ROUNDS, warmup_rounds=20)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found, "the page has a form"
    return found.group(1)
