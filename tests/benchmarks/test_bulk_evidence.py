"""The evidence of 1,000 declarations over HTTP: memory of the server, first byte, and the whole beside a bare ZIP.

The declarations share the bytes of one that was really signed, each with a line of its own at the end, and each has
as many records in the ledger as a real one.
"""

from __future__ import annotations

import http.client
import re
import shutil
import time
import urllib.parse
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.clock import clock
from portal.config import read_settings
from portal.installation import Installation
from portal.models import Declaration, Deed, Level, Preview, Signing
from portal.services import ledger
from portal.services.actors import PORTAL
from tests.factories import Make
from tests.journeys.site import Site, running_site
from tests.portal.signing_acts import Act

DECLARATIONS = 1000
RECORDS_EACH = 10
WHOLE = f"evidence of {DECLARATIONS} declarations over HTTP"
EMAIL, PASSWORD = "auditor@testfirma.example", "a long word that nobody guesses 41"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Taken:
    """What one download was like."""

    first: float = 0
    """Seconds to the first byte."""
    before: int = 0
    """Bytes that the web's process had in memory when it had shown the archive."""
    peak: int = 0
    """Bytes that it had at most."""


def fill(installation: Installation) -> None:
    """Make one real declaration, and 999 like it."""
    now = clock().replace(microsecond=0)
    with installation.new_session() as session:
        act = Act(installation, session, Make(session, now))
        invitation = act.ready()
        (accepted,) = act.accepted(invitation, now)
        assert act.seal(accepted, now)
        model = session.get_one(Declaration, accepted.id)
        pdf, signing = installation.store.get(model.pdf_sha256 or ""), model.preview.signing
        for number in range(1, DECLARATIONS):
            session.add(_copy(installation, model, signing, pdf, number))
        session.commit()
        facts = {
            ledger.subject_of("declaration", each.id): {"pdf_sha256": each.pdf_sha256, "reference": each.reference}
            for each in session.query(Declaration).filter(Declaration.id != model.id)
        }
        for deed in [Deed.DECLARATION_SIGNED, *[Deed.EVIDENCE_DOWNLOADED] * (RECORDS_EACH - 1)]:
            ledger.record_all(session, deed, facts, by=PORTAL, now=now)
        session.commit()


def _copy(installation: Installation, model: Declaration, signing: Signing, pdf: bytes, number: int) -> Declaration:
    sha256 = installation.store.put(pdf + b"%%%d\n" % number)
    preview = Preview(
        signing=signing, assessment=model.assessment, position=number, reference=f"2026-{number:08d}",
        assessment_version=1, answers_sha256=model.preview.answers_sha256, pdf_sha256=model.preview.pdf_sha256,
        created_at=model.accepted_at,
    )  # fmt: skip
    return Declaration(
        assessment=model.assessment, preview=preview, reference=preview.reference, answers=model.answers,
        facts=model.facts, accepted_at=model.accepted_at, signed_at=model.signed_at, pdf_sha256=sha256, level=Level.B_B,
    )  # fmt: skip


def take_all(site: Site, file: Path) -> Taken:
    """Sign in as an auditor and download the evidence of all."""
    taken, connection = Taken(), http.client.HTTPConnection(site.address.removeprefix("http://"))
    cookies: dict[str, str] = {}

    def ask(method: str, path: str, **fields: str) -> http.client.HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        connection.request(method, path, urllib.parse.urlencode(fields), headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value
        return answer

    def token(path: str) -> str:
        found = TOKEN.search(ask("GET", path).read().decode())
        assert found
        return found[1]

    ask("POST", "/sign-in", csrf_token=token("/sign-in"), email=EMAIL, password=PASSWORD).read()
    fields = {"csrf_token": token("/archive"), "which": "all", "what": "evidence"}
    _memory(site)
    taken.before, began = _memory(site), time.perf_counter()
    answer = ask("POST", "/archive/evidence.zip", **fields)
    assert answer.status == 200, answer.status
    with file.open("wb") as out:
        out.write(answer.read(1))
        taken.first = time.perf_counter() - began
        shutil.copyfileobj(answer, out)
    taken.peak = _memory(site)
    connection.close()
    return taken


def _memory(site: Site) -> int:
    """Return the most memory that a process of this site's web has had since this was asked last (Linux).

    Hashing the password at the sign-in takes more than all that follows.
    """
    port, found = site.address.rpartition(":")[2], []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"DATA_DIR={site.data_dir}".encode() not in (folder / "environ").read_bytes():
                continue
            parent = re.search(r"PPid:\s+(\d+)", (folder / "status").read_text())
            commands = [folder / "cmdline", Path("/proc", parent[1] if parent else "0", "cmdline")]
            if any(port.encode() in each.read_bytes() for each in commands if each.exists()):
                peak = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
                found.append(int(peak[1]) * 1024 if peak else 0)
                (folder / "clear_refs").write_text("5")  # the peak begins anew
        except OSError:
            continue
    return max(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A portal with its declarations and a checkpoint over them."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        settings = {name: value for name, value in running.environment.items() if name.startswith("PORTAL_")}
        installation = Installation(read_settings(settings))
        fill(installation)
        installation.engine.dispose()
        running.add_user(EMAIL, "auditor", PASSWORD)
        running.portal("ledger", "checkpoint")
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the download goes, for the floor to read."""
    return tmp_path_factory.mktemp("taken") / "evidence.zip"


@pytest.mark.timeout(1800)
def test_taking_all(benchmark: Any, site: Site, file: Path) -> None:
    """From the press of the button to the last byte, through the server; every member is there."""
    benchmark.group, benchmark.extra_info["side"] = WHOLE, "ours"
    taken = benchmark.pedantic(take_all, args=(site, file), rounds=1)
    benchmark.extra_info["first byte, s"] = round(taken.first, 2)
    benchmark.extra_info["server before, MB"] = taken.before // 1_000_000
    benchmark.extra_info["server at its peak, MB"] = taken.peak // 1_000_000
    with zipfile.ZipFile(file) as packed:
        assert sum(name.startswith("evidence-") for name in packed.namelist()) == DECLARATIONS


def test_a_bare_zip_of_the_same_bytes(benchmark: Any, file: Path) -> None:
    """The same members, written by the standard library to a file."""

    def write() -> None:
        with zipfile.ZipFile(file) as packed, zipfile.ZipFile(file.with_suffix(".bare"), "w") as bare:
            for name in packed.namelist():
                bare.writestr(name, packed.read(name))

    benchmark.group, benchmark.extra_info["side"] = WHOLE, "floor"
    benchmark.pedantic(write, rounds=1)
