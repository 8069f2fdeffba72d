"""A whole portal for a journey: web and worker as processes of their own, a mail server that keeps what it gets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result

from portal.cli import main
from tests import servers

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"http://\S+/i/\S+")
CODE = re.compile(r"^\s+(\d{6})\s*$", re.MULTILINE)


@dataclass
class Mailbox:
    """An SMTP server's catch."""

    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep a mail."""
        del server, session
        self.received.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 Message accepted"

    def wait_for(self, address: str, pattern: re.Pattern[str], *, after: int = 0, seconds: float = 30) -> str:
        """Return what the pattern finds in the newest mail to an address, waiting for one to come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in reversed(self.received[after:]):
                found = pattern.search(text_of(message))
                if address in str(message["To"]) and found:
                    return found.group(found.lastindex or 0)
            time.sleep(0.1)
        raise TimeoutError(f"no mail to {address} that says {pattern.pattern}")

    def link(self, address: str, after: int = 0) -> str:
        """Return the link mailed to an address."""
        return self.wait_for(address, LINK, after=after)

    def code(self, address: str, after: int = 0) -> str:
        """Return the signing code mailed to an address."""
        return self.wait_for(address, CODE, after=after)


def text_of(message: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


@dataclass
class Site:
    """A running portal."""

    address: str
    data_dir: Path
    environment: dict[str, str]
    mailbox: Mailbox

    def portal(self, *arguments: str, given: str | None = None, check: bool = True) -> Result:
        """Run a `portal` command on this installation: in this process, as a start costs seconds."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(main, arguments, input=given, prog_name="portal")
        assert not check or result.exit_code == 0, result.output
        return result

    def add_user(self, email: str, role: str, password: str) -> None:
        """Make an account."""
        self.portal("users", "add", email, "--role", role, "--name", role.title(), "--password-stdin", given=password)


@contextmanager
def running_site(folder: Path, database_url: str | None = None, redis_url: str | None = None) -> Iterator[Site]:
    """Run a fresh installation until the end of the block."""
    mailbox, port = Mailbox(), servers.free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=servers.free_port())
    controller.start()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_ORGANISATION": "Testfirma AS",
        "PORTAL_MAIL_FROM": "portal@testfirma.example",
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{controller.port}",
        "PYTHONWARNINGS": "default",
        **({"PORTAL_DATABASE_URL": database_url} if database_url else {}),
        **({"PORTAL_REDIS_URL": redis_url} if redis_url else {}),
    }
    site = Site(f"http://127.0.0.1:{port}", folder, environment, mailbox)
    site.portal("init")
    log = (folder / "processes.log").open("w")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        for command in (["serve", "--port", str(port)], ["worker"])
    ]
    try:
        servers.wait_for_port(port)
        yield site
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
        controller.stop()
        log.close()
