"""The evidence file: everything that an auditor needs to check one declaration without the portal."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session

from portal.models import Declaration, LedgerEvent
from portal.pdf.certificates import ONE_SHOT_ROOT, SEAL_CRL, SEAL_ROOT, TSA_ROOTS, Trust
from portal.pdf.trusted import TRUSTED
from portal.pdf.verification import verify
from portal.services import archive, assessments, bringing, carrying, ledger, proofs
from portal.services.proofs import Head
from portal.storage import FileMissing, Store
from questionnaires.catalogue import Catalogue
from questionnaires.journey import canonical
from questionnaires.model import Questionnaire

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "evidence"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""A ZIP file cannot state an earlier time."""
LONGEST_NAME = 80
COVERAGE = {
    "all": {
        "coverage_en": "The checkpoint covers the first {size} records of the ledger, among them all {events} here.",
        "coverage_nb": "Kontrollpunktet dekker de første {size} oppføringene i protokollen, også alle {events} her.",
    },
    "some": {
        "coverage_en": "The checkpoint covers {covered} of the {events} records here; the others are not yet in one.",
        "coverage_nb": "Kontrollpunktet dekker {covered} av de {events} oppføringene her; resten er ikke i noe ennå.",
    },
    "none": {
        "coverage_en": "The records here are not yet in a checkpoint. Download the evidence again in half an hour.",
        "coverage_nb": "Oppføringene her er ikke i et kontrollpunkt ennå. Last ned beviset på nytt om en halv time.",
    },
}


class EvidenceMissing(Exception):
    """The signed file is not in the store, or no longer the one that was signed."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts come from."""

    store: Store
    catalogue: Catalogue
    keys_dir: Path
    """Only its public certificates are read."""
    trust: Trust
    organisation: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A ZIP file in memory."""

    filename: str
    content: bytes
    sha256: str


def build(
    session: Session, declaration: Declaration, sources: Sources, now: datetime, head: Head | None = None
) -> Evidence:
    """Return the evidence for a signed declaration: for the same facts the same bytes.

    The head of the ledger is looked up where none is given.

    Raises:
        EvidenceMissing: the signed file is gone or damaged. Missing attachments are named in MISSING.txt instead.
    """
    head = head or proofs.newest_head(session)
    members = dict(_members(session, declaration, sources, now, head))
    manifest = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members.items())
    members["MANIFEST.sha256"] = manifest.encode()
    content = _zip(members, declaration.signed_at)
    digest = hashlib.sha256(content).hexdigest()
    return Evidence(f"evidence-{declaration.reference}.zip", content, digest)


def public_certificates(keys_dir: Path) -> dict[str, bytes]:
    """Return the certificates that verifiers go by, in PEM, by file name."""
    names = [SEAL_ROOT, ONE_SHOT_ROOT]
    found = {name: (keys_dir / name).read_bytes() for name in names}
    authorities = sorted((keys_dir / TSA_ROOTS).glob("*.pem"))
    return found | {f"{TSA_ROOTS}/{path.name}": path.read_bytes() for path in authorities}


def _members(
    session: Session, declaration: Declaration, sources: Sources, now: datetime, head: Head | None
) -> Iterator[tuple[str, bytes]]:
    questionnaire = assessments.edition_signed(declaration, sources.catalogue)
    pdf = _signed_pdf(declaration, sources.store)
    events = archive.history(session, declaration)
    yield "README.txt", _readme(declaration, questionnaire, sources.organisation, _coverage(head, events))
    yield "verify.py", (TEMPLATES / "verify.py").read_bytes()
    yield "signed.pdf", pdf
    yield "answers.json", canonical(questionnaire, declaration.answers, carrying.signed_lineage(declaration))
    yield from _attachments(declaration, questionnaire, sources.store)
    yield "events.jsonl", b"".join(event.record + b"\n" for event in events)
    yield "events.leaves", leaves(events)
    yield from proofs.members(head, events, sources.keys_dir)
    yield from _definition(questionnaire)
    for name, content in public_certificates(sources.keys_dir).items():
        yield f"certificates/{name}", content
    if sources.trust.seal_crl is not None:
        yield f"certificates/{SEAL_CRL}", sources.trust.seal_crl.public_bytes(Encoding.DER)
    yield from _roots_of_own_signatures(declaration, sources.trust)
    yield "report.json", _report(session, pdf, sources.trust, now)


def _roots_of_own_signatures(declaration: Declaration, trust: Trust) -> Iterator[tuple[str, bytes]]:
    """Yield the roots that the supplier's own signatures led to, where the portal knew them."""
    used = (
        {each.root_sha256 for each in bringing.signatures_of(declaration.preview)} if declaration.brought_sha256 else ()
    )
    for root in trust.others:
        if root.sha256 in used:
            yield f"certificates/{TRUSTED}/{root.sha256[:16]}.pem", root.pem


