"""Examine a brought file in a process of its own, with little memory and time: `examine_in_child`.

The child is run as `python -m portal.pdf.brought_child TRUST_FOLDER NOW`; it reads the length of the preview in eight
bytes, the preview and the file from standard input, and writes the finding as JSON.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from portal.pdf.brought_report import Finding, Refusal
from portal.pdf.certificates import load_trust
from portal.pdf.verification_child import CPU_SECONDS, LARGEST_FILE, MEMORY, TIMEOUT_SECONDS

_PROJECT = Path(__file__).resolve().parents[2]
_logger = logging.getLogger(__name__)


def choose(previews: Sequence[bytes], brought: bytes) -> int | Refusal:
    """Return which of the previews the file begins with, as an index, or why it is none of them."""
    if not brought.startswith(b"%PDF-"):
        return Refusal.NOT_A_PDF
    if len(brought) > LARGEST_FILE:
        return Refusal.TOO_LARGE
    found = next((index for index, preview in enumerate(previews) if brought.startswith(preview)), None)
    if found is None:
        return Refusal.ENCRYPTED if b"/Encrypt" in brought else Refusal.OTHER_BYTES
    return Refusal.UNSIGNED if not brought[len(previews[found]) :].strip() else found


def examine_in_child(preview: bytes, brought: bytes, trust_folder: Path, now: datetime) -> Finding:
    """Return what the file is; whatever happens to the child, the file then cannot be read."""
    digest = hashlib.sha256(brought).hexdigest()
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "portal.pdf.brought_child", str(trust_folder.resolve()), now.isoformat()],
            input=len(preview).to_bytes(8, "big") + preview + brought,
            capture_output=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
            cwd=_PROJECT,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        finding = Finding.from_json(json.loads(finished.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        _logger.warning("the examination of %s died", digest, exc_info=True)
        return Finding(digest, Refusal.UNREADABLE)
    return finding if finding.sha256 == digest else Finding(digest, Refusal.UNREADABLE)


def main(arguments: list[str]) -> int:
    """Examine standard input; return the exit code."""
    # Imported here: whoever only starts children need not load the PDF library.
    from portal.pdf.brought import examine  # noqa: PLC0415

    folder, moment = arguments
    trust = load_trust(Path(folder))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    end = 8 + int.from_bytes(content[:8], "big")
    json.dump(examine(content[8:end], content[end:], trust, datetime.fromisoformat(moment)).as_json(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
