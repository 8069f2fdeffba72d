"""The demo company: as promised, with every state on show, and built once."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.demo.building import accounts_of, build_demo
from portal.installation import Installation
from portal.models import Campaign, Deviation, Role, Supplier
from portal.services import ledger, requests
from portal.services.progress import RequestState, state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """SQLite, as the demo has it."""
    shutil.copy(empty_sqlite, tmp_path / "portal.sqlite")
    return f"sqlite:///{tmp_path / 'portal.sqlite'}"


def test_the_demo_has_every_state_on_show_and_is_built_once(installation: Installation, session: Session) -> None:
    said: list[str] = []
    build_demo(installation, clock(), said.append)
    accounts = accounts_of(installation.settings.data_dir)
    started = time.perf_counter()
    build_demo(installation, clock(), said.append)

    assert len(said) == 2, "the second time there is nothing to say"
    assert time.perf_counter() - started < 1
    assert accounts_of(installation.settings.data_dir) == accounts
    assert {account.role for account in accounts} == {role.value for role in Role}

    countries = Counter(session.scalars(sa.select(Supplier.country)))
    assert (countries.total(), len(countries), countries["CN"]) == (52, 16, 7)
    campaign = session.scalars(sa.select(Campaign)).one()
    states = {state_of(request, clock()) for request in requests.of_campaign(session, campaign)}
    assert states == set(RequestState) - {RequestState.DRAFT, RequestState.WITHDRAWN, RequestState.SIGNING}
    assert {deviation.state.value for deviation in session.scalars(sa.select(Deviation))} == {
        "proposed", "flagged", "dismissed",
    }  # fmt: skip
    assert ledger.verify(session) is None
