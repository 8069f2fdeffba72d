from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.models import Deed, LedgerEvent, Role, User, UserSession
from portal.services import ledger, passwords, users
from portal.services.actors import COMMAND_LINE, user_actor
from portal.services.users import AccountError

GOOD = "fjord-kestrel-oatmeal-77"
OTHER = "lantern-violin-gravel-12"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with little work: what is tested here is not the algorithm."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=4096, parallelism=1))


def add(session: Session, now: datetime, email: str = "anna@testfirma.example", password: str = GOOD) -> User:
    return users.add_user(
        session, email, Role.BUYER, "Anna", password, now=now, by=COMMAND_LINE, organisation="Testfirma AS"
    )


def deeds(session: Session) -> list[str]:
    return list(session.scalars(sa.select(LedgerEvent.deed).order_by(LedgerEvent.seq)))


def test_an_account_is_made_with_argon2id_and_one_trace(session: Session, now: datetime) -> None:
    user = add(session, now, "  Anna@TestFirma.example ")
    assert user.email == "anna@testfirma.example"
    assert user.password_hash.startswith("$argon2id$")
    assert GOOD not in user.password_hash
    assert deeds(session) == [Deed.USER_ADDED]
    event = session.scalars(sa.select(LedgerEvent)).one()
    assert b"anna" not in event.record
    assert json.loads(event.record)["data"] == {"role": "buyer"}


@pytest.mark.parametrize(
    "email", ["", "anna", "anna@", "a@b.example, c@d.example", "Anna <a@b.example>", "a@b\nc.example"]
)
def test_an_address_must_be_one(session: Session, now: datetime, email: str) -> None:
    with pytest.raises(AccountError) as caught:
        add(session, now, email)
    assert caught.value.code == "address_invalid"


def test_an_address_is_taken_however_it_is_capitalised(session: Session, now: datetime) -> None:
    add(session, now)
    with pytest.raises(AccountError) as caught:
        add(session, now, "ANNA@testfirma.example")
    assert caught.value.code == "address_taken"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "too_short"),
        ("x" * 11 + "yz" * 59, "too_long"),
        ("abababababab", "too_simple"),
        ("aaaaaaaaaaaaaaaa", "too_simple"),
        ("password1234", "too_common"),
        ("MyPassword-2026", "too_common"),
        ("qwertyuiop1234", "too_common"),
        ("velkommen2026!", "too_common"),
        ("anna-anna-2026", "too_personal"),
        ("Testfirma AS 2026", "too_personal"),
    ],
)
def test_passwords_that_others_would_guess_are_refused(
    session: Session, now: datetime, password: str, code: str
) -> None:
    with pytest.raises(AccountError) as caught:
        add(session, now, password=password)
    assert caught.value.code == code
    assert users.explain(caught.value, "nb") != users.explain(caught.value, "en")


@pytest.mark.parametrize(
    "password", ["twelve-chars", "correct horse battery staple password", "blåbærsyltetøy på skiva", "x y z w " * 16]
)
def test_long_and_varied_passwords_are_taken_as_they_are(session: Session, now: datetime, password: str) -> None:
    add(session, now, password=password)
    assert users.sign_in(session, "anna@testfirma.example", password, now) is not None
    assert users.sign_in(session, "anna@testfirma.example", password + "x", now) is None
    assert users.sign_in(session, "anna@testfirma.example", password[:-1], now) is None


def test_passwords_equal_in_their_first_72_bytes_differ(session: Session, now: datetime) -> None:
    start = "abcdefghijkl" * 6
    add(session, now, password=start + "-one-one-one")
    assert users.sign_in(session, "anna@testfirma.example", start + "-two-two-two", now) is None


def test_signing_in_and_out_leaves_traces(session: Session, now: datetime) -> None:
    user = add(session, now)
    signed = users.sign_in(session, "ANNA@testfirma.example", GOOD, now)
    assert signed is not None
    assert users.find_session(session, signed.id, now) is user
    users.sign_out(session, signed.id, now)
    users.sign_out(session, signed.id, now)
    assert users.find_session(session, signed.id, now) is None
    assert deeds(session) == [Deed.USER_ADDED, Deed.USER_SIGNED_IN, Deed.USER_SIGNED_OUT]


@pytest.mark.parametrize("email", ["anna@testfirma.example", "nobody@testfirma.example", "", "x" * 5000, "\x00"])
def test_a_refused_sign_in_leaves_one_trace(session: Session, now: datetime, email: str) -> None:
    add(session, now)
    assert users.sign_in(session, email, "wrong-wrong-wrong", now) is None
    assert deeds(session)[-1] == Deed.SIGN_IN_REFUSED
    assert ledger.verify(session) is None


def test_a_sign_in_lasts_twelve_hours(session: Session, now: datetime) -> None:
    add(session, now)
    signed = users.sign_in(session, "anna@testfirma.example", GOOD, now)
    assert signed is not None
    assert users.find_session(session, signed.id, now + timedelta(hours=12) - timedelta(seconds=1))
    assert users.find_session(session, signed.id, now + timedelta(hours=12)) is None
    assert users.find_session(session, uuid.uuid4(), now) is None


def test_a_closed_account_is_out_at_once(session: Session, now: datetime) -> None:
    user = add(session, now)
    signed = users.sign_in(session, user.email, GOOD, now)
    assert signed is not None
    users.disable_user(session, user, now=now, by=COMMAND_LINE)
    users.disable_user(session, user, now=now, by=COMMAND_LINE)
    assert users.find_session(session, signed.id, now) is None
    assert users.sign_in(session, user.email, GOOD, now) is None
    assert deeds(session).count(Deed.USER_CHANGED) == 1


def test_a_new_password_ends_all_other_sign_ins(session: Session, now: datetime) -> None:
    user = add(session, now)
    here, there = (users.sign_in(session, user.email, GOOD, now) for _ in range(2))
    assert here is not None
    assert there is not None
    users.change_password(session, user, GOOD, OTHER, keep=here.id, now=now, by=user_actor(user))
    assert users.find_session(session, here.id, now) is user
    assert users.find_session(session, there.id, now) is None
    assert users.sign_in(session, user.email, GOOD, now) is None
    assert users.sign_in(session, user.email, OTHER, now) is not None


def test_a_new_password_needs_the_present_one_and_must_be_good(session: Session, now: datetime) -> None:
    user = add(session, now)
    for current, new, code in (("wrong-wrong-wrong", OTHER, "wrong_password"), (GOOD, "short", "too_short")):
        with pytest.raises(AccountError) as caught:
            users.change_password(session, user, current, new, keep=None, now=now, by=user_actor(user))
        assert caught.value.code == code
    assert users.sign_in(session, user.email, GOOD, now) is not None


def test_a_weaker_hash_is_made_anew_at_sign_in(session: Session, now: datetime) -> None:
    user = add(session, now)
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    assert users.sign_in(session, user.email, GOOD, now) is not None
    assert not passwords.is_outdated(user.password_hash)
    assert users.sign_in(session, user.email, GOOD, now) is not None


def test_a_user_without_a_usable_hash_cannot_sign_in(session: Session, now: datetime) -> None:
    user = add(session, now)
    user.password_hash = "!"
    assert users.sign_in(session, user.email, "!", now) is None
    assert session.scalars(sa.select(UserSession)).all() == []
