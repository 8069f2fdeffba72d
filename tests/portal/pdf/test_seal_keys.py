"""Keys of the seal in a token and at a signing service: proven as those in a file are, or nothing is signed."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from portal.pdf.certificates import SealKeyError, Trust, load_keys, load_trust
from portal.pdf.remote_key import LARGEST_ANSWER, RemoteKey
from portal.pdf.report import Verdict
from portal.pdf.seal_changes import renew_seal
from portal.pdf.seal_check import SealProblem
from portal.pdf.seal_keys import open_seal, open_vault
from portal.pdf.signing import Level, Signer, SigningError
from portal.pdf.token_key import TokenKey
from portal.pdf.verification import verify
from tests.portal.pdf import vaults
from tests.portal.pdf.authorities import serving
from tests.portal.pdf.conftest import PASSPHRASE, SIGNATORY
from tests.portal.pdf.facts import NOW
from tests.portal.pdf.vaults import Service, secret

ORGANISATION = "Fjord Kraft & Søn AS"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a key in a token of SoftHSM2."""
    with vaults.token(tmp_path_factory.mktemp("softhsm")) as place:
        vault = open_vault(place, secret)
        assert isinstance(vault, TokenKey)
        assert [vault.make(), vault.make()] == [True, False]
        yield place


@pytest.fixture
def service() -> Service:
    return Service(now=NOW)


@pytest.fixture
def folder(keys_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(keys_folder, tmp_path / "keys")


def keys_without_file(
    folder: Path, place: str, secret: Callable[[str], str] = secret, tsa_url: str | None = None
) -> Signer:
    """Return a signer for whose seal there is no file."""
    (folder / "seal.p12").unlink()
    return Signer(load_keys(folder, PASSPHRASE, open_seal(place, folder, secret)), tsa_url)


@contextmanager
def serving_seal(service: Service, folder: Path) -> Iterator[str]:
    """Run a service with whose key the folder's seal is; yield its address."""
    with serving(service) as address:
        place = f"csc:{address}?credential=seal-1"
        renew_seal(folder, ORGANISATION, PASSPHRASE, open_vault(place, secret), NOW)
        yield place


def test_a_key_in_a_token_seals(token: str, folder: Path, preview: bytes, trust: Trust, tsa_url: str) -> None:
    before = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())
    certificate = renew_seal(folder, ORGANISATION, PASSPHRASE, open_vault(token, secret), NOW)
    signer = keys_without_file(folder, token, tsa_url=tsa_url)

    signed = signer.sign(preview, SIGNATORY, "DEC-1", NOW)

    report = verify(signed.pdf, trust, None, now=NOW)
    assert (report.verdict, signed.level) == (Verdict.PROVEN, Level.T)
    assert [each.organisation for each in report.signatures][1] == ORGANISATION
    assert signer.check(NOW) == []
    assert certificate.public_key() != before.public_key()


def test_a_key_at_a_service_seals_what_it_never_sees(
    service: Service, folder: Path, preview: bytes, trust: Trust, tsa_url: str
) -> None:
    with serving_seal(service, folder) as place:
        service.asked.clear()
        signer = keys_without_file(folder, place, tsa_url=tsa_url)
        signed = [signer.sign(preview, SIGNATORY, "DEC-1", NOW) for _ in range(2)]
        assert signer.check(NOW) == []

    reports = [verify(each.pdf, trust, None, now=NOW) for each in signed]
    assert [report.verdict for report in reports] == [Verdict.PROVEN] * 2
    assert service.asked == ["credentials/info", *["credentials/authorize", "signatures/signHash"] * 3]


def test_a_key_of_rsa_seals_too(token: str, folder: Path, preview: bytes, trust: Trust) -> None:
    """Many tokens and services have no other."""
    where, place = token.partition("module-path=")[2], token.replace("object=seal", "object=rsa")
    with pkcs11.lib(where).get_token(token_label="Seal of tests").open(user_pin=secret("pin"), rw=True) as session:
        session.generate_keypair(pkcs11.KeyType.RSA, 3072, store=True, label="rsa")
    renew_seal(folder, ORGANISATION, PASSPHRASE, open_vault(place, secret), NOW)

    signed = keys_without_file(folder, place).sign(preview, SIGNATORY, "DEC-1", NOW)

    assert verify(signed.pdf, trust, None, now=NOW).verdict is Verdict.PROVEN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Seal%20of%20tests", "Another"), "NoSuchToken"),
        (("object=seal", "object=other"), "NoSuchKey"),
        (("libsofthsm2", "nothing"), "cannot open"),
    ],
)
def test_without_its_token_nothing_is_signed(
    token: str, folder: Path, preview: bytes, change: tuple[str, str], said: str
) -> None:
    signer = keys_without_file(folder, token.replace(*change))

    with pytest.raises(SigningError, match=said):
        signer.sign(preview, SIGNATORY, "DEC-1", NOW)
    assert [each.problem for each in signer.check(NOW)] == [SealProblem.KEY_AWAY]


