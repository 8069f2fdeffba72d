"""Passwords: what is good enough, and how one is checked (argon2id, with its parameters in the hash)."""

from __future__ import annotations

import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128
COMMON = (
    "password", "passord", "passwort", "motdepasse", "contrasena", "qwerty", "azerty", "123456", "654321",
    "abcdef", "letmein", "welcome", "velkommen", "iloveyou", "admin", "changeme", "portal", "supplier", "leverandor",
)  # fmt: skip
"""Words that attackers try first: a password with one of them must be long enough without it."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()


class PasswordError(Exception):
    """The password is not good enough.

    `code` says why: too_short, too_long, too_simple, too_common, too_personal.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_quality(password: str, *personal: str) -> None:
    """Accept a password, or say why not.

    Args:
        password: as typed.
        personal: words that others would guess: the address, the company.

    Raises:
        PasswordError: it is too short, too long or too easily guessed.
    """
    if len(password) < SHORTEST:
        raise PasswordError("too_short")
    if len(password) > LONGEST:
        raise PasswordError("too_long")
    if len(set(password)) < 4:
        raise PasswordError("too_simple")
    if _leans_on(password, COMMON):
        raise PasswordError("too_common")
    if _leans_on(password, tuple(word.casefold() for word in personal if len(word) >= 3)):
        raise PasswordError("too_personal")


def make_password() -> str:
    """Return a random password of four groups that can be read aloud; about 98 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    """Return the argon2id hash."""
    return _hasher.hash(password)


def fits(hashed: str | None, password: str) -> bool:
    """Return whether the password is the one; without a hash, work as long as with one and return False."""
    try:
        return _hasher.verify(hashed or _hash_of_nobody(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Return whether the hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(hashed)


def _leans_on(password: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words is in the password, and what is left without it would be too short."""
    folded = password.casefold()
    return any(word in folded and len(folded.replace(word, "")) < SHORTEST for word in words)


def _hash_of_nobody() -> str:
    """A hash that no password has, as costly to check as any other."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    parameters = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${parameters}${salt}${digest}"
