from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.installation import Installation
from portal.pdf.document import Renderer
from tests.crash.nursery import Nursery
from tests.crash.people import make_people
from tests.portal.pdf.facts import facts


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One for all tests of a process."""
    with Nursery() as opened:
        yield opened


@pytest.fixture(scope="session")
def printed() -> bytes:
    """What the typesetter gives."""
    return Renderer().render(facts())


@pytest.fixture
def prepared(installation: Installation, printed: bytes, nursery: Nursery, tmp_path: Path) -> Installation:
    """An installation with suppliers who are ready to sign, in which the nursery has settled."""
    make_people(installation, datetime.now(UTC))
    (tmp_path / "printed.pdf").write_bytes(printed)
    nursery.settle(installation.settings)
    return installation
