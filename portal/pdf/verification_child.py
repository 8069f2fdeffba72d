"""Verify a file from a stranger in a process of its own, with little memory and time: `verify_in_child`.

The child is run as `python -m portal.pdf.verification_child TRUST_FOLDER LEDGER`; it reads the file from
standard input and writes the report as JSON.
"""

import hashlib
import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from portal.pdf.certificates import load_trust
from portal.pdf.report import Problem, Report, Verdict

MEMORY: Final = 1_000_000_000
"""Address space of the child, in bytes."""
CPU_SECONDS: Final = 20
TIMEOUT_SECONDS: Final = 30
LARGEST_FILE: Final = 50_000_000
"""In bytes; declarations have some hundred thousand."""

_LEDGER: Final[dict[str, bool | None]] = {"known": True, "unknown": False, "unasked": None}
_PROJECT: Final = Path(__file__).resolve().parents[2]
_logger = logging.getLogger(__name__)


def verify_in_child(
    pdf: bytes,
    trust_folder: Path,
    known: Callable[[str], bool] | None,
    *,
    timeout: float = TIMEOUT_SECONDS,
    now: datetime | None = None,
) -> Report:
    """Return the report on the file; whatever happens to the child, the file then cannot be verified.

    `trust_folder` holds the public certificates, `known` is asked here, never in the child. Raise
    `CertificateError` if the certificates cannot be read.
    """
    load_trust(trust_folder)
    digest = hashlib.sha256(pdf).hexdigest()
    if not pdf.startswith(b"%PDF-"):
        return Report(Verdict.NOT_A_PDF, digest, (), (), None)
    if len(pdf) > LARGEST_FILE:
        return _refused(digest, Problem("too_large", {"megabytes": LARGEST_FILE // 1_000_000}), None)
    in_ledger = known(digest) if known else None
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, no shell
            _command(trust_folder, in_ledger, now),
            input=pdf,
            capture_output=True,
            check=True,
            timeout=timeout,
            cwd=_PROJECT,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        report = Report.from_json(json.loads(finished.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        _logger.warning("the verification of %s died", digest, exc_info=True)
        return _refused(digest, Problem("unreadable"), in_ledger)
    return report if report.sha256 == digest else _refused(digest, Problem("unreadable"), in_ledger)


def _command(trust_folder: Path, in_ledger: bool | None, now: datetime | None) -> list[str]:
    ledger = next(word for word, value in _LEDGER.items() if value is in_ledger)
    moment = [now.isoformat()] if now else []
    return [
        sys.executable,
        "-m",
        "portal.pdf.verification_child",
        str(trust_folder.resolve()),
        ledger,
        *moment,
    ]


def _refused(digest: str, problem: Problem, in_ledger: bool | None) -> Report:
    return Report(Verdict.NOT_PROVEN, digest, (), (problem,), in_ledger)


def main(arguments: list[str]) -> int:
    """Verify standard input against the folder; return the exit code."""
    # Imported here: whoever only starts children need not load the PDF library.
    from portal.pdf.verification import verify  # noqa: PLC0415

    folder, ledger, *moment = arguments
    trust = load_trust(Path(folder))
    in_ledger = _LEDGER[ledger]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    known = None if in_ledger is None else lambda _: bool(in_ledger)
    report = verify(sys.stdin.buffer.read(), trust, known, now=datetime.fromisoformat(moment[0]) if moment else None)
    json.dump(report.as_json(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
