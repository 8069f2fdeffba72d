"""Verify a file from a stranger in a process of its own, with little memory and time: `verify_in_child`.

The child is run as `python -m portal.pdf.verification_child TRUST_FOLDER`; a question is a line of JSON and the file,
the answer the report as JSON.
"""

import hashlib
import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from portal.children import ChildError, Children, answer_all
from portal.pdf.certificates import load_trust
from portal.pdf.report import Problem, Report, Verdict

MEMORY: Final = 1_000_000_000
"""Address space of a child, in bytes."""
CPU_SECONDS: Final = 20
"""For each file."""
TIMEOUT_SECONDS: Final = 30
LARGEST_FILE: Final = 50_000_000
"""In bytes; declarations have some hundred thousand."""

_logger = logging.getLogger(__name__)


def verifiers(trust_folder: Path, at_most: int = 0) -> Children:
    """Return children that verify against the public certificates of a folder, for many files one after another."""
    return Children(__name__, str(trust_folder.resolve()), at_most=at_most)


def verify_in_child(
    pdf: bytes,
    trust_folder: Path,
    known: Callable[[str], bool] | None,
    *,
    timeout: float = TIMEOUT_SECONDS,
    now: datetime | None = None,
    children: Children | None = None,
) -> Report:
    """Return the report on the file; whatever happens to the child, the file then cannot be verified.

    `trust_folder` holds the public certificates, `known` is asked here, never in the child. Without `children` of that
    folder the file gets a child for itself. Raise `CertificateError` if the certificates cannot be read.
    """
    load_trust(trust_folder)
    digest = hashlib.sha256(pdf).hexdigest()
    if not pdf.startswith(b"%PDF-"):
        return Report(Verdict.NOT_A_PDF, digest, (), (), None)
    if len(pdf) > LARGEST_FILE:
        return _refused(digest, Problem("too_large", {"megabytes": LARGEST_FILE // 1_000_000}), None)
    in_ledger = known(digest) if known else None
    header = json.dumps({"in_ledger": in_ledger, "now": now.isoformat() if now else None}).encode()
    try:
        ask = children.ask if children else verifiers(trust_folder, at_most=1).ask_once
        answer = ask(header + b"\n" + pdf, timeout)
        report = Report.from_json(json.loads(answer))
    except (ChildError, ValueError, KeyError, TypeError):
        _logger.warning("the verification of %s died", digest, exc_info=True)
        return _refused(digest, Problem("unreadable"), in_ledger)
    return report if report.sha256 == digest else _refused(digest, Problem("unreadable"), in_ledger)


def _refused(digest: str, problem: Problem, in_ledger: bool | None) -> Report:
    return Report(Verdict.NOT_PROVEN, digest, (), (problem,), in_ledger)


def main(arguments: list[str]) -> int:
    """Verify against the folder what is asked; return the exit code."""
    # Imported here: whoever only starts children need not load the PDF library.
    from portal.pdf.verification import verify  # noqa: PLC0415

    trust = load_trust(Path(arguments[0]))

    def answer(question: bytes) -> bytes:
        header, _, pdf = question.partition(b"\n")
        facts = json.loads(header)
        known = None if facts["in_ledger"] is None else lambda _: bool(facts["in_ledger"])
        now = datetime.fromisoformat(facts["now"]) if facts["now"] else None
        return json.dumps(verify(pdf, trust, known, now=now).as_json()).encode()

    return answer_all(answer, memory=MEMORY, cpu_seconds=CPU_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
