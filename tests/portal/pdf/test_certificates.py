from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from portal.pdf.certificates import (
    CertificateError,
    SigningKeys,
    create_installation_keys,
    issue_one_shot,
    load_keys,
    load_trust,
)
from tests.portal.pdf.conftest import PASSPHRASE
from tests.portal.pdf.facts import NOW


def test_the_files_are_private_and_the_keys_encrypted(keys_folder: Path) -> None:
    names = {"seal-root.p12", "seal.p12", "oneshot.p12", "seal-root.pem", "oneshot-root.pem", "seal.pem"}
    files = {path.name: path for path in keys_folder.iterdir() if path.is_file()}

    assert files.keys() == names
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert not [name for name, path in files.items() if b"PRIVATE KEY" in path.read_bytes()]


def test_nothing_is_overwritten(keys_folder: Path) -> None:
    before = {path: path.read_bytes() for path in keys_folder.iterdir() if path.is_file()}

    with pytest.raises(CertificateError, match="already has"):
        create_installation_keys(keys_folder, "Another AS", PASSPHRASE, NOW)

    assert before == {path: path.read_bytes() for path in before}


def test_a_wrong_passphrase_is_refused(keys_folder: Path) -> None:
    with pytest.raises(CertificateError, match="cannot be opened"):
        load_keys(keys_folder, b"wrong")


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="empty"):
        create_installation_keys(tmp_path, "Fjord Kraft AS", b"", NOW)


def test_missing_certificates_are_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=str(tmp_path)):
        load_trust(tmp_path)


def test_the_roots_live_longer_than_the_seal_and_do_not_know_each_other(signing_keys: SigningKeys) -> None:
    seal, roots = signing_keys.seal.certificate, (signing_keys.seal_root, signing_keys.one_shot_root.certificate)

    assert all(root.not_valid_after_utc > NOW + timedelta(days=365 * 30) for root in roots)
    assert seal.not_valid_after_utc < NOW + timedelta(days=366 * 10)
    assert [root.issuer == root.subject for root in roots] == [True, True]
    seal.verify_directly_issued_by(signing_keys.seal_root)
    with pytest.raises(ValueError, match="issuer"):
        seal.verify_directly_issued_by(signing_keys.one_shot_root.certificate)


@pytest.mark.parametrize("email", ["ase@stoperi.example", "åse@støperi.example", "ase@støperi.example"])
def test_a_one_shot_certificate_names_the_signatory(signing_keys: SigningKeys, email: str) -> None:
    subject = (
        (NameOID.COMMON_NAME, "王" * 70),
        (NameOID.TITLE, ""),
        (NameOID.ORGANIZATION_NAME, "深" * 70),
        (NameOID.SERIAL_NUMBER, "DEC\n1"),
    )

    certificate = issue_one_shot(signing_keys.one_shot_root, subject, email, NOW).certificate

    names = {each.oid: each.value for each in certificate.subject}
    assert names == {
        NameOID.COMMON_NAME: "王" * 21,
        NameOID.ORGANIZATION_NAME: "深" * 64,
        NameOID.SERIAL_NUMBER: "DEC1",
    }
    assert certificate.not_valid_after_utc - NOW == timedelta(hours=48)
    assert certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    certificate.verify_directly_issued_by(signing_keys.one_shot_root.certificate)
