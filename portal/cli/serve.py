"""`portal serve`: the web, on granian."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from granian.constants import Interfaces
from granian.server import Server
from granian.server.common import AbstractServer

from portal.config import read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
"""Where wsgi.py lies."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the portal over HTTP; put a reverse proxy with TLS before it."""
    read_settings(os.environ)  # so that a wrong setting is one sentence here, not a traceback in each process
    make_server(host, port, workers).serve()


def make_server(host: str, port: int, workers: int = 1) -> AbstractServer[Any]:
    """Return the server, ready to serve; it must be started in a main thread."""
    return Server(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        respawn_failed_workers=True,
        websockets=False,
        working_dir=ROOT,
    )
