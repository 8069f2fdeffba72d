"""Preview plus sign of a human-rights declaration, against `typst.compile` plus one pyHanko signature of that file."""

from __future__ import annotations

import io
import json
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pytest_benchmark.fixture import BenchmarkFixture

from portal.demo.answering import answer_all
from portal.installation import Installation
from portal.models import Invitation
from portal.pdf.certificates import KeyPair, load_keys
from portal.pdf.document import DECLARATION
from portal.pdf.shown import as_shown
from portal.pdf.signing import Signatory
from portal.services import declarations, previews, sealing, signing_codes
from portal.services.actors import link_actor
from portal.services.documents import Setting
from tests.factories import Make

GROUP = "preview and sign a human-rights declaration"
ROUNDS = 40
SIGNATORY = Signatory("Kari Prøve 王小明", "Managing director", "kari@supplier.example", "Prøve Metall AS")


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """SQLite: the database is not what is measured."""
    path = tmp_path / "portal.sqlite"
    path.write_bytes(empty_sqlite.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def answered(make: Make, installation: Installation) -> Callable[[], uuid.UUID]:
    """Makes a request whose one questionnaire is answered; returns the invitation's id."""
    campaign = make.campaign(keys=("human-rights",))
    questionnaire = installation.catalogue.newest("human-rights").asked_of({})
    answers = answer_all(questionnaire, Random(3), deviating=0.1)

    def new() -> uuid.UUID:
        request = make.request(campaign, make.supplier())
        invitation_id = make.invitation(request).id
        make.answers(request.assessments[0], answers)
        return invitation_id

    return new


def test_ours(benchmark: BenchmarkFixture, installation: Installation, answered: Callable[[], uuid.UUID]) -> None:
    """All of it: facts, typesetting, storing, the code, signing twice, the deviations, the ledger, the mails."""
    benchmark.group, benchmark.extra_info["side"] = GROUP, "ours"

    def fresh() -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (installation, answered()), {}

    _run(benchmark, _preview_and_sign, setup=fresh, rounds=ROUNDS, warmup_rounds=3)


def test_floor(benchmark: BenchmarkFixture, installation: Installation, answered: Callable[[], uuid.UUID]) -> None:
    """A warm typesetter, and one signature by pyHanko's own signer with a key that is loaded already."""
    benchmark.group, benchmark.extra_info["side"] = GROUP, "floor"
    compiler = installation.renderer._compiler(DECLARATION)
    signer = _stock_signer(installation)

    def fresh() -> tuple[tuple[Any, ...], dict[str, Any]]:
        with installation.new_session() as session:
            draft = _draft(installation, session.get_one(Invitation, answered()), session)
        inputs = {
            "data": json.dumps(installation.renderer._printed(draft.facts)),
            "answers": draft.facts.answers.decode(),
            "shown": as_shown(draft.facts).decode(),
        }
        return (compiler, signer, inputs), {}

    _run(benchmark, _compile_and_sign, setup=fresh, rounds=ROUNDS, warmup_rounds=3)


def _run(benchmark: Any, target: Callable[..., None], **settings: Any) -> None:
    benchmark.pedantic(target, **settings)


def _preview_and_sign(installation: Installation, invitation_id: uuid.UUID) -> None:
    now = datetime.now(UTC)
    with installation.new_session.begin() as session:
        invitation = session.get_one(Invitation, invitation_id)
        made = previews.typeset([_draft(installation, invitation, session)], installation.renderer, installation.store)
        by = link_actor(invitation)
        signing = previews.keep_previews(session, invitation, made, now=now, by=by)
    with installation.new_session.begin() as session:
        signing = session.merge(signing)
        signing_codes.send(session, signing, ["Human rights"], now=now, by=by)
        accepted = declarations.accept(
            session, signing, installation.links.code(signing), links=installation.links,
            catalogue=installation.catalogue, evidence={}, now=now, by=by,
        )  # fmt: skip
        waiting = [declaration.id for declaration in accepted]
    for declaration_id in waiting:
        assert sealing.seal(
            installation.new_session, declaration_id, store=installation.store, signer=lambda: installation.signer,
            catalogue=installation.catalogue, now=lambda: now,
        )  # fmt: skip


def _draft(installation: Installation, invitation: Invitation, session: Any) -> previews.Draft:
    setting = Setting("Testfirma AS", "http://localhost/verify", "en", datetime.now(UTC))
    (draft,) = previews.draft_all(
        session, invitation.request, installation.catalogue, SIGNATORY, setting, secrets.token_bytes
    )
    return draft


def _compile_and_sign(compiler: Any, signer: signers.SimpleSigner, inputs: dict[str, str]) -> None:
    pdf = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=1795168867)
    metadata = signers.PdfSignatureMetadata(field_name="Signature", md_algorithm="sha256")
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)


def _stock_signer(installation: Installation) -> signers.SimpleSigner:
    settings = installation.settings
    pair = load_keys(settings.keys_dir, settings.seal_passphrase).seal
    assert isinstance(pair, KeyPair)
    p12 = serialization.pkcs12.serialize_key_and_certificates(
        b"seal", pair.key, pair.certificate, None, serialization.BestAvailableEncryption(b"floor")
    )
    assert isinstance(pair.certificate, x509.Certificate)
    signer = signers.SimpleSigner.load_pkcs12_data(p12, other_certs=[], passphrase=b"floor")
    assert isinstance(signer, signers.SimpleSigner)
    return signer
