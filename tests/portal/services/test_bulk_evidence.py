"""The evidence of many declarations: written while it is sent, and checked by an outsider."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, LedgerEvent
from portal.services import archive, bulk_evidence, evidence
from portal.services.actors import PORTAL
from portal.services.evidence import Sources
from tests.factories import Make
from tests.portal.services.test_bundle import VERIFY, Files, Portal, verify, without_report
from tests.portal.signing_acts import Act

__all__ = ["without_report"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def portal(installation: Installation, session: Session, make: Make, now: datetime) -> Portal:
    """A portal with two signed declarations."""
    made = Portal(installation, session, make, now)
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    assert act.seal(accepted, now)
    made.kept = made.sign()
    return made


def streamed(portal: Portal, *, whole: bool = True) -> Iterator[bytes]:
    """Begin the download as the web does."""
    parts = portal.installation
    sources = Sources(parts.store, parts.catalogue, parts.settings.keys_dir, parts.trust, "Testfirma AS")
    index = bulk_evidence.prepare(portal.session, archive.query(archive.Wanted()), sources, portal.now)
    bulk_evidence.note_download(portal.session, index, whole=whole, by=PORTAL, now=portal.now)
    portal.session.commit()
    return bulk_evidence.stream(index, parts.new_session, sources, portal.now, whole=whole)


def unpacked(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def states(files: Files, *against: str) -> dict[str, str]:
    """Return how each step comes out, by its title."""
    kept = {str(number): note.encode() for number, note in enumerate(against)}
    return {title: each.state for title, each in verify.check_index(verify.Bundle(files), kept)}


def listed_anew(files: Files) -> Files:
    """Return the files with a list of hashes that fits, as any forger would make it."""
    names = [name for name in files if name != "INDEX.sha256"]
    sums = "".join(f"{verify.sha256(files[name]).hex()}  {name}\n" for name in names)
    return {**files, "INDEX.sha256": sums.encode()}


def test_an_outsider_checks_the_whole_with_nothing_but_python(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"".join(streamed(portal)))
    zipfile.ZipFile(tmp_path / "all.zip").extractall(tmp_path / "unpacked")
    summed = subprocess.run(
        ["sha256sum", "--strict", "-c", "INDEX.sha256"], cwd=tmp_path / "unpacked", capture_output=True, check=False
    )
    assert summed.returncode == 0, summed.stdout
    (tmp_path / "kept.txt").write_text(portal.kept, "utf-8")
    command: list[str | Path] = [sys.executable, "-I", VERIFY, tmp_path / "all.zip", "--json"]
    ended = subprocess.run([*command, "--against", tmp_path / "kept.txt"], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = {step["step"]: step for step in json.loads(ended.stdout)["steps"]}
    references = [each.reference for each in portal.session.query(Declaration)]
    assert {title for title, step in found.items() if step["state"] != "OK"} == {"Time stamp", *references}
    assert "Time stamp" in found[references[0]]["reason"]


def test_the_index_alone_is_proven_by_the_checkpoint_in_it(portal: Portal) -> None:
    files = unpacked(b"".join(streamed(portal, whole=False)))
    assert not any(name.startswith("evidence-") for name in files)
    found = states(files, portal.kept)
    assert (found["Index"], found["Proofs"], found["Checkpoint"], found["--against 0"]) == ("OK",) * 4
    assert [found[each.reference] for each in portal.session.query(Declaration)] == ["NOT CHECKED"] * 2
    newest = portal.session.query(LedgerEvent).order_by(LedgerEvent.seq.desc()).limit(2)
    logged = [json.loads(event.record)["data"] for event in newest]
    assert {each["index_sha256"] for each in logged} == {verify.sha256(files["INDEX.txt"]).hex()}
    assert {each["pdf_sha256"].encode() for each in logged} <= set(files["INDEX.txt"].split())
    for readme in (files["README.txt"].decode(),):
        assert readme.count(logged[0]["index_sha256"]) == 2
        assert "$" not in readme


def forgeries(files: Files) -> dict[str, tuple[Files, str]]:
    """Return what a forger could do, by name, and the step that must find it."""
    zips = sorted(name for name in files if name.startswith("evidence-"))
    first, second = (name.removeprefix("evidence-").removesuffix(".zip") for name in zips)
    lines = files["INDEX.txt"].splitlines(keepends=True)
    swapped = dict(zip(zips, (files[name] for name in reversed(zips)), strict=True))
    return {
        "left out": ({**files, "INDEX.txt": b"".join(lines[:-1])}, "Index"),
        "twice": ({**files, "INDEX.txt": b"".join([*lines, lines[-1]])}, "Index"),
        "hash": ({**files, "INDEX.txt": files["INDEX.txt"].replace(b"\t2026-", b"\t2025-", 1)}, "Index"),
        "record": ({**files, "events.jsonl": files["events.jsonl"].replace(b"B-B", b"B-T", 1)}, "Records"),
        "swapped": ({**files, **swapped}, first),
        "gone": ({name: each for name, each in files.items() if name != zips[1]}, second),
        "no zip": ({**files, zips[0]: b"PK nothing"}, first),
    }


def state_of(files: Files, title: str) -> str:
    """Return how one step comes out, or one declaration."""
    bundle, steps = verify.Bundle(files), dict(verify.INDEX_STEPS)
    if title in steps:
        return str(verify.take(lambda: steps[title](bundle)).state)
    (row,) = [each for each in verify.table(bundle) if each["reference"] == title]
    return str(verify.take(lambda: verify.one_of_many(bundle, row)).state)


def test_what_a_forger_changes_is_found(portal: Portal) -> None:
    files = unpacked(b"".join(streamed(portal)))
    for name, (forged, step) in forgeries(files).items():
        assert state_of(listed_anew(forged), step) == "FAILED", name
        assert state_of(listed_anew(files), "Manifest") == "OK", name
        assert state_of(forged, "Manifest") == "FAILED", name
    assert state_of({"INDEX.txt": b"\x1b\n\t"}, "Index") == "FAILED"


def test_the_first_bytes_come_before_any_evidence_is_made(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    made, build = [], evidence.build

    def noted(*given: Any) -> evidence.Evidence:
        made.append(given)
        return build(*given)

    monkeypatch.setattr(evidence, "build", noted)
    stream = streamed(portal)
    assert next(stream).startswith(b"PK")
    assert made == []
    assert len(list(stream)) > len(made) == 2


def test_a_declaration_whose_file_is_gone_is_named_and_the_rest_comes(portal: Portal) -> None:
    lost = portal.session.get_one(Declaration, portal.declaration_id)
    sha256 = lost.pdf_sha256 or ""
    (portal.installation.settings.files_dir / sha256[:2] / sha256).unlink()
    files = unpacked(b"".join(streamed(portal)))
    assert files["MISSING.txt"].decode() == f"{lost.reference}\n"
    found = states(files)
    assert found[lost.reference] == "NOT CHECKED"
    assert "FAILED" not in found.values()
