"""What a declaration's pages say, for machines: the file declaration.json inside the PDF.

With it the pages can be checked against the answers, and the file tells by itself how it came about.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import rfc8785

from portal.pdf.facts import DeclarationFacts

VERSION = 1


def as_shown(facts: DeclarationFacts) -> bytes:
    """Return all that the pages say, texts as shown, and the ledger's records so far, as canonical JSON (RFC 8785).

    Keys are the fields of `DeclarationFacts`, without the answers, which have a file of their own; and `v`.
    `events` holds the records: the canonical form of each is byte for byte what the ledger hashed.
    """
    values: dict[str, Any] = asdict(facts)
    del values["answers"]
    values["events"] = [json.loads(record) for record in facts.events]
    values["made_at"] = facts.made_at.isoformat()
    return rfc8785.dumps({**values, "v": VERSION})
