"""`portal worker`: sends mail and seals declarations."""

from __future__ import annotations

import logging

import click

from portal.cli.answering import open_installation
from portal.jobs import run_worker


@click.command()
def worker() -> None:
    """Send mail and seal declarations, until asked to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    installation = open_installation()
    installation.check_catalogue()
    _ = installation.settings.seal_passphrase  # a missing one stops the start; a key that is away is waited for
    click.echo("The worker is running; Ctrl-C ends it.")
    run_worker(installation)
    click.echo("The worker has ended.")
