"""How the command line answers: an error is one sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from portal.config import SettingsError, read_settings
from portal.installation import Installation

UNREADY = ("no such table", "does not exist", "unable to open database file")
"""What databases say when `portal init` has not been run."""


class PortalGroup(click.Group):
    """A group of commands that turns every error into a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            raise click.ClickException(sentence(error)) from error


def sentence(error: Exception) -> str:
    """Return an error as one sentence for the person at the terminal."""
    if isinstance(error, (OperationalError, ProgrammingError)) and any(word in str(error) for word in UNREADY):
        return "The database is not ready; run `portal init` first."
    if isinstance(error, DBAPIError):
        return f"The database does not answer: {_first_line(str(error.orig))}."
    if isinstance(error, SettingsError):
        return str(error)
    words = _first_line(str(error)).rstrip(".")
    return f"{words or type(error).__name__}."


def open_installation() -> Installation:
    """Return the installation of this environment, closed when the command ends; raises SettingsError."""
    installation = Installation(read_settings(os.environ))
    click.get_current_context().call_on_close(installation.close)
    return installation


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
