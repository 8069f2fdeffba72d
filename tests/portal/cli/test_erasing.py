"""`portal erase` and `portal retention` on the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from portal.cli import erasing, main
from portal.installation import Installation
from portal.models import LegalHold, Role
from tests.factories import Make
from tests.portal.review_case import open_case


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def on_site(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command on this installation."""
    monkeypatch.setattr(erasing, "open_installation", lambda: installation)
    return lambda *words: CliRunner().invoke(main, words, prog_name="portal")


def test_a_person_is_shown_then_erased_unless_a_hold_stands(
    on_site: Callable[..., Result], make: Make, session: Session
) -> None:
    declaration = open_case(make).declaration
    supplier, contact = declaration.assessment.request.supplier, declaration.assessment.request.supplier.contacts[0]
    hold = LegalHold(supplier=supplier, reason="A claim", placed_at=make.now, placed_by=make.user(Role.APPROVER))
    email, reference = contact.email, declaration.reference
    session.add(hold)
    session.commit()
    shown = on_site("erase", email, "--dry-run").output
    assert "To be erased: 1 contacts, 1 invitations" in shown
    assert f"signed declaration {reference}" in shown
    assert "Kept by a legal hold on Prøve Metall AS: A claim" in shown
    refused = on_site("erase", email)
    assert (refused.exit_code, "Nothing was erased." in refused.output) == (1, True)
    hold.lifted_at = make.now
    session.commit()
    assert "Erased: 1 contacts" in on_site("erase", email, "--basis", "letter").output
    assert "To be erased: 0 contacts, 0 invitations" in on_site("erase", email, "--dry-run").output


def test_what_is_older_than_the_retention_is_named_and_deleted_only_when_told(
    on_site: Callable[..., Result], make: Make, session: Session
) -> None:
    old, young = open_case(make).declaration, open_case(make).declaration
    old.signed_at = make.now - relativedelta(years=10, days=1)
    reference = old.reference
    session.commit()
    for words, said in ((), "signed"), (("--delete",), "deleted"):
        output = on_site("retention", *words).output
        assert f"{reference}: {said}" in output
        assert "1 declarations are older than 10 years." in output
    assert "0 declarations" in on_site("retention").output
    session.refresh(old)
    assert (old.deleted_at is None, young.deleted_at is None) == (False, True)
