"""Evidence: a signature that lasts, its verification, and a record in the ledger."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext
from pytest_benchmark.fixture import BenchmarkFixture

from portal.installation import Installation
from portal.models import Deed
from portal.pdf.certificates import SigningKeys, create_installation_keys, load_keys, load_trust, to_asn1
from portal.pdf.document import Renderer
from portal.pdf.report import Level, Verdict
from portal.pdf.signing import Signer, _KeySigner
from portal.pdf.timestamps import Authority
from portal.pdf.verification import verify
from portal.pdf.verification_child import verifiers, verify_in_child
from portal.services import ledger
from portal.services.actors import PORTAL
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.pdf.conftest import PASSPHRASE, SIGNATORY
from tests.portal.pdf.facts import ENGLISH, NOW
from tests.servers import free_port

LASTING = "sign at B-LTA (two signatures, three time stamps on the loopback)"
VERIFYING = "verify one B-LTA declaration"
VERIFYING_MANY = "verify 60 B-LTA declarations: a child for each of two processors beside one child"
SIGNING_MANY = "sign 40 declarations (B-B): two processes beside one"
RECORDING = "append one record to the ledger"
WALKING = "verify a ledger of 20,000 records, beside reading, parsing and hashing them"
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "keys"
    create_installation_keys(folder, "Fjord Kraft AS", PASSPHRASE, NOW)
    (folder / "tsa-roots").mkdir()
    return folder


@pytest.fixture(scope="module")
def tsa_url(keys_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    authority = create_authority(tmp_path_factory.mktemp("authority"), port)
    (keys_dir / "tsa-roots" / "authority.pem").write_bytes(root_of(authority))
    with serving(clock(authority, NOW), port) as address:
        yield f"{address}/clock/tsa/stamps"


@pytest.fixture(scope="module")
def signing_keys(keys_dir: Path, tsa_url: str) -> SigningKeys:
    return load_keys(keys_dir, PASSPHRASE)


@pytest.fixture(scope="module")
def preview() -> bytes:
    return Renderer().render(ENGLISH)


@pytest.fixture(scope="module")
def lasting(signing_keys: SigningKeys, tsa_url: str, preview: bytes) -> bytes:
    return Signer(signing_keys, tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW).pdf


def run(benchmark: Any, side: str, group: str, target: Any, *arguments: Any, rounds: int, warm: int = 2) -> Any:
    benchmark.group, benchmark.extra_info["side"] = group, side
    return benchmark.pedantic(target, args=arguments, rounds=rounds, warmup_rounds=warm)


def test_lasting_ours(benchmark: BenchmarkFixture, signing_keys: SigningKeys, tsa_url: str, preview: bytes) -> None:
    signer = Signer(signing_keys, tsa_url, Level.LTA)
    signed = run(benchmark, "ours", LASTING, signer.sign, preview, SIGNATORY, "DEC-1", NOW, rounds=10)
    assert signed.level is Level.LTA


def test_lasting_floor(benchmark: BenchmarkFixture, signing_keys: SigningKeys, tsa_url: str, preview: bytes) -> None:
    """The library's own B-LTA call: one signature by the seal, with its lists given beforehand."""

    def sign() -> None:
        roots = [to_asn1(root) for root in (signing_keys.seal_root, *signing_keys.tsa_roots)]
        context = ValidationContext(
            trust_roots=roots, moment=NOW, allow_fetching=True, crls=signing_keys.crls(NOW),
            revocation_mode="hard-fail", retroactive_revinfo=True,
        )  # fmt: skip
        metadata = signers.PdfSignatureMetadata(
            field_name="Seal", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", embed_validation_info=True,
            use_pades_lta=True, validation_context=context,
        )  # fmt: skip
        signer = signers.PdfSigner(
            metadata, signer=_KeySigner(signing_keys.seal, (signing_keys.seal_root,)), stamp_style=NoOpStampStyle(),
            timestamper=Authority(tsa_url, signing_keys.tsa_roots, NOW),
        )  # fmt: skip
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(preview)), existing_fields_only=True)

    run(benchmark, "floor", LASTING, sign, rounds=10)


def test_verifying_ours(benchmark: BenchmarkFixture, keys_dir: Path, lasting: bytes) -> None:
    trust = load_trust(keys_dir)

    def check() -> Verdict:
        return verify(lasting, trust, lambda _: True, now=LATER).verdict

    assert run(benchmark, "ours", VERIFYING, check, rounds=10) is Verdict.PROVEN


