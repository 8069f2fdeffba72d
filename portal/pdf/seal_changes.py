"""Giving an installation another seal, and revoking one. What was sealed before keeps its proof.

Both need the private key of the seal root, which may lie elsewhere on all other days.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from portal.pdf.certificates import (
    SEAL_CERTIFICATE,
    SEAL_CRL,
    SEAL_KEY,
    SEAL_ROOT,
    SEAL_ROOT_KEY,
    CertificateError,
    KeyPair,
    SealKeyError,
    create_seal,
    decrypted,
    encrypted,
    issue_crl,
    issue_seal,
    load_trust,
    write_new,
)
from portal.pdf.seal_check import PROBE
from portal.pdf.seal_keys import DistantSeal, Vault, load_certificate


def renew_seal(
    folder: Path, organisation: str, passphrase: bytes, vault: Vault | None, now: datetime
) -> x509.Certificate:
    """Put another seal in place of the one in the folder; return its certificate.

    The old one is kept beside it, under its serial number. With a vault the new certificate is for the key in there,
    which must show that it can sign; otherwise a new key is made.

    Raises:
        CertificateError: the seal root's key is not in the folder, or cannot be opened.
        SealKeyError: the key in the vault cannot be used.
    """
    root, old = _root(folder, passphrase), load_certificate(folder)
    if vault:
        certificate = issue_seal(root, organisation, _public_key(vault), now)
        asyncio.run(DistantSeal(certificate, vault).sign(PROBE))
        contents = {}
    else:
        pair = create_seal(root, organisation, now)
        certificate = pair.certificate
        contents = {SEAL_KEY: encrypted(pair, "seal", (root.certificate,), passphrase)}
    contents[SEAL_CERTIFICATE] = certificate.public_bytes(Encoding.PEM)
    for name, content in contents.items():
        _keep(folder / name, name.replace("seal", f"seal-{old.serial_number:x}"))
        _replace(folder / name, content)
    return certificate


def revoke_seal(folder: Path, passphrase: bytes, since: datetime, now: datetime) -> x509.Certificate:
    """Put the seal on the list of what the seal root has revoked; return its certificate.

    Raises:
        CertificateError: it is there already, or the seal root's key is not in the folder or cannot be opened.
    """
    root, certificate = _root(folder, passphrase), load_certificate(folder)
    before = load_trust(folder).seal_crl
    entries = list(before or ())
    if any(each.serial_number == certificate.serial_number for each in entries):
        raise CertificateError("the seal is revoked already")
    builder = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(since)
    # With the root's key on this machine, lists for documents are made anew from this one, with nearer dates.
    crl = issue_crl(root, now, [*entries, builder.build()], root.certificate.not_valid_after_utc)
    _replace(folder / SEAL_CRL, crl)
    return certificate


def _root(folder: Path, passphrase: bytes) -> KeyPair:
    if not (folder / SEAL_ROOT_KEY).is_file():
        raise CertificateError(f"{folder / SEAL_ROOT_KEY} is not there: bring it back for this, and take it away again")
    return decrypted(folder / SEAL_ROOT_KEY, passphrase)


def _public_key(vault: Vault) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    try:
        key = load_der_public_key(asyncio.run(vault.public_key()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SealKeyError(f"the public key of the seal cannot be read: {error}") from error
    if not isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        raise SealKeyError("the seal's key is neither of an elliptic curve nor of RSA")
    return key


def _keep(path: Path, name: str) -> None:
    """Let a file that is replaced stay under a name of its own."""
    kept = path.with_name(name)
    if path.exists() and not kept.exists():
        kept.hardlink_to(path)


def _replace(path: Path, content: bytes) -> None:
    """Write a file in place of another, whole at every moment. What is public stays readable to whom it was."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    write_new(unfinished, content)
    if path.name != SEAL_KEY:
        unfinished.chmod(path.with_name(SEAL_ROOT).stat().st_mode)
    unfinished.replace(path)
