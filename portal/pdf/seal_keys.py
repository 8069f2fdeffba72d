"""Where the seal's private key lies, and how it is reached: a table with one row per kind.

Without a choice it is the encrypted PKCS#12 file of the installation, which `certificates` opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from portal.pdf.certificates import SEAL_CERTIFICATE, CertificateError, Seal, SealKeyError
from portal.pdf.remote_key import RemoteKey
from portal.pdf.token_key import TokenKey

Secret = Callable[[str], str]
"""Gives a secret by its name (`pin`, `token`) at the moment when it is needed; empty where there is none."""


class Vault(Protocol):
    """A place that holds one private key and signs with it."""

    async def sign(self, data: bytes) -> bytes:
        """See `Seal.sign`; that the key is that of the certificate is not its business."""

    async def public_key(self) -> bytes:
        """Return the public key, DER; raise `SealKeyError`."""


KINDS: Final[Mapping[str, Callable[[str, Secret], Vault]]] = {"pkcs11": TokenKey, "csc": RemoteKey}
"""By the scheme of the setting: a token (PKCS#11), a service (Cloud Signature Consortium)."""


@dataclass(frozen=True, slots=True)
class DistantSeal:
    """A seal whose key lies in a vault."""

    certificate: x509.Certificate
    vault: Vault

    async def sign(self, data: bytes) -> bytes:
        """Return the vault's signature; one that the certificate does not confirm is refused."""
        signature = await self.vault.sign(data)
        try:
            _confirm(self.certificate, signature, data)
        except InvalidSignature as error:
            raise SealKeyError(f"the key that signed is not that of {SEAL_CERTIFICATE}") from error
        return signature


def open_vault(place: str, secret: Secret) -> Vault:
    """Return the vault that the setting names, without asking it for anything; raise `SealKeyError`."""
    kind = KINDS.get(place.partition(":")[0])
    if kind is None:
        raise SealKeyError(f"the seal's key is in no place of a known kind: {', '.join(KINDS)}")
    return kind(place, secret)


def open_seal(place: str | None, folder: Path, secret: Secret) -> Seal | None:
    """Return the seal whose key lies in a vault; None where it is the file in the folder of keys.

    Raises:
        SealKeyError: the place makes no sense.
        CertificateError: the certificate cannot be read.
    """
    return DistantSeal(load_certificate(folder), open_vault(place, secret)) if place else None


def load_certificate(folder: Path) -> x509.Certificate:
    """Return the certificate that seals today; raise `CertificateError`."""
    try:
        return x509.load_pem_x509_certificate((folder / SEAL_CERTIFICATE).read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateError(f"{folder / SEAL_CERTIFICATE} cannot be read: {error}") from error


def _confirm(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise SealKeyError(f"{SEAL_CERTIFICATE} has neither an elliptic curve key nor one of RSA")
