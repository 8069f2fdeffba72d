"""Roots and trusted lists come in as files, and are named where a certificate leads to them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from portal.clock import clock
from portal.pdf import trusted, trusted_lists
from portal.pdf.brought import examine
from portal.pdf.certificates import load_trust
from portal.pdf.document import Renderer
from portal.pdf.trusted_lists import TrustedListError
from tests.portal.cli.conftest import Run
from tests.portal.pdf import own_signing
from tests.portal.pdf.facts import ENGLISH
from tests.portal.pdf.own_signing import Issuer

LIST = (Path(own_signing.__file__).parent / "trusted_list.xml").read_text()


@pytest.fixture(scope="module")
def folkets() -> Issuer:
    """An authority below another one, as in the lists of most countries."""
    return own_signing.issuer(now=clock()).below("Folkets CA", now=clock())


@pytest.fixture(scope="module")
def trusted_list(folkets: Issuer) -> str:
    other = own_signing.issuer("Andre")
    encoded = [base64.b64encode(each.certificate.public_bytes(Encoding.DER)).decode() for each in (folkets, other)]
    return LIST.replace("GRANTED", encoded[0]).replace("OTHER", encoded[1])


def test_granted_services_of_a_list_are_known_from_then_on(
    run: Run, installed: Path, tmp_path: Path, trusted_list: str, folkets: Issuer
) -> None:
    file = tmp_path / "NO.xml"
    file.write_text(trusted_list)
    result = run("trust", "import", str(file))
    assert result.exit_code == 0, result.output
    assert "Trusted list NO no. 42" in result.stdout
    assert "its signature was not checked" in result.stdout
    assert "Certificates in trusted-lists/NO.pem: 1." in result.stdout
    assert "Folkets CA, Ålesund Støperi AS, NO" in run("trust", "list").stdout
    preview = Renderer().render(ENGLISH)
    signed = own_signing.sign(preview, folkets.card("Kari", now=clock()))
    (found,) = examine(preview, signed, load_trust(installed / "keys"), clock()).signatures
    assert found.root_source == "trusted-lists/NO.pem"


def test_a_certificate_comes_in_as_pem_or_der(run: Run, installed: Path, tmp_path: Path, folkets: Issuer) -> None:
    file = tmp_path / "root.crt"
    file.write_bytes(folkets.certificate.public_bytes(Encoding.DER))
    assert run("trust", "import", str(file)).exit_code == 0
    (root,) = trusted.load(installed / "keys")
    assert root.certificate == folkets.certificate
    file.write_text("hello")
    refused = run("trust", "import", str(file))
    assert refused.exit_code == 1
    assert "neither a trusted list nor a certificate" in refused.stderr
    assert len(trusted.load(installed / "keys")) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<?xml", "<!DOCTYPE x><?xml"), "no document type"),
        (("</TrustServiceStatusList>", ""), "not XML"),
        (("02231/v2#", "02231/v3#"), "no trusted list"),
        (("Svcstatus/granted", "Svcstatus/withdrawn"), "names no service"),
        (("<SchemeTerritory>NO", "<SchemeTerritory>../x"), "of which country"),
    ],
)
def test_what_is_no_list_is_refused(trusted_list: str, change: tuple[str, str], said: str) -> None:
    with pytest.raises(TrustedListError, match=said):
        trusted_lists.read(trusted_list.replace(*change).encode())
