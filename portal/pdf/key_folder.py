"""What the folder of keys holds, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from portal.pdf.certificates import ONE_SHOT_ROOT, SEAL_CERTIFICATE, SEAL_ROOT, TSA_ROOTS, CertificateError


def keys_state(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return what changes whenever a file in the folder of keys does."""
    files = [path for pattern in ("*", f"{TSA_ROOTS}/*") for path in folder.glob(pattern)]
    stats = [(str(path), path.stat()) for path in files]
    return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate or a list of revoked ones, and when it ends."""

    name: str
    """The file in the folder of keys."""
    at: datetime


def endings(folder: Path) -> list[Ending]:
    """Return when the public certificates and lists in the folder of keys end; raise `CertificateError`."""
    found = []
    own = [folder / name for name in (SEAL_CERTIFICATE, SEAL_ROOT, ONE_SHOT_ROOT) if (folder / name).is_file()]
    try:
        for path in [*own, *sorted((folder / TSA_ROOTS).glob("*.pem"))]:
            ends = [each.not_valid_after_utc for each in x509.load_pem_x509_certificates(path.read_bytes())]
            found.append(Ending(str(path.relative_to(folder)), min(ends)))
        for path in folder.glob("*.crl"):
            crl = x509.load_der_x509_crl(path.read_bytes())
            if crl.next_update_utc:
                found.append(Ending(path.name, crl.next_update_utc))
    except (OSError, ValueError) as error:
        raise CertificateError(f"a certificate in {folder} cannot be read: {error}") from error
    return found
