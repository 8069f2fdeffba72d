"""Signed notes (C2SP signed-note) that say how far the ledger had grown (C2SP tlog-checkpoint).

A note is a text, an empty line, and a signature line: `— name base64(key id ‖ Ed25519 signature of the text)`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
"""The algorithm's number in key ids and verifier keys."""
KEY_ID_BYTES = 4
_TEXT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/=]{44})\n(?:ts (?P<at>\S+)\n)?")


class NoteError(Exception):
    """The note is not one of ours; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger had grown."""

    origin: str
    """Which ledger it is."""
    size: int
    """Records."""
    root: bytes
    """Of the Merkle tree over their leaf hashes; 32 bytes."""
    at: datetime
    """When it was worked out, by the portal's clock."""

    @property
    def text(self) -> str:
        """What is signed."""
        at = self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\nts {at}\n"


def sign(head: Head, name: str, key: Ed25519PrivateKey) -> str:
    """Return the signed note."""
    signature = key_id(name, key.public_key()) + key.sign(head.text.encode())
    return f"{head.text}\n— {name} {base64.b64encode(signature).decode()}\n"


def verify(note: str, name: str, key: Ed25519PublicKey) -> Head:
    """Return what a note says; other signatures on it are allowed, as from witnesses.

    Raises:
        NoteError: it is no note of this kind, or nobody signed it with this key.
    """
    text, parted, lines = note.partition("\n\n")
    text += "\n"
    if not parted or not any(_is_by(line, text, name, key) for line in lines.splitlines()):
        raise NoteError("The note is not signed by this portal's checkpoint key.")
    return read(text)


def read(text: str) -> Head:
    """Return what the text of a note says, signed or not; raises NoteError."""
    found = _TEXT.match(text)
    if not found or not found["at"]:
        raise NoteError("The note is not a checkpoint.")
    try:
        return Head(
            found["origin"], int(found["size"]), base64.b64decode(found["root"]), datetime.fromisoformat(found["at"])
        )
    except ValueError as error:
        raise NoteError("The note is not a checkpoint.") from error


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """Return the four bytes that name a key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + _raw(key)).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """Return the public key in the form that other verifiers of signed notes take: `name+id+key`."""
    return f"{name}+{key_id(name, key).hex()}+{base64.b64encode(ED25519 + _raw(key)).decode()}"


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _is_by(line: str, text: str, name: str, key: Ed25519PublicKey) -> bool:
    dash, _, rest = line.partition(" ")
    signer, _, encoded = rest.rpartition(" ")
    if dash != "—" or signer != name:
        return False
    try:
        signature = base64.b64decode(encoded, validate=True)
        key.verify(signature[KEY_ID_BYTES:], text.encode())
    except (binascii.Error, InvalidSignature):
        return False
    return signature[:KEY_ID_BYTES] == key_id(name, key)
