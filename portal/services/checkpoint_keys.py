"""The key that signs checkpoints: made by `portal init`, a file of the installation and never a row."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PRIVATE, PUBLIC, NAME = "checkpoint.key", "checkpoint.pem", "checkpoint.name"


class CheckpointKeyError(Exception):
    """The key cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class CheckpointVerifier:
    """Under which name, and by which key, checkpoints are signed."""

    name: str
    """As every note states it; the host name at the time when the key was made."""
    key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class CheckpointSigner:
    """The private key, with the name that it signs under."""

    name: str
    key: Ed25519PrivateKey


def create(folder: Path, host: str, passphrase: bytes) -> bool:
    """Make the key unless it is there, encrypted with the passphrase; return whether it was made."""
    if (folder / PRIVATE).exists():
        return False
    key = Ed25519PrivateKey.generate()
    contents = {
        NAME: f"{host}/ledger\n".encode(),
        PUBLIC: key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        PRIVATE: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)),
    }
    for name, content in contents.items():  # the private key last: it says that the others are there
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return True


def load_verifier(folder: Path) -> CheckpointVerifier:
    """Return the public part; raises CheckpointKeyError."""
    try:
        key = load_pem_public_key((folder / PUBLIC).read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(folder / PUBLIC) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(folder / PUBLIC)
    return CheckpointVerifier(_name(folder), key)


def load_signer(folder: Path, passphrase: bytes) -> CheckpointSigner:
    """Return the private part; raises CheckpointKeyError."""
    try:
        key = load_pem_private_key((folder / PRIVATE).read_bytes(), passphrase)
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(folder / PRIVATE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(folder / PRIVATE)
    return CheckpointSigner(_name(folder), key)


def _name(folder: Path) -> str:
    try:
        return (folder / NAME).read_text("utf-8").strip()
    except OSError as error:
        raise _unreadable(folder / NAME) from error


def _unreadable(path: Path) -> CheckpointKeyError:
    return CheckpointKeyError(f"The key of the checkpoints cannot be read from {path}; run `portal init`")
