"""`portal init`: everything that an installation needs before its first start."""

from __future__ import annotations

import os
from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.config import read_settings
from portal.services import installing


@click.command()
def init() -> None:
    """Make folders, secrets, the seal's keys and the database; doing it again is harmless."""
    data_dir = Path(os.environ.get("PORTAL_DATA_DIR", "var")).resolve()
    installing.make_folders(data_dir)
    made = installing.make_secrets(data_dir)
    settings = read_settings(os.environ)
    if installing.make_keys(settings, clock()):
        made.append("keys and certificates of the seal")
    if installing.make_checkpoint_key(settings):
        made.append("key of the ledger's checkpoints")
    installing.make_database(open_installation().engine, clock())
    group = os.environ.get("PORTAL_GROUP")
    if group:
        installing.share(data_dir, group)
    for name in made:
        click.echo(f"Made: {name}")
    click.echo(f"Ready: {data_dir}")
    if made:
        click.echo(f"Keep {settings.keys_dir} secret, and a copy of it in a safe place.")
