"""One draft of each mail, and what sending adds to its facts."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from portal.config import MINUTES_CODE_LASTS
from portal.mail import messages
from portal.mail.messages import Asked, Draft, Reader, ReturnedQuestion, SignedDocument

ID = uuid.UUID("12345678-1234-4234-8234-123456789abc")
LINK = "https://portal.example/i/token-of-the-test"
CODE = "407319"
ASKED = Asked(
    "Prøve & Metall AS", "Self-declaration <2026>", date(2026, 12, 24), "Bo Innkjøper", "bo@testfirma.example"
)
SIGNED_AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def adds() -> dict[str, Any]:
    """Return what the outbox adds when it sends."""
    return {
        "organisation": "Testfirma & Sønner AS",
        "asked_by_email": "",
        "portal_address": "https://portal.example",
        "to_name": "Kari <Prøve>",
        "link": LINK,
        "link_ends_on": date(2027, 1, 20),
        "code": CODE,
        "minutes_code_lasts": MINUTES_CODE_LASTS,
    }


def _of_several(reader: Reader) -> list[Draft]:
    """Return what is mailed where several sign."""
    return [
        messages.signature_wanted(
            reader, ASKED, invitation_id=ID, signing_id=ID, signed=["Kari P.", "Ola <N.>"], count=3,
            documents=["Human rights"], is_reminder=True,
        ),
        messages.signing_void(
            reader, ASKED, signing_id=ID, why="declined", name="Ola N.", words="Not true:\nsee 15.", had_signed=True,
        ),
    ]  # fmt: skip


def drafts(language: str) -> list[Draft]:
    """Return one draft of each kind."""
    reader = Reader("Kari <Prøve>", "kari@supplier.example", language)
    document = SignedDocument("Human rights", "2026-7F3K-Q9TD", "a" * 64, "human-rights.pdf")
    question = ReturnedQuestion("How old is the youngest?", "15 & 16 contradict each other.\nPlease look again.")
    about = {"supplier": ASKED.supplier, "campaign": ASKED.campaign}
    return [
        messages.invitation(
            reader, ASKED, invitation_id=ID, questionnaires=["Code of conduct", "Human rights"], least_minutes=10,
            most_minutes=25,
            message="Dear Kari,\nwe need this <before> Christmas.",
        ),
        messages.invitation_renewed(reader, ASKED, invitation_id=ID),
        messages.signing_code(reader, signing_id=ID, supplier=ASKED.supplier, documents=["Human rights"]),
        messages.receipt(
            reader, signing_id=ID, **about, signatory="Kari P.", signed_at=SIGNED_AT, documents=[document],
        ),
        messages.ledger_checkpoint(
            reader, checkpoint_id=ID, note="portal.example\n12\nc2VlZA==\n\n— portal.example AAAA\n", size=12,
            made_at=SIGNED_AT,
        ),
        messages.operations_alarm(
            reader, alarm="fading", count=2, name="2026-7F3K-Q9TD, 2026-<&>", day="", subject_id="alarm:fading:",
        ),
        messages.questions_returned(
            reader, ASKED, invitation_id=ID, questionnaire="Human rights", questions=[question],
        ),
        messages.contact_suggested(
            reader, suggestion_id=ID, **about, suggested_by="kari@supplier.example", suggested_name="Ola",
            suggested_email="ola@supplier.example", reason="I left the company.",
        ),
        messages.declaration_signed(
            reader, declaration_id=ID, **about, questionnaire="Human rights", reference="2026-7F3K-Q9TD",
            signatory="Kari P.", signed_at=SIGNED_AT,
        ),
        *_of_several(reader),
    ]  # fmt: skip
