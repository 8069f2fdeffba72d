"""`portal demo`: the whole portal with a demo company, web and worker together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from portal.cli.serve import make_server
from portal.clock import clock
from portal.config import Settings, read_settings
from portal.demo.building import DemoAccount, accounts_of, build_demo
from portal.installation import Installation
from portal.services import installing

OUTSIDE = ("PORTAL_DATABASE_URL", "PORTAL_REDIS_URL", "PORTAL_SMTP_URL")
"""Settings that would let the demo reach beyond its own folder."""
DEMO_MARK = "this-is-a-demo"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--build-only", is_flag=True, help="Make the data and stop.")
def demo(port: int, build_only: bool) -> None:
    """Serve a demo company with invented suppliers; a second start finds it as it was left."""
    taken = [name for name in OUTSIDE if name in os.environ]
    if taken:
        raise click.ClickException(
            f"{taken[0]} is set: the demo has a database and a mailbox of its own. Unset it first."
        )
    data_dir = Path(os.environ.setdefault("PORTAL_DATA_DIR", "var/demo")).resolve()
    if (data_dir / "keys").exists() and not (data_dir / DEMO_MARK).exists():
        raise click.ClickException(f"{data_dir} holds an installation that is no demo; choose another PORTAL_DATA_DIR.")
    os.environ.setdefault("PORTAL_ORGANISATION", "Demo Company AS")
    os.environ.setdefault("PORTAL_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ["PORTAL_DEMO"] = "1"
    installing.make_folders(data_dir)
    (data_dir / DEMO_MARK).touch()
    installing.make_secrets(data_dir)
    settings = read_settings(os.environ)
    if build_only:
        _build(settings)
        return
    # in a process of its own: whoever has typeset a document must not fork, and the server forks
    subprocess.run([sys.executable, "-m", "portal.cli", "demo", "--build-only"], check=True)
    _greet(settings.base_url, accounts_of(settings.data_dir))
    _run(port)


def _build(settings: Settings) -> None:
    if not accounts_of(settings.data_dir):
        _forget_half_a_demo(settings.data_dir)
    installing.make_keys(settings, clock())
    installing.make_checkpoint_key(settings)
    installation = Installation(settings)
    installing.make_database(installation.engine, clock())
    build_demo(installation, clock(), say=click.echo)


def _forget_half_a_demo(data_dir: Path) -> None:
    """A first start that was interrupted begins anew."""
    for name in ("portal.sqlite", "portal.sqlite-journal", "queue.sqlite", "queue.sqlite-journal"):
        (data_dir / name).unlink(missing_ok=True)


def _greet(address: str, accounts: list[DemoAccount]) -> None:
    click.echo(f"\nThe demo is at {address}  (invented companies and people; Ctrl-C ends it)")
    click.echo(f"Outgoing mail, with the suppliers' links: {address}/demo/mailbox\n")
    for account in accounts:
        click.echo(f"  {account.role:14} {account.email:28} {account.password}")
    click.echo("")


def _run(port: int) -> None:
    worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "worker"])
    try:
        make_server("127.0.0.1", port).serve()
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