def test_verifying_floor(benchmark: BenchmarkFixture, signing_keys: SigningKeys, lasting: bytes) -> None:
    """The library's validation of two signatures and a time stamp, and nothing else."""

    def context(*roots: Any) -> ValidationContext:
        return ValidationContext(trust_roots=[to_asn1(root) for root in roots], moment=NOW, allow_fetching=False)

    async def validate() -> None:
        reader = PdfFileReader(io.BytesIO(lasting))
        for signature in reader.embedded_regular_signatures:
            root = signing_keys.seal_root if signature.field_name == "Seal" else signing_keys.one_shot_root.certificate
            status = await async_validate_pdf_signature(signature, context(root), context(*signing_keys.tsa_roots))
            assert status.intact
        for stamp in reader.embedded_timestamp_signatures:
            assert (await async_validate_pdf_timestamp(stamp, context(*signing_keys.tsa_roots))).intact

    run(benchmark, "floor", VERIFYING, lambda: asyncio.run(validate()), rounds=10)


@pytest.mark.parametrize(("side", "at_most"), [("ours", 2), ("floor", 1)])
def test_verifying_many(benchmark: BenchmarkFixture, keys_dir: Path, lasting: bytes, side: str, at_most: int) -> None:
    with verifiers(keys_dir, at_most) as children, ThreadPoolExecutor(at_most) as pool:

        def check(pdf: bytes) -> Verdict:
            return verify_in_child(pdf, keys_dir, lambda _: True, now=LATER, children=children).verdict

        verdicts = run(benchmark, side, VERIFYING_MANY, lambda: set(pool.map(check, [lasting] * 60)), rounds=1, warm=1)
    assert verdicts == {Verdict.PROVEN}


def sign_one(keys_dir: Path, preview: bytes) -> int:
    keys = _kept_keys(keys_dir)
    return len(Signer(keys, None, Level.B).sign(preview, SIGNATORY, "DEC-1", NOW).pdf)


@lru_cache
def _kept_keys(keys_dir: Path) -> SigningKeys:
    return load_keys(keys_dir, PASSPHRASE)


@pytest.mark.parametrize(("side", "processes"), [("ours", 2), ("floor", 1)])
def test_signing_many(benchmark: BenchmarkFixture, keys_dir: Path, preview: bytes, side: str, processes: int) -> None:
    """As many workers do: each process signs its share."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:

        def sign() -> set[bool]:
            return {size > len(preview) for size in pool.map(sign_one, [keys_dir] * 40, [preview] * 40)}

        assert run(benchmark, side, SIGNING_MANY, sign, rounds=2, warm=1) == {True}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def long_ledger(installation: Installation) -> Installation:
    with installation.new_session.begin() as session:
        for _ in range(20_000):
            ledger.record(session, Deed.USER_SIGNED_IN, "user:1", by=PORTAL, now=NOW, data={"from": "127.0.0.1"})
    return installation


def test_walking_ours(benchmark: BenchmarkFixture, long_ledger: Installation) -> None:
    def walk() -> int:
        with long_ledger.new_session() as session:
            return ledger.check(session).size

    assert run(benchmark, "ours", WALKING, walk, rounds=3) == 20_000


def test_walking_floor(benchmark: BenchmarkFixture, long_ledger: Installation) -> None:
    def walk() -> None:
        with long_ledger.engine.connect() as connection:
            for (record,) in connection.execute(sa.text("SELECT record FROM ledger_events ORDER BY seq")):
                hashlib.sha256(record).digest()
                json.loads(record)

    run(benchmark, "floor", WALKING, walk, rounds=3)


def test_recording_ours(benchmark: BenchmarkFixture, installation: Installation) -> None:
    def append() -> None:
        with installation.new_session.begin() as session:
            ledger.begin(session)
            ledger.record(session, Deed.USER_SIGNED_IN, "user:1", by=PORTAL, now=NOW, data={"from": "127.0.0.1"})

    run(benchmark, "ours", RECORDING, append, rounds=200)


def test_recording_floor(benchmark: BenchmarkFixture, installation: Installation) -> None:
    """A bare INSERT and commit into a table of the same shape."""
    insert = sa.text("INSERT INTO bare (seq, prev, leaf, record) VALUES (:seq, :prev, :leaf, :record)")
    with installation.engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE bare (seq INTEGER PRIMARY KEY, prev TEXT UNIQUE, leaf TEXT UNIQUE, record BLOB)")
        )
    numbers = iter(range(10_000))

    def append() -> None:
        number = next(numbers)
        row = {"seq": number, "prev": f"{number:064}", "leaf": f"{number + 1:064}", "record": b"x" * 400}
        with installation.engine.begin() as connection:
            connection.execute(insert, row)

    run(benchmark, "floor", RECORDING, append, rounds=200)
