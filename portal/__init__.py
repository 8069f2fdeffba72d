"""The supplier self-assessment portal: ask, answer, sign, review, mend, prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.config import Settings

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application; see `portal.application`."""
    # so that `import portal.models` or the command line does not load the whole web
    from portal.application import make_application  # noqa: PLC0415

    return make_application(settings)