def _signed_pdf(declaration: Declaration, store: Store) -> bytes:
    try:
        return store.get(declaration.newest_sha256 or "")
    except FileMissing as error:
        raise EvidenceMissing(declaration.reference) from error


def attached_files(declaration: Declaration, questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Return the files that the signed answers name, each once: sha256, name, size, media_type."""
    slots = [slot for question in questionnaire.questions for slot in question.file_slots]
    named = [file for slot in slots for file in declaration.answers.get(slot.key) or []]
    return list({file["sha256"]: file for file in named}.values())


def _attachments(declaration: Declaration, questionnaire: Questionnaire, store: Store) -> Iterator[tuple[str, bytes]]:
    missing = []
    for file in attached_files(declaration, questionnaire):
        try:
            yield f"attachments/{file['sha256']}-{safe_name(file['name'])}", store.get(file["sha256"])
        except FileMissing:
            missing.append(f"{file['sha256']}  {safe_name(file['name'])}\n")
    if missing:
        yield "MISSING.txt", "".join(missing).encode()


def safe_name(name: str) -> str:
    """Return a file name that every system can unpack; the name as given stands in answers.json."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name.replace("\\", "/").rpartition("/")[2]).strip("._-")
    return plain[-LONGEST_NAME:] or "file"


def leaves(events: Sequence[LedgerEvent]) -> bytes:
    """Return the number and hash of each record, a line each."""
    return "".join(f"{event.seq} {event.leaf}\n" for event in events).encode()


def _definition(questionnaire: Questionnaire) -> Iterator[tuple[str, bytes]]:
    for name, content in sorted(questionnaire.source.items()):
        yield f"definition/{questionnaire.name}/{name}", content


def _report(session: Session, pdf: bytes, trust: Trust, now: datetime) -> bytes:
    report = verify(pdf, trust, lambda sha256: ledger.knows_file(session, sha256), now=now)
    values = {**report.as_json(), "sentences": {code: report.sentences(code) for code in ("en", "nb")}}
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


def _coverage(head: Head | None, events: Sequence[LedgerEvent]) -> dict[str, str]:
    """Say in both languages how far the newest checkpoint goes; the README is no page, and has both."""
    covered = head.covers(events) if head else 0
    figures = {"covered": covered, "events": len(events), "size": head.checkpoint.size if head else 0}
    kind = "all" if covered == len(events) else "some" if covered else "none"
    return {name: sentence.format(**figures) for name, sentence in COVERAGE[kind].items()}


def _readme(
    declaration: Declaration, questionnaire: Questionnaire, organisation: str, coverage: dict[str, str]
) -> bytes:
    words = Template((TEMPLATES / "README.txt").read_text("utf-8"))
    return words.substitute(
        coverage,
        reference=declaration.reference,
        organisation=organisation,
        edition=questionnaire.name,
        pdf_sha256=declaration.newest_sha256,
    ).encode()


def _zip(members: dict[str, bytes], made_at: datetime | None) -> bytes:
    """Fixed order, times and rights, so that equal members give equal bytes."""
    stamp = made_at.timetuple()[:6] if made_at else EARLIEST
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=stamp)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return buffer.getvalue()
