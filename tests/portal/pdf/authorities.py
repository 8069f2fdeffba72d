"""A time stamp authority on the loopback, with a clock that can be set."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CONFIGURATION = (Path(__file__).parent / "authority.yml").read_text()
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def serving(application: Application, port: int = 0) -> Iterator[str]:
    """Serve the application on a port, or any; yield its address."""
    with make_server("127.0.0.1", port, application, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def create_authority(
    folder: Path, port: int, *, name: str = "Tidsvitne", revoked: str | None = None, ends: int = 2036
) -> CertomancerConfig:
    """Make the keys of an authority in the folder; its certificates say that its lists are on the port.

    With a moment in `revoked` the certificate that it stamps with is on the list since then; it ends with the
    beginning of the year `ends`.
    """
    for whose in ("root", "tsa"):
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{whose}.pem").write_bytes(private)
    place = f'external-url-prefix: "http://127.0.0.1:{port}"\n'
    content = place + CONFIGURATION.replace("Tidsvitne", name).replace("2036-01-01", f"{ends}-01-01")
    if revoked:
        revocation = f'        revocation: {{revoked-since: "{revoked}", reason: key_compromise}}\n'
        content = content.replace("        subject: tsa\n", f"        subject: tsa\n{revocation}")
    return CertomancerConfig.from_yaml(content, key_search_dir=str(folder))


def root_of(authority: CertomancerConfig) -> bytes:
    """Return the root certificate as PEM."""
    certificate = authority.get_pki_arch(ArchLabel("clock")).get_cert(CertLabel("root"))
    armoured: bytes = pem.armor("CERTIFICATE", certificate.dump())
    return armoured


def clock(authority: CertomancerConfig, moment: datetime) -> Application:
    """Return the authority as an application whose clock stands still."""
    application: Application = Animator(
        AnimatorArchStore(authority.pki_archs), at_time=moment, with_web_ui=False, allow_time_override=False
    )
    return application
