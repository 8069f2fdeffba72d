"""`portal keys`: another seal, a seal revoked, and the trace that both leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from tests.portal.cli.conftest import Run
from tests.portal.pdf import vaults


def seal_of(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "keys" / "seal.pem").read_bytes())


def test_a_seal_is_checked_changed_and_revoked(run: Run, installed: Path) -> None:
    old = seal_of(installed)
    assert run("keys", "check").stdout == "The seal can seal.\n"

    assert run("keys", "revoke-seal", typed="n\n").exit_code == 1
    assert run("keys", "check").exit_code == 0
    assert run("keys", "revoke-seal", "--yes", "--since", "2999-01-01").exit_code == 2
    assert run("keys", "revoke-seal", "--yes").stdout.startswith("Revoked since 20")
    checked = run("keys", "check")
    assert (checked.exit_code, checked.stderr) == (1, "revoked: the seal's certificate is revoked\n")

    assert "The new seal is valid until" in run("keys", "new-seal").stdout
    assert run("keys", "check").exit_code == 0
    assert seal_of(installed).public_key() != old.public_key()
    assert run("ledger", "verify").stdout.startswith("The ledger holds: 3 rows")


def test_a_token_makes_its_key_itself(
    run: Run, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = seal_of(installed)
    with vaults.token(tmp_path) as place:
        monkeypatch.setenv("PORTAL_SEAL_KEY", place.replace("object=seal", "object=seal-2026"))
        monkeypatch.setenv("PORTAL_SEAL_PIN", vaults.PIN)
        assert "The token has made a new key." in run("keys", "new-seal").stdout
        (installed / "keys" / "seal.p12").unlink()
        assert run("keys", "check").stdout == "The seal can seal.\n"
        assert seal_of(installed).public_key() != old.public_key()
        monkeypatch.setenv("PORTAL_SEAL_PIN", "314159")
        assert "refuses the PIN" in run("keys", "check").stderr
        monkeypatch.setenv("PORTAL_SEAL_KEY", "file:x")
        assert "PORTAL_SEAL_KEY must begin with" in run("keys", "check").stderr


def test_without_the_roots_key_nothing_changes(run: Run, installed: Path) -> None:
    old = seal_of(installed)
    (installed / "keys" / "seal-root.p12").unlink()
    for command in (["new-seal"], ["revoke-seal", "--yes"]):
        result = run("keys", *command)
        assert (result.exit_code, "bring it back" in result.stderr) == (1, True)
    assert seal_of(installed) == old
    assert run("ledger", "verify").stdout.startswith("The ledger holds: 1 row")
