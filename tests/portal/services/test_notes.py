"""Signed notes: what is signed reads back, what is not is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.services import notes
from portal.services.notes import Head, NoteError

NAME = "portal.example/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = Head(NAME, 1234, bytes(range(32)), datetime(2026, 11, 26, 8, 0, tzinfo=UTC))
NOTE = notes.sign(HEAD, NAME, KEY)


def test_a_note_reads_as_the_standard_says() -> None:
    assert NOTE.startswith(
        "portal.example/ledger\n1234\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nts 2026-11-26T08:00:00Z\n"
        "\n— portal.example/ledger "
    )
    assert NOTE.endswith("\n")


def test_what_was_signed_reads_back() -> None:
    assert notes.verify(NOTE, NAME, KEY.public_key()) == HEAD


def test_a_witness_may_sign_too() -> None:
    witness = Ed25519PrivateKey.generate()
    theirs = notes.sign(HEAD, "witness.example", witness).splitlines()[-1]
    assert notes.verify(f"{NOTE}{theirs}\n", NAME, KEY.public_key()) == HEAD
    assert notes.verify(f"{NOTE}{theirs}\n", "witness.example", witness.public_key()) == HEAD


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("1234", "1235"),
        NOTE.replace("08:00:00", "08:00:01"),
        NOTE.replace("— ", "- "),
        NOTE[:-20],
        NOTE.partition("\n\n")[0],
        "",
        "\n\n",
        NOTE.replace(f"— {NAME}", "— other.example/ledger"),
    ],
)
def test_what_was_changed_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        notes.verify(note, NAME, KEY.public_key())


def test_another_key_of_the_same_name_is_refused() -> None:
    with pytest.raises(NoteError):
        notes.verify(notes.sign(HEAD, NAME, Ed25519PrivateKey.generate()), NAME, KEY.public_key())


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(NoteError, match="not a checkpoint"):
        notes.read("Hello\n")
    with pytest.raises(NoteError, match="not a checkpoint"):
        notes.read(HEAD.text.replace("2026-11-26T08:00:00Z", "yesterday"))
