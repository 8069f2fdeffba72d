"""The session's cookie goes out with pages only."""

from __future__ import annotations

from flask import Flask

from portal.installation import Installation
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor


def test_a_static_file_carries_no_cookie_and_a_page_does(app: Flask, installation: Installation, make: Make) -> None:
    visitor = Visitor(app, installation, make.invitation()).open()
    assert "Set-Cookie" in visitor.get().headers
    with visitor.client.get("/static/portal.css") as file:
        assert file.status_code == 200
        assert "Set-Cookie" not in file.headers
