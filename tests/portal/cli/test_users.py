from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.config import read_settings
from portal.models.engine import make_engine
from portal.services import users
from tests.portal.cli.conftest import Run

EMAIL = "anna@testfirma.example"


def can_sign_in(folder: Path, password: str) -> bool:
    engine = make_engine(read_settings({"PORTAL_DATA_DIR": str(folder)}).database_url)
    with Session(engine) as session:
        found = users.sign_in(session, EMAIL, password, clock()) is not None
    engine.dispose()
    return found


def test_a_password_is_made_and_shown_once(run: Run, installed: Path) -> None:
    result = run("users", "add", EMAIL, "--role", "buyer", "--name", "Anna Ås")
    assert result.exit_code == 0
    password = result.stdout.partition("Password: ")[2].strip()
    assert can_sign_in(installed, password)
    assert run("users", "list").stdout == f"{EMAIL}  buyer  Anna Ås\n"


def test_a_password_from_standard_input_is_not_shown(run: Run, installed: Path) -> None:
    typed = "fjord-kestrel-oatmeal-77"
    result = run("users", "add", EMAIL, "--role", "auditor", "--password-stdin", typed=typed + "\n")
    assert result.exit_code == 0
    assert typed not in result.output
    assert can_sign_in(installed, typed)


@pytest.mark.parametrize(
    ("words", "typed", "code", "sentence"),
    [
        (["add", EMAIL, "--role", "buyer", "--password-stdin"], "short\n", 1, "too short"),
        (["add", EMAIL, "--role", "buyer", "--password-stdin"], "Demo company 1\n", 1, "company's name"),
        (["add", "nobody", "--role", "buyer"], "", 1, "not a mail address"),
        (["add", EMAIL, "--role", "king"], "", 2, "Invalid value"),
        (["add", EMAIL], "", 2, "Missing option"),
        (["disable", EMAIL], "", 1, "no account"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, installed: Path, words: list[str], typed: str, code: int, sentence: str
) -> None:
    result = run("users", *words, typed=typed)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert run("users", "list").stdout == ""


def test_an_address_is_taken_once(run: Run, installed: Path) -> None:
    assert run("users", "add", EMAIL, "--role", "buyer").exit_code == 0
    again = run("users", "add", EMAIL.upper(), "--role", "administrator")
    assert (again.exit_code, again.stderr) == (1, "Error: There is already an account with this address.\n")


def test_a_closed_account_is_listed_as_closed(run: Run, installed: Path) -> None:
    run("users", "add", EMAIL, "--role", "buyer", "--password-stdin", typed="fjord-kestrel-oatmeal-77")
    assert run("users", "disable", EMAIL).exit_code == 0
    assert "closed" in run("users", "list").stdout
    assert not can_sign_in(installed, "fjord-kestrel-oatmeal-77")


def test_a_forgotten_password_is_replaced(run: Run, installed: Path) -> None:
    run("users", "add", EMAIL, "--role", "buyer", "--password-stdin", typed="fjord-kestrel-oatmeal-77\n")
    result = run("users", "password", EMAIL)
    assert result.exit_code == 0
    assert not can_sign_in(installed, "fjord-kestrel-oatmeal-77")
    assert can_sign_in(installed, result.stdout.partition("Password: ")[2].strip())


def test_a_closed_account_is_opened_again(run: Run, installed: Path) -> None:
    run("users", "add", EMAIL, "--role", "buyer", "--password-stdin", typed="fjord-kestrel-oatmeal-77\n")
    run("users", "disable", EMAIL)
    assert not can_sign_in(installed, "fjord-kestrel-oatmeal-77")
    assert run("users", "enable", EMAIL).exit_code == 0
    assert can_sign_in(installed, "fjord-kestrel-oatmeal-77")
