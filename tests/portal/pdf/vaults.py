"""Places for a seal's key: a token of SoftHSM2, and a small signing service that speaks the API of the consortium."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.servers import do_without

MODULES = [Path(folder) / "softhsm" / "libsofthsm2.so" for folder in ("/usr/lib", "/usr/lib64", "/usr/local/lib")]
PIN, TOKEN = "271828", "bearer-of-the-tests"


@contextmanager
def token(folder: Path) -> Iterator[str]:
    """Make a token in the folder, with nothing in it; yield the address of a key that is not there yet."""
    module = next((path for path in MODULES if path.exists()), None)
    if module is None:
        do_without("SoftHSM2 is not installed (Debian: apt install softhsm2)")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        command = ["softhsm2-util", "--init-token", "--free", "--label", "Seal of tests", "--pin", PIN, "--so-pin", PIN]
        subprocess.run(command, check=True, capture_output=True, env=os.environ)
        pkcs11.unload(str(module))  # it reads the environment when it is loaded
        yield f"pkcs11:token=Seal%20of%20tests;object=seal?module-path={module}"
        pkcs11.unload(str(module))


@dataclass
class Service:
    """A signing service with one credential; what it does wrong can be set."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    now: datetime = field(kw_only=True)
    asked: list[str] = field(default_factory=list)
    answer: Callable[[str], tuple[str, bytes] | None] = lambda _: None
    """Given the question, returns another status and body than the right ones, or waits."""
    signs_with: ec.EllipticCurvePrivateKey | None = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        what = environ["PATH_INFO"].removeprefix("/csc/v1/")
        question = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        self.asked.append(what)
        status, body = self.answer(what) or ("200 OK", json.dumps(self._answer(what, question)).encode())
        if environ.get("HTTP_AUTHORIZATION") != f"Bearer {TOKEN}":
            status, body = "401 Unauthorized", b""
        start(status, [("Content-Type", "application/json"), ("Location", "http://169.254.169.254/")])
        return [body]

    def _answer(self, what: str, question: dict[str, Any]) -> dict[str, Any]:
        assert question["credentialID"] == "seal-1"
        if what == "credentials/info":
            return {
                "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256},
                "cert": {"certificates": [base64.b64encode(self._certificate()).decode()]},
                "SCAL": "2",
                "multisign": 1,
            }
        if what == "credentials/authorize":
            assert (question["numSignatures"], question["PIN"]) == (1, PIN)
            return {"SAD": f"leave for {question['hash'][0]}", "expiresIn": 60}
        assert what == "signatures/signHash"
        (digest,) = question["hash"]
        assert question["SAD"] == f"leave for {digest}"
        assert question["signAlgo"] == "1.2.840.10045.4.3.2"
        prehashed = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        signature = (self.signs_with or self.key).sign(base64.b64decode(digest), prehashed)
        return {"signatures": [base64.b64encode(signature).decode()]}

    def _certificate(self) -> bytes:
        """A certificate of the service's own, which the portal does not go by."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Customer 1 of the service")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        builder = builder.serial_number(1).not_valid_before(self.now).not_valid_after(self.now + timedelta(days=1))
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def slow(_: str) -> None:
    """Answer late."""
    time.sleep(0.7)


def secret(name: str) -> str:
    """Return the right secrets."""
    return {"pin": PIN, "token": TOKEN}[name]
