from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from portal.clock import clock
from portal.config import read_settings
from portal.pdf.certificates import load_keys
from portal.pdf.document import Renderer
from portal.pdf.signing import Signatory, Signer
from tests.portal.cli.conftest import Run
from tests.portal.pdf.facts import ENGLISH


@pytest.fixture
def declaration(installed: Path, tmp_path: Path) -> Path:
    """A declaration, signed with this installation's keys, but not in its ledger."""
    settings = read_settings(os.environ)
    signer = Signer(load_keys(settings.keys_dir, settings.seal_passphrase), None)
    signatory = Signatory("Kari Prøve", "Director", "kari@supplier.example", "Prøve AS")
    signed = signer.sign(Renderer().render(ENGLISH), signatory, ENGLISH.reference, clock())
    path = tmp_path / "declaration.pdf"
    path.write_bytes(signed.pdf)
    return path


@pytest.fixture
def certificates(installed: Path, tmp_path: Path) -> Path:
    """A folder with the public certificates alone, as an auditor has them."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    for path in (installed / "keys").glob("*.pem"):
        shutil.copy(path, folder)
    return folder


def test_a_declaration_is_proven_by_the_certificates_alone(
    run: Run, declaration: Path, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", "/nowhere")
    result = run("verify", str(declaration), "--trust", str(certificates))
    assert result.exit_code == 0, result.output
    assert "Proven" in result.stdout
    assert "Kari Prøve" in result.stdout
    assert "The portal's ledger was not checked." in result.stdout


def test_where_there_is_a_ledger_it_is_asked(run: Run, declaration: Path) -> None:
    result = run("verify", str(declaration))
    assert result.exit_code == 1
    assert "Not proven" in result.stdout


def test_one_byte_more_is_not_proven_and_the_reason_is_given(run: Run, declaration: Path, certificates: Path) -> None:
    declaration.write_bytes(declaration.read_bytes() + b"\n")
    result = run("verify", str(declaration), "--trust", str(certificates), "--json")
    assert result.exit_code == 1
    (answer,) = json.loads(result.stdout)
    assert answer["verdict"] == "not_proven"
    assert [problem["code"] for problem in answer["problems"]] == ["bytes_appended"]
    assert answer["sha256"] == hashlib.sha256(declaration.read_bytes()).hexdigest()


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_what_is_no_pdf_or_cannot_be_read_is_neither(
    run: Run, installed: Path, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "file.pdf"
    if content is not None:
        path.write_bytes(content)
    result = run("verify", str(path))
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_garbage_behind_a_pdf_header_is_not_proven(run: Run, installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(500))
    assert run("verify", str(path)).exit_code == 1


def test_of_several_files_the_worst_decides(run: Run, declaration: Path, certificates: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"no pdf")
    result = run("verify", str(declaration), str(other), "--trust", str(certificates), "--language", "nb")
    assert result.exit_code == 2
    assert "Bevist" in result.stdout
    assert "ikke en PDF-fil" in result.stdout


def test_without_installation_and_certificates_there_is_nothing_to_go_by(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    result = run("verify", str(tmp_path / "a.pdf"))
    assert result.exit_code == 2
    assert "--trust" in result.stderr
