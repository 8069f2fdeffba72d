"""Roots that the administrator trusts for suppliers' own signatures: files in the folder of keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

TRUSTED: Final = "trusted"
"""Holds certificates, one or several a file, in PEM or DER."""
TRUSTED_LISTS: Final = "trusted-lists"
"""Holds what was taken out of EU trusted lists, in PEM, one file a list."""
_LONGEST_NAME: Final = 300
_ENDINGS: Final = {".pem", ".crt", ".cer", ".der"}


@dataclass(frozen=True, slots=True)
class TrustedRoot:
    """A certificate that a signer's chain may end at."""

    certificate: x509.Certificate
    source: str
    """The file that it comes from, within the folder of keys."""

    @property
    def name(self) -> str:
        """Return its subject in words."""
        return in_words(str(part.value) for part in self.certificate.subject)

    @property
    def sha256(self) -> str:
        """Return its fingerprint."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def pem(self) -> bytes:
        """Return it as a file."""
        return self.certificate.public_bytes(Encoding.PEM)


def in_words(parts: Iterable[str]) -> str:
    """Return the parts of a certificate's name for readers, the most telling first; whoever asked for it wrote them."""
    said = ", ".join(reversed([part for part in parts if part]))
    return "".join(sign for sign in said if sign.isprintable())[:_LONGEST_NAME]


def load(folder: Path) -> tuple[TrustedRoot, ...]:
    """Return the roots in a folder of keys, each once; raise `OSError` or `ValueError` naming the file."""
    paths = [path for path in sorted((folder / TRUSTED).glob("*")) if path.suffix.lower() in _ENDINGS]
    paths += sorted((folder / TRUSTED_LISTS).glob("*.pem"))
    found = [TrustedRoot(each, str(path.relative_to(folder))) for path in paths for each in read(path)]
    return tuple({root.certificate: root for root in reversed(found)}.values())[::-1]


def read(path: Path) -> list[x509.Certificate]:
    """Return the certificates in a file; raise `OSError` or `ValueError`."""
    content = path.read_bytes()
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