def test_a_token_that_was_away_is_found_again(folder: Path, tmp_path: Path) -> None:
    with vaults.token(tmp_path) as place:
        vault = open_vault(place, secret)
        assert isinstance(vault, TokenKey)
        vault.make()
        before = asyncio.run(vault.public_key())
        tokens = (tmp_path / "tokens").rename(tmp_path / "away")
        with pytest.raises(SealKeyError):
            asyncio.run(vault.sign(b"data"))
        tokens.rename(tmp_path / "tokens")
        assert asyncio.run(vault.sign(b"data"))
        assert asyncio.run(vault.public_key()) == before


def test_a_wrong_pin_is_tried_once_only(token: str, folder: Path, preview: bytes) -> None:
    tried: list[str] = []

    def wrong(name: str) -> str:
        tried.append(name)
        return "314159"

    signer = keys_without_file(folder, token, wrong)

    for _ in range(3):
        with pytest.raises(SigningError, match="refuses the PIN"):
            signer.sign(preview, SIGNATORY, "DEC-1", NOW)

    assert tried == ["pin"]


def test_a_token_with_another_key_than_the_certificates_signs_nothing(token: str, folder: Path, preview: bytes) -> None:
    signer = keys_without_file(folder, token)

    with pytest.raises(SigningError, match=r"not that of seal\.pem"):
        signer.sign(preview, SIGNATORY, "DEC-1", NOW)


ANSWERS: dict[str, tuple[Callable[[str], tuple[str, bytes] | None], str]] = {
    "refused": (lambda _: ("401 Unauthorized", b""), "answered 401"),
    "elsewhere": (lambda _: ("302 Found", b""), "answered 302"),
    "no object": (lambda _: ("200 OK", b"[]"), "no object"),
    "garbage": (lambda _: ("200 OK", b"<html>"), "JSONDecodeError"),
    "nothing signed": (lambda what: ("200 OK", b'{"signatures": []}') if "Hash" in what else None, "ValueError"),
    "without end": (lambda _: ("200 OK", b" " * (LARGEST_ANSWER + 1)), "no end"),
    "late": (vaults.slow, "TimeoutError"),
}


@pytest.mark.parametrize(("answer", "said"), ANSWERS.values(), ids=ANSWERS)
def test_without_its_service_nothing_is_signed(
    service: Service, folder: Path, preview: bytes, answer: Callable[[str], tuple[str, bytes] | None], said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with serving_seal(service, folder) as place:
        if answer is vaults.slow:
            monkeypatch.setattr("portal.pdf.remote_key.TIMEOUT_SECONDS", 0.3)
        signer = keys_without_file(folder, place)
        service.answer = answer
        with pytest.raises(SigningError, match=said):
            signer.sign(preview, SIGNATORY, "DEC-1", NOW)


def test_a_service_that_is_away_or_signs_with_another_key_signs_nothing(
    service: Service, folder: Path, preview: bytes
) -> None:
    with serving_seal(service, folder) as place:
        signer = keys_without_file(folder, place)
        service.signs_with = ec.generate_private_key(ec.SECP256R1())
        with pytest.raises(SigningError, match=r"not that of seal\.pem"):
            signer.sign(preview, SIGNATORY, "DEC-1", NOW)
    with pytest.raises(SigningError, match="ClientConnectorError"):
        signer.sign(preview, SIGNATORY, "DEC-1", NOW)


@pytest.mark.parametrize(
    "place",
    [
        "csc:http://sign.example.com?credential=1",
        "csc:ftp://localhost?credential=1",
        "csc:https://sign.example.com",
        "csc:https://me:secret@sign.example.com?credential=1",
        "pkcs11:token=a;object=b",
        "pkcs11:token=a;object=b?module-path=/c.so&pin-value=1234",
        "file:seal.p12",
    ],
)
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(SealKeyError):
        open_vault(place, secret)


def test_tls_is_demanded_beyond_this_machine() -> None:
    assert RemoteKey("csc:https://sign.example.com/base/?credential=seal-1", secret)
    with pytest.raises(SealKeyError, match=r"127\.0\.0\.1:9"):
        asyncio.run(RemoteKey("csc:http://127.0.0.1:9?credential=seal-1", secret).public_key())


def test_the_old_seal_and_the_new_are_both_proven(folder: Path, preview: bytes) -> None:
    documents = [Signer(load_keys(folder, PASSPHRASE), None).sign(preview, SIGNATORY, "DEC-1", NOW).pdf]
    old = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())

    renew_seal(folder, "Fjord Kraft ASA", PASSPHRASE, None, NOW)

    documents.append(Signer(load_keys(folder, PASSPHRASE), None).sign(preview, SIGNATORY, "DEC-2", NOW).pdf)
    reports = [verify(pdf, load_trust(folder), None, now=NOW) for pdf in documents]
    assert [report.verdict for report in reports] == [Verdict.PROVEN] * 2
    assert [report.signatures[1].organisation for report in reports] == [ORGANISATION, "Fjord Kraft ASA"]
    assert {f"seal-{old.serial_number:x}.pem", f"seal-{old.serial_number:x}.p12"} <= {p.name for p in folder.iterdir()}
