from collections.abc import Iterator
from pathlib import Path

import pytest
from certomancer.registry import CertomancerConfig

from portal.pdf.certificates import SigningKeys, Trust, create_installation_keys, load_keys, load_trust
from portal.pdf.document import Renderer
from portal.pdf.signing import Signatory, Signer
from portal.pdf.typefaces import make
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.pdf.facts import ENGLISH, NOW
from tests.servers import free_port

PASSPHRASE = b"correct horse battery staple"
SIGNATORY = Signatory(
    "Åse Bjørnæs Østgård", "Managing director", "ase@stoperi.example", "Ålesund Støperi og Mekaniske Verksted AS"
)


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    make()
    return Renderer()


@pytest.fixture(scope="session")
def authority_port() -> int:
    """Where the authority's lists of revoked certificates are."""
    return free_port()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory, authority_port: int) -> CertomancerConfig:
    return create_authority(tmp_path_factory.mktemp("authority"), authority_port)


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory, authority: CertomancerConfig) -> Path:
    folder = tmp_path_factory.mktemp("installation") / "keys"
    create_installation_keys(folder, "Fjord Kraft & Søn AS", PASSPHRASE, NOW)
    (folder / "tsa-roots").mkdir()
    (folder / "tsa-roots" / "tidsvitne.pem").write_bytes(root_of(authority))
    return folder


@pytest.fixture(scope="session")
def signing_keys(keys_folder: Path) -> SigningKeys:
    return load_keys(keys_folder, PASSPHRASE)


@pytest.fixture(scope="session")
def trust(keys_folder: Path) -> Trust:
    return load_trust(keys_folder)


@pytest.fixture(scope="session")
def preview(renderer: Renderer) -> bytes:
    return renderer.render(ENGLISH)


@pytest.fixture(scope="session")
def declaration(signing_keys: SigningKeys, preview: bytes) -> bytes:
    """Return a signed and sealed declaration without time stamps."""
    return Signer(signing_keys, None).sign(preview, SIGNATORY, ENGLISH.reference, NOW).pdf


@pytest.fixture(scope="session")
def tsa_url(authority: CertomancerConfig, authority_port: int) -> Iterator[str]:
    with serving(clock(authority, NOW), authority_port) as address:
        yield f"{address}/clock/tsa/stamps"


@pytest.fixture(scope="session")
def stamped(signing_keys: SigningKeys, preview: bytes, tsa_url: str) -> bytes:
    """Return a signed and sealed declaration with a time stamp in each signature."""
    return Signer(signing_keys, tsa_url).sign(preview, SIGNATORY, ENGLISH.reference, NOW).pdf
