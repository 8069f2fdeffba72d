"""Signing with a certificate of one's own, as a browser without JavaScript sees it."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from pyhanko.sign.signers import SimpleSigner
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.installation import Installation
from portal.models import Declaration, Deed, Invitation, LedgerEvent, Preview, Signing
from portal.models import Role as UserRole
from portal.pdf.brought_report import Refusal
from portal.pdf.report import Role, Verdict
from portal.pdf.verification import verify
from portal.services import evidence, verifying_all
from portal.services.evidence import Sources
from portal.web.brought_sentences import SENTENCES
from tests.factories import Make
from tests.portal.pdf import own_signing
from tests.portal.services.test_bundle import verify as verify_script
from tests.portal.signing_acts import NO_MINERALS, Act
from tests.portal.web.pages import check
from tests.portal.web.supplier.test_signing import enter, mailed_code, make_preview


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def invitation(act: Act, client: FlaskClient, now: datetime) -> Invitation:
    return enter(act, client, act.ready(), now)


@pytest.fixture
def card(now: datetime) -> SimpleSigner:
    return own_signing.issuer(now=now).card("Kari Direktør", now=now)


def documents(act: Act, client: FlaskClient, address: str) -> dict[str, bytes]:
    """Download what there is to sign, by reference."""
    signing = act.session.get_one(Signing, uuid.UUID(address.rsplit("/", 1)[1]))
    paths = {preview.reference: f"{address}/own/{preview.id}.pdf" for preview in signing.previews}
    act.session.commit()
    return {reference: client.get(path).data for reference, path in paths.items()}


def upload(client: FlaskClient, address: str, *files: bytes, name: str = "signed.pdf") -> TestResponse:
    return client.post(address + "/own", data={"files": [(io.BytesIO(each), name) for each in files]})


def test_the_whole_way(
    act: Act, client: FlaskClient, invitation: Invitation, card: SimpleSigner, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    assert f'href="{address}/own"' in client.get(address).text
    ((reference, shown),) = documents(act, client, address).items()
    page = check(client.get(address + "/own"))
    assert "Missing" in page
    assert "Send me the code" not in page

    assert upload(client, address, own_signing.sign(shown, card)).status_code == 302
    page = check(client.get(address + "/own"))
    for said in ("Signed and uploaded", "Kari Direktør, Ålesund Støperi AS, NO", "does not know"):
        assert said in page
    code = mailed_code(act, client, address)
    assert client.post(address + "/accept", data={"code": "000000", "way": "own"}).status_code == 422
    accepted = client.post(address + "/accept", data={"code": code, "way": "own"})
    assert accepted.location.endswith("/receipt")

    declaration = act.session.query(Declaration).one()
    assert act.seal(declaration, now)
    assert "Signed with your own certificate" in check(client.get(accepted.location))
    pdf = act.installation.store.get(declaration.pdf_sha256 or "")
    assert pdf.startswith(act.installation.store.get(declaration.brought_sha256 or ""))
    report = verify(pdf, act.installation.trust, lambda _: True, now=now)
    assert (report.verdict, [each.role for each in report.signatures]) == (Verdict.PROVEN, [Role.OWN, Role.SEAL])
    assert declaration.reference == reference
    told = [json.loads(each.record) for each in act.session.query(LedgerEvent).order_by(LedgerEvent.seq)]
    by_deed = {each["type"]: each["data"] for each in told}
    assert by_deed[Deed.OWN_SIGNATURE_BROUGHT]["brought_sha256"] == declaration.brought_sha256
    assert by_deed[Deed.SIGNING_ACCEPTED]["documents"][0]["brought_sha256"] == declaration.brought_sha256
    assert by_deed[Deed.DECLARATION_SIGNED]["brought_sha256"] == declaration.brought_sha256
    assert verifying_all.verify_all(act.installation.provable, now + timedelta(days=1)).faults == []


def test_each_document_is_needed_and_found_by_its_beginning(
    act: Act, client: FlaskClient, now: datetime, card: SimpleSigner
) -> None:
    invitation = act.ready(("code-of-conduct", "conflict-minerals"))
    act.make.answers(invitation.request.assessments[1], NO_MINERALS)
    enter(act, client, invitation, now)
    address = make_preview(act, client, invitation)
    first, second = documents(act, client, address).values()
    one, two = own_signing.sign(first, card), own_signing.sign(second, card)

    answer = upload(client, address, two, first)
    assert answer.status_code == 422
    assert "carries no signature" in answer.text
    assert "One signed document is missing yet" in check(client.get(address + "/own"))
    code = mailed_code(act, client, address)
    too_early = client.post(address + "/accept", data={"code": code, "way": "own"})
    assert too_early.location == address + "/own"
    assert upload(client, address, one).status_code == 302
    assert client.post(address + "/accept", data={"code": code, "way": "own"}).location.endswith("/receipt")
    act.session.commit()
    assert all(each.brought_sha256 for each in act.session.query(Declaration))
    act.session.commit()
    assert upload(client, address, one).location.endswith("/receipt")


def test_a_refusal_says_what_to_do_and_loses_nothing(
    act: Act, client: FlaskClient, invitation: Invitation, card: SimpleSigner, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    (shown,) = documents(act, client, address).values()
    elsewhere = own_signing.sign(shown.replace(b"%PDF-1", b"%PDF-2", 1), card)
    assert upload(client, address, own_signing.sign(shown, card)).status_code == 302

    for content, said in [(b"PK", "is not a PDF"), (elsewhere, "is not one of these documents")]:
        answer = upload(client, address, content, name="<b>.pdf")
        assert answer.status_code == 422
        assert said in check(answer)
        assert "&lt;b&gt;.pdf" in answer.text
    for files in ([], [shown, shown]):
        answer = upload(client, address, *files)
        assert (answer.status_code, "at most one for each document" in answer.text) == (422, True)
    assert "Signed and uploaded" in client.get(address + "/own").text
    assert client.post(address + "/accept", data={"code": mailed_code(act, client, address)}).status_code == 302
    act.session.commit()
    assert act.session.query(Declaration).one().brought_sha256 is None, "who signs by code signs by code"


def test_what_was_changed_or_is_anothers_is_not_taken(
    act: Act, client: FlaskClient, invitation: Invitation, card: SimpleSigner, now: datetime
) -> None:
    address = make_preview(act, client, invitation)
    (shown,) = documents(act, client, address).values()
    invitation.request.assessments[0].version += 1
    act.session.commit()

    assert upload(client, address, own_signing.sign(shown, card)).status_code == 409
    act.session.commit()
    assert act.session.query(Preview).one().brought_sha256 is None
    stranger = client.application.test_client()
    enter(act, stranger, act.ready(), now)
    assert stranger.get(address + "/own").status_code == 404
    assert upload(stranger, address, shown).status_code == 404


def test_auditors_and_the_evidence_have_the_root_that_was_known(
    act: Act, client: FlaskClient, invitation: Invitation, now: datetime, make: Make
) -> None:
    parts = act.installation
    authority = own_signing.issuer(now=now)
    folder = parts.settings.keys_dir / "trusted"
    folder.mkdir()
    (folder / "folkets.crt").write_bytes(authority.pem)
    address = make_preview(act, client, invitation)
    (shown,) = documents(act, client, address).values()
    assert upload(client, address, own_signing.sign(shown, authority.card("Kari", now=now))).status_code == 302
    code = mailed_code(act, client, address)
    client.post(address + "/accept", data={"code": code, "way": "own"})
    declaration = act.session.query(Declaration).one()
    act.seal(declaration, now)

    auditor = client.application.test_client()
    make.sign_in(auditor, make.user(UserRole.AUDITOR))
    page = check(auditor.get(f"/archive/{declaration.id}"))
    for told in (
        "brought a document signed with",
        "has added: Folkets ID-utsteder",
        "Signed with the supplier&#39;s own",
    ):
        assert told in page

    sources = Sources(parts.store, parts.catalogue, parts.settings.keys_dir, parts.trust, "Testfirma AS")
    built = evidence.build(act.session, act.session.query(Declaration).one(), sources, now)
    with zipfile.ZipFile(io.BytesIO(built.content)) as packed:
        (name,) = [each for each in packed.namelist() if each.startswith("certificates/trusted/")]
        assert packed.read(name) == authority.pem
        said = json.loads(packed.read("report.json"))["sentences"]["en"]
        members = {each: packed.read(each) for each in packed.namelist()}
    bundle = verify_script.Bundle(members)
    outcome = verify_script.take(lambda: verify_script.own_signatures(bundle))
    assert outcome.told_in("en") == "1 signatures hold; chains that lead to certificates/trusted: 1"
    unknown = verify_script.Bundle({each: members[each] for each in members if "trusted" not in each})
    assert verify_script.own_signatures(unknown).values == {"count": 1, "known": 0}
    assert any("added: Folkets ID-utsteder, Ålesund Støperi AS, NO (trusted/folkets.crt)" in each for each in said)


def test_every_refusal_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Refusal)
