from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.mail.message import Mail
from tests.portal.mail.postbox import Postbox, serving


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with serving(Postbox()) as running:
        yield running


@pytest.fixture
def mail() -> Mail:
    return Mail(
        message_id="<1@portal.example>",
        sender_name="Testfirma AS",
        sender_email="portal@testfirma.example",
        to_name="Kari Prøve",
        to_email="kari@supplier.example",
        subject="Spørsmål",
        text="Hei\n",
        html="<p>Hei</p>",
        date=datetime(2026, 11, 21, 9, tzinfo=UTC),
    )
