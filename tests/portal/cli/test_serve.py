from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests import servers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_portal_answers_over_http_and_ends_when_asked(installed: Path, number: signal.Signals) -> None:
    port = servers.free_port()
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
    environment = {**os.environ, "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            servers.wait_for_port(port, 60)
            with urlopen(f"http://127.0.0.1:{port}/static/portal.css", timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.send_signal(number)
        assert server.wait(30) == 0
