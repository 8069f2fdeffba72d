"""The evidence file: checked with the tools that an auditor has, without the portal."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, LedgerEvent
from portal.pdf.seal_changes import revoke_seal
from portal.services import attachments, evidence
from portal.services.attachments import Upload
from portal.services.evidence import EvidenceMissing, Sources
from questionnaires.catalogue import DEFINITIONS
from tests.factories import Make
from tests.portal.signing_acts import Act

OWN_CODE = {"CC-01": True, "CC-02": "own", "CC-04": ["none"], "CC-06": "Åse Bjørnæs, purchasing", "CC-07": "yes"}
CODE = b"""%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [] /Count 0 >>
endobj
trailer
<< /Root 1 0 R >>
%%EOF
"""


@pytest.fixture
def sources(installation: Installation) -> Sources:
    return Sources(
        store=installation.store,
        catalogue=installation.catalogue,
        keys_dir=installation.settings.keys_dir,
        trust=installation.trust,
        organisation="Testfirma AS",
    )


@pytest.fixture
def declaration(installation: Installation, session: Session, make: Make, now: datetime) -> Declaration:
    """A declaration that was really signed and sealed."""
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    assert act.seal(accepted, now)
    return session.get_one(Declaration, accepted.id)


@pytest.fixture
def folder(session: Session, declaration: Declaration, sources: Sources, now: datetime, tmp_path: Path) -> Path:
    """The evidence, unpacked."""
    built = evidence.build(session, declaration, sources, now)
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(io.BytesIO(built.content)).extractall(unpacked)
    return unpacked


def check_sums(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sha256sum", "--strict", "-c", "MANIFEST.sha256"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_manifest_holds_for_every_file(folder: Path) -> None:
    checked = check_sums(folder)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert {line.partition(": ")[0] for line in checked.stdout.splitlines()} == files - {"MANIFEST.sha256"}


def test_a_changed_byte_in_any_file_is_found(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "MANIFEST.sha256":
            content = path.read_bytes()
            path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
            assert check_sums(folder).returncode == 1, path
            path.write_bytes(content)


def test_every_record_gives_its_leaf(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_bytes().splitlines()
    leaves = [line.split() for line in (folder / "events.leaves").read_text().splitlines()]
    assert [hashlib.sha256(b"\0" + line).hexdigest() for line in lines] == [leaf for _, leaf in leaves]
    assert [str(json.loads(line)["seq"]) for line in lines] == [seq for seq, _ in leaves]


def test_the_command_of_the_readme_prints_the_leaves(folder: Path) -> None:
    readme = (folder / "README.txt").read_text("utf-8")
    command = next(line.strip() for line in readme.splitlines() if line.strip().startswith("python3 -c"))
    printed = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True).stdout
    leaves = [line.split()[1] for line in (folder / "events.leaves").read_text().splitlines()]
    assert printed.split() == leaves


def test_the_ledger_names_the_signed_file_and_the_answers(folder: Path) -> None:
    records = [json.loads(line) for line in (folder / "events.jsonl").read_bytes().splitlines()]
    (signed,) = [record["data"] for record in records if record["type"] == "declaration:signed"]
    assert signed["pdf_sha256"] == hashlib.sha256((folder / "signed.pdf").read_bytes()).hexdigest()
    assert signed["answers_sha256"] == hashlib.sha256((folder / "answers.json").read_bytes()).hexdigest()
    assert {"signing:accepted", "preview:made"} <= {record["type"] for record in records}


def test_the_report_says_proven_in_both_languages(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["verdict"] == "proven"
    assert report["in_ledger"] is True
    assert set(report["sentences"]) == {"en", "nb"}


def test_the_readme_explains_in_both_languages_what_to_do(folder: Path, declaration: Declaration) -> None:
    readme = (folder / "README.txt").read_text("utf-8")
    assert readme.count("sha256sum -c MANIFEST.sha256") == 2
    assert "Slik kontrollerer du det" in readme
    assert readme.count(declaration.pdf_sha256 or "-") == 2
    assert readme.count("python3 verify.py") == 8
    assert "$" not in readme.replace("sed '/^$/,$d'", "")


def test_the_definition_and_the_certificates_are_there(folder: Path) -> None:
    shipped = DEFINITIONS / "code-of-conduct" / "2026-1"
    packed = folder / "definition" / "code-of-conduct" / "2026-1"
    assert {path.name: path.read_bytes() for path in packed.iterdir()} == {
        path.name: path.read_bytes() for path in shipped.iterdir()
    }
    for name in ("seal-root.pem", "oneshot-root.pem"):
        assert (folder / "certificates" / name).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in folder.rglob("*.pem"))


def test_a_revoked_seal_is_named(
    session: Session, declaration: Declaration, sources: Sources, installation: Installation, now: datetime
) -> None:
    keys_dir, name = installation.settings.keys_dir, "certificates/seal-root.crl"
    assert (
        name not in zipfile.ZipFile(io.BytesIO(evidence.build(session, declaration, sources, now).content)).namelist()
    )
    revoke_seal(keys_dir, installation.settings.seal_passphrase, now, now)
    built = evidence.build(session, declaration, replace(sources, trust=installation.trust), now)
    assert zipfile.ZipFile(io.BytesIO(built.content)).read(name) == (keys_dir / "seal-root.crl").read_bytes()


def test_the_same_facts_give_the_same_bytes(
    session: Session, declaration: Declaration, sources: Sources, now: datetime
) -> None:
    first, second = (evidence.build(session, declaration, sources, now) for _ in range(2))
    assert first.content == second.content
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()


def test_no_name_nor_address_is_in_the_records(folder: Path, session: Session) -> None:
    records = (folder / "events.jsonl").read_bytes()
    for word in (b"Kari", b"192.0.2.7", b"supplier.example"):
        assert word not in records
    assert session.query(LedgerEvent).count() >= len(records.splitlines())


def test_a_damaged_file_gives_no_evidence(
    session: Session, declaration: Declaration, sources: Sources, installation: Installation, now: datetime
) -> None:
    sha256 = declaration.pdf_sha256 or ""
    (installation.settings.files_dir / sha256[:2] / sha256).write_bytes(b"%PDF-1.7 something else")
    with pytest.raises(EvidenceMissing):
        evidence.build(session, declaration, sources, now)


@pytest.fixture
def with_file(installation: Installation, session: Session, make: Make, now: datetime) -> Declaration:
    """A declaration of those who follow a code of their own, with that code attached."""
    act = Act(installation, session, make)
    request = make.request(make.campaign(keys=("code-of-conduct",)))
    (assessment,) = request.assessments
    make.answers(assessment, OWN_CODE)
    questionnaire = installation.catalogue.find("code-of-conduct", "2026-1")
    question = next(each for each in questionnaire.questions if each.type.name == "file")
    upload = Upload("Vår kode/../=1.pdf", CODE)
    attachments.attach(session, installation.store, assessment, question.file_slots[0], upload, None, now)
    session.commit()
    (accepted,) = act.accepted(make.invitation(request), now)
    assert act.seal(accepted, now)
    return session.get_one(Declaration, accepted.id)


def test_attachments_go_along_under_their_hash(
    session: Session, with_file: Declaration, sources: Sources, now: datetime
) -> None:
    built = evidence.build(session, with_file, sources, now)
    with zipfile.ZipFile(io.BytesIO(built.content)) as packed:
        (name,) = [name for name in packed.namelist() if name.startswith("attachments/")]
        assert hashlib.sha256(packed.read(name)).hexdigest() == name.split("/")[1][:64]
        assert "MISSING.txt" not in packed.namelist()


def test_a_lost_attachment_is_named_and_the_rest_stays_evidence(
    session: Session, with_file: Declaration, sources: Sources, installation: Installation, now: datetime
) -> None:
    (file,) = evidence.attached_files(with_file, installation.catalogue.find("code-of-conduct", "2026-1"))
    sha256 = file["sha256"]
    (installation.settings.files_dir / sha256[:2] / sha256).unlink()
    built = evidence.build(session, with_file, sources, now)
    with zipfile.ZipFile(io.BytesIO(built.content)) as packed:
        assert packed.read("MISSING.txt").decode().startswith(sha256)
        assert "signed.pdf" in packed.namelist()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("CMRT 2026.xlsx", "CMRT_2026.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\a.pdf", "a.pdf"),
        ("名前.pdf", "pdf"),
        ("-rf", "rf"),
        ("...", "file"),
        ("a\nb.pdf", "a_b.pdf"),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_names_that_every_system_can_unpack(name: str, safe: str) -> None:
    assert evidence.safe_name(name) == safe
