from __future__ import annotations

import time

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from portal.services import passwords
from tests.conftest import STRONG_HASHER


def test_a_hash_costs_an_attacker_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", STRONG_HASHER)
    parameters = extract_parameters(passwords.hash_password("fjord-kestrel-oatmeal-77"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_an_unknown_account_costs_as_much_work_as_a_known_one() -> None:
    known = passwords.hash_password("fjord-kestrel-oatmeal-77")

    def best(hashed: str | None) -> float:
        durations = []
        for _ in range(4):
            start = time.perf_counter()
            assert not passwords.fits(hashed, "wrong-wrong-wrong")
            durations.append(time.perf_counter() - start)
        return min(durations)

    assert 0.5 < best(None) / best(known) < 2


def test_made_passwords_differ_and_are_good() -> None:
    made = {passwords.make_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check_quality(password, "anna", "Testfirma AS")
