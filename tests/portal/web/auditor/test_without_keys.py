"""The web starts, verifies and proves with public certificates alone: it has neither keys nor what opens them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from portal import create_app
from portal.config import Settings, SettingsError
from portal.installation import Installation
from portal.models import Declaration, Role
from portal.pdf.signing import SigningError
from portal.services.installing import PRIVATE_SUFFIXES
from tests.factories import Make
from tests.portal.signing_acts import Act
from tests.portal.web.browsers import browser_beside
from tests.portal.web.pages import check


@contextmanager
def web_without_keys(settings: Settings, session: Session, templates: FileSystemBytecodeCache) -> Iterator[FlaskClient]:
    """Start the web of a user who can read neither keys nor passphrase."""
    for path in [path for path in settings.keys_dir.iterdir() if path.suffix in PRIVATE_SUFFIXES]:
        path.unlink()
    app = create_app(replace(settings, seal_secrets={}))
    app.jinja_env.bytecode_cache = templates
    app.config["WTF_CSRF_ENABLED"] = False
    yield browser_beside(app, session)
    parts: Installation = app.extensions["installation"]
    with pytest.raises(SettingsError, match="passphrase is missing"):
        _ = parts.settings.seal_passphrase
    with pytest.raises(SigningError, match="the keys cannot be opened"):
        _ = parts.signer
    parts.engine.dispose()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_the_web_needs_no_key(
    installation: Installation, session: Session, make: Make, compiled_templates: FileSystemBytecodeCache
) -> None:
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), make.now)
    assert act.seal(accepted, make.now)
    declaration = session.get_one(Declaration, accepted.id)
    reference, place = declaration.reference, f"/archive/{declaration.id}"
    sent = {"file": (io.BytesIO(installation.store.get(declaration.pdf_sha256 or "")), "declaration.pdf")}

    with web_without_keys(installation.settings, session, compiled_templates) as auditor:
        assert "Proven: this declaration is signed and sealed" in check(auditor.post("/verify", data=sent))
        assert b"BEGIN CERTIFICATE" in auditor.get("/verify/certificates.pem").data
        make.sign_in(auditor, make.user(Role.AUDITOR))
        assert reference in check(auditor.get("/archive"))
        assert auditor.get(f"{place}/evidence.zip").data.startswith(b"PK")
        assert "Nothing is stuck" in check(auditor.get("/operations"))
