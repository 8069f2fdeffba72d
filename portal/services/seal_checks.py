"""Whether the seal can seal: asked by the worker at its start and daily; what it found lies in a small file.

The pages read that file, and look at the certificates themselves: they never see a key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Declaration
from portal.pdf.certificates import load_trust
from portal.pdf.seal_check import Finding, SealProblem, find_problem
from portal.pdf.seal_keys import load_certificate
from portal.pdf.signing import Signer, SigningError

FILENAME = "seal.json"
BETWEEN = timedelta(hours=24)
WHILE_TROUBLED = timedelta(minutes=5)
"""Between two checks while something is wrong, or a declaration could not be sealed."""
OF_CERTIFICATES = {
    SealProblem.NOT_YET_VALID,
    SealProblem.ENDED,
    SealProblem.WRONG_USAGE,
    SealProblem.NOT_OURS,
    SealProblem.REVOKED,
}
"""What anybody sees in the certificates; the rest only those who have the key."""


def is_due(session: Session, data_dir: Path, now: datetime, since: datetime) -> bool:
    """Return whether to check again: daily, and more often while there is trouble; `since` is the last time."""
    if now - since >= BETWEEN:
        return True
    return now - since >= WHILE_TROUBLED and (bool(_last(data_dir)) or _has_failed(session))


def run(open_signer: Callable[[], Signer], data_dir: Path, now: datetime) -> None:
    """Check, and leave in the file what was found."""
    found = look(open_signer, now)
    facts = {"checked_at": now.isoformat(), "found": [[each.problem.value, each.detail] for each in found]}
    unfinished = data_dir / f".{FILENAME}"
    unfinished.write_text(json.dumps(facts, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(data_dir / FILENAME)


def look(open_signer: Callable[[], Signer], now: datetime) -> list[Finding]:
    """Return what keeps the seal from sealing, keys and clock included."""
    try:
        return open_signer().check(now)
    except SigningError as error:
        return [Finding(SealProblem.KEY_AWAY, str(error))]


def findings(keys_dir: Path, now: datetime) -> list[Finding]:
    """Return what keeps the seal from sealing, as far as the certificates and the last check say.

    Raises:
        CertificateError: the certificates cannot be read.
    """
    trust = load_trust(keys_dir)
    seal = load_certificate(keys_dir)
    problem = find_problem(seal, trust.seal_root, trust.seal_crl, now)
    seen = [Finding(problem)] if problem else []
    return seen + [each for each in _last(keys_dir.parent) if each.problem not in OF_CERTIFICATES]


def last_checked(data_dir: Path) -> datetime | None:
    """Return when the worker has last checked; None where it never has."""
    try:
        return datetime.fromisoformat(json.loads((data_dir / FILENAME).read_text("utf-8"))["checked_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _last(data_dir: Path) -> list[Finding]:
    try:
        found = json.loads((data_dir / FILENAME).read_text("utf-8"))["found"]
        return [Finding(SealProblem(problem), str(detail)) for problem, detail in found]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _has_failed(session: Session) -> bool:
    query = sa.select(Declaration.id).where(Declaration.signed_at.is_(None), Declaration.sealing_error.is_not(None))
    return session.scalar(query.limit(1)) is not None
