"""What the tests of answering share."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.installation import Installation
from portal.models import Invitation
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor


@pytest.fixture
def asked(make: Make) -> Invitation:
    """An invitation to all three questionnaires."""
    return make.invitation()


@pytest.fixture
def visitor(app: Flask, installation: Installation, asked: Invitation) -> Visitor:
    """A supplier who has opened the link."""
    return Visitor(app, installation, asked).open()
