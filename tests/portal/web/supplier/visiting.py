"""A supplier in a browser without JavaScript, for the tests of these pages."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.installation import Installation
from portal.models import Invitation


class Visitor:
    """One browser that has opened one link."""

    def __init__(self, app: Flask, installation: Installation, invitation: Invitation) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = installation.links.token(invitation)
        self.home = f"/r/{invitation.request_id}"
        self.language = invitation.language
        session = Session.object_session(invitation)
        if session:
            session.commit()  # a test that has read something must not hold up the pages' writing

    def open(self, go: str = "answer") -> Visitor:
        """Press the button behind the link."""
        self.client.post(f"/i/{self.token}", data={"go": go})
        return self

    def get(self, path: str = "") -> TestResponse:
        """Get a page of the request."""
        return self.client.get(self.home + path)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form; names may hold - and # by way of `fields={...}`."""
        return self.client.post(self.home + path, data=fields.pop("fields", fields))

    def answer(self, section: str, fields: dict[str, Any]) -> TestResponse:
        """Send a section's form with the questions that it names."""
        questions = {name.partition("_")[0] for name in fields if name not in {"go", "upload", "remove", "add_row"}}
        return self.post(section, fields={"on_page": sorted(questions), **fields})
