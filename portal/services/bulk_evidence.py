"""The evidence of many declarations in one ZIP file."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from portal.models import Declaration
from portal.services import evidence, proofs
from portal.services.evidence import EvidenceMissing, Sources

INDEX, MISSING = "INDEX.sha256", "MISSING.txt"


def write(
    session: Session, declarations: Iterable[Declaration], sources: Sources, now: datetime, file: IO[bytes]
) -> dict[uuid.UUID, str]:
    """Write the evidence files, one of them in memory at a time; return the hash of each by declaration.

    INDEX.sha256 lists them for `sha256sum -c`; MISSING.txt names the declarations whose signed file is gone.
    """
    head = proofs.newest_head(session)
    hashes: dict[uuid.UUID, str] = {}
    lines, missing = [], []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for declaration in declarations:
            try:
                built = evidence.build(session, declaration, sources, now, head)
            except EvidenceMissing:
                missing.append(f"{declaration.reference}\n")
                continue
            packed.writestr(_entry(built.filename, now), built.content)
            hashes[declaration.id] = built.sha256
            lines.append(f"{built.sha256}  {built.filename}\n")
        packed.writestr(_entry(INDEX, now), "".join(lines))
        if missing:
            packed.writestr(_entry(MISSING, now), "".join(missing))
    return hashes


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    entry.external_attr = 0o100644 << 16
    return entry
