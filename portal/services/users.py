"""Accounts and sign-ins of the people who work in the portal."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.mail.message import AddressInvalid, one_line, plain_address
from portal.models import Deed, Role, User, UserSession
from portal.services import ledger, passwords
from portal.services.actors import Actor, user_actor

LONGEST_SIGN_IN = timedelta(hours=12)
VISITOR = Actor("visitor")
"""Somebody who is not signed in."""


class AccountError(Exception):
    """An account cannot be made or changed; `code` is a key of `SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code]["en"])
        self.code = code


SENTENCES: dict[str, dict[str, str]] = {
    "address_invalid": {
        "en": "This is not a mail address.",
        "nb": "Dette er ikke en e-postadresse.",
    },
    "address_taken": {
        "en": "There is already an account with this address.",
        "nb": "Det finnes allerede en konto med denne adressen.",
    },
    "unknown": {
        "en": "There is no account with this address.",
        "nb": "Det finnes ingen konto med denne adressen.",
    },
    "wrong_password": {
        "en": "The present password is not right.",
        "nb": "Det nåværende passordet er ikke riktig.",
    },
    "too_short": {
        "en": f"The password is too short: it needs at least {passwords.SHORTEST} characters.",
        "nb": f"Passordet er for kort: det må ha minst {passwords.SHORTEST} tegn.",
    },
    "too_long": {
        "en": f"The password is too long: it can have at most {passwords.LONGEST} characters.",
        "nb": f"Passordet er for langt: det kan ha høyst {passwords.LONGEST} tegn.",
    },
    "too_simple": {
        "en": "The password repeats the same few characters; choose a more varied one.",
        "nb": "Passordet gjentar de samme få tegnene; velg et mer variert.",
    },
    "too_common": {
        "en": "Others would guess this password early; choose words that do not belong together.",
        "nb": "Andre ville gjette dette passordet tidlig; velg ord som ikke hører sammen.",
    },
    "too_personal": {
        "en": "The password must not be made of your address or the company's name.",
        "nb": "Passordet kan ikke være laget av adressen din eller firmanavnet.",
    },
}


def explain(error: AccountError, language: str) -> str:
    """Return the error as a sentence in the reader's language."""
    sentence = SENTENCES[error.code]
    return sentence.get(language, sentence["en"])


def add_user(
    session: Session,
    email: str,
    role: Role,
    name: str,
    password: str,
    *,
    now: datetime,
    by: Actor,
    organisation: str = "",
) -> User:
    """Make an account.

    Raises:
        AccountError: the address is none or taken, or the password is not good enough.
    """
    address = _address(email)
    if find_by_email(session, address):
        raise AccountError("address_taken")
    _check(password, address, organisation)
    user = User(
        id=uuid.uuid4(),
        email=address,
        name=one_line(name)[:200],
        role=role,
        password_hash=passwords.hash_password(password),
        created_at=now,
    )
    session.add(user)
    personal = {"email": user.email, "name": user.name}
    ledger.record(
        session, Deed.USER_ADDED, _subject(user), by=by, now=now, data={"role": role.value}, personal=personal
    )
    return user


def find_by_email(session: Session, email: str) -> User | None:
    """Return the user with this address, however it is capitalised."""
    return session.scalar(sa.select(User).where(User.email == one_line(email).lower()))


def disable_user(session: Session, user: User, *, now: datetime, by: Actor) -> None:
    """Close an account: every sign-in ends at once. Closing it twice leaves one trace."""
    if user.disabled_at:
        return
    user.disabled_at = now
    _end_sessions(session, user, now)
    ledger.record(session, Deed.USER_CHANGED, _subject(user), by=by, now=now, data={"what": "disabled"})


def enable_user(session: Session, user: User, *, now: datetime, by: Actor) -> None:
    """Open a closed account again."""
    if user.disabled_at:
        user.disabled_at = None
        ledger.record(session, Deed.USER_CHANGED, _subject(user), by=by, now=now, data={"what": "enabled"})


def reset_password(session: Session, user: User, new: str, *, now: datetime, by: Actor, organisation: str = "") -> None:
    """Give somebody who forgot it another password; every sign-in of theirs ends.

    Raises:
        AccountError: the password is not good enough.
    """
    _check(new, user.email, organisation)
    user.password_hash = passwords.hash_password(new)
    _end_sessions(session, user, now)
    ledger.record(session, Deed.USER_CHANGED, _subject(user), by=by, now=now, data={"what": "password-reset"})


def sign_in(session: Session, email: str, password: str, now: datetime) -> UserSession | None:
    """Begin a sign-in, or return None after the same work, whether the account or the password is wrong."""
    user = find_by_email(session, email)
    active = user is not None and user.disabled_at is None
    fitting = passwords.fits(user.password_hash if user and active else None, password)
    if user is None or not fitting:
        subject = _subject(user) if user else "user:unknown"
        personal = {"email": one_line(email)[:254]}
        ledger.record(session, Deed.SIGN_IN_REFUSED, subject, by=VISITOR, now=now, personal=personal)
        return None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    signed = UserSession(id=uuid.uuid4(), user=user, started_at=now)
    session.add(signed)
    ledger.record(session, Deed.USER_SIGNED_IN, _subject(user), by=user_actor(user), now=now)
    return signed


def sign_out(session: Session, session_id: uuid.UUID, now: datetime) -> None:
    """End a sign-in; ending it twice leaves one trace."""
    signed = session.get(UserSession, session_id)
    if signed is None or signed.ended_at:
        return
    signed.ended_at = now
    by = user_actor(signed.user)
    ledger.record(session, Deed.USER_SIGNED_OUT, _subject(signed.user), by=by, now=now)


def find_session(session: Session, session_id: uuid.UUID, now: datetime) -> User | None:
    """Return whose sign-in this is; None when it has ended, is too old, or the account is closed."""
    signed = session.get(UserSession, session_id)
    if signed is None or signed.ended_at or now >= signed.started_at + LONGEST_SIGN_IN:
        return None
    return None if signed.user.disabled_at else signed.user


def change_password(
    session: Session,
    user: User,
    current: str,
    new: str,
    *,
    keep: uuid.UUID | None,
    now: datetime,
    by: Actor,
    organisation: str = "",
) -> None:
    """Change the own password; every sign-in but `keep` ends.

    Raises:
        AccountError: the present password is wrong, or the new one is not good enough.
    """
    if not passwords.fits(user.password_hash, current):
        raise AccountError("wrong_password")
    _check(new, user.email, organisation)
    user.password_hash = passwords.hash_password(new)
    _end_sessions(session, user, now, keep)
    ledger.record(session, Deed.USER_CHANGED, _subject(user), by=by, now=now, data={"what": "password"})


def _end_sessions(session: Session, user: User, now: datetime, keep: uuid.UUID | None = None) -> None:
    query = sa.select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    for signed in session.scalars(query):
        if signed.id != keep:
            signed.ended_at = now


def _address(email: str) -> str:
    try:
        return plain_address(email.strip()).lower()
    except AddressInvalid as error:
        raise AccountError("address_invalid") from error


def _check(password: str, address: str, organisation: str) -> None:
    try:
        passwords.check_quality(password, address.partition("@")[0], organisation)
    except passwords.PasswordError as error:
        raise AccountError(error.code) from error


def _subject(user: User) -> str:
    return ledger.subject_of("user", user.id)
