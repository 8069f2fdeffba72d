"""A supplier signs the previewed document itself: what is taken, what is refused, what is proven afterwards."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator import ValidationContext

from portal.pdf.brought import examine
from portal.pdf.brought_child import choose, examine_in_child
from portal.pdf.brought_report import Refusal
from portal.pdf.certificates import SigningKeys, Trust, to_asn1
from portal.pdf.document import Renderer
from portal.pdf.report import Level, Report, Role, Verdict
from portal.pdf.signing import Signer
from portal.pdf.timestamps import Authority
from portal.pdf.trusted import TrustedRoot
from portal.pdf.verification import verify
from tests.portal.pdf import own_signing, tampering
from tests.portal.pdf.facts import CHINESE, NOW
from tests.portal.pdf.own_signing import Issuer, sign

Bring = Callable[[bytes, SimpleSigner], bytes]
BELOW = SigFieldSpec("Chair", on_page=2, box=(56, 150, 289, 220))
OVER_ANSWERS = SigFieldSpec("Chair", on_page=0, box=(56, 400, 289, 470))
LOCKING = SigFieldSpec("Chair", field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL))


def acting(pdf: bytes, card: SimpleSigner) -> bytes:
    """Sign in a new field that runs a script when it is touched."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("Chair"))
    widget = next(found for _, _, found in enumerate_sig_fields(writer, with_name="Chair")).get_object()
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    widget[pdf_name("/AA")] = generic.DictionaryObject({pdf_name("/E"): generic.DictionaryObject(script)})
    return sign(own_signing.written(writer), card, "Chair")


TAKEN: dict[str, tuple[Bring, list[str]]] = {
    "in our field": (sign, ["Kari"]),
    "in a new field below": (lambda pdf, card: sign(pdf, card, "Chair", BELOW), ["Kari"]),
    "invisible": (lambda pdf, card: sign(pdf, card, "Chair"), ["Kari"]),
    "twice": (lambda pdf, card: sign(sign(pdf, card), card, "Chair", BELOW), ["Kari", "Kari"]),
    "certified with room": (lambda pdf, card: sign(pdf, card, certify=True), ["Kari"]),
}
REFUSED: dict[str, tuple[Bring, Refusal]] = {
    "comment before": (lambda pdf, card: sign(own_signing.note_added(pdf), card), Refusal.CHANGED),
    "comment after": (lambda pdf, card: own_signing.note_added(sign(pdf, card)), Refusal.CHANGED),
    "form filled": (lambda pdf, card: sign(own_signing.form_filled(pdf), card), Refusal.CHANGED),
    "page after": (lambda pdf, card: tampering.page_added(sign(pdf, card)), Refusal.CHANGED),
    "not signed but saved": (lambda pdf, _: tampering.page_added(pdf), Refusal.CHANGED),
    "something appended": (lambda pdf, card: sign(pdf, card) + b"<html>", Refusal.CHANGED),
    "no room for the seal": (own_signing.certified_without_room, Refusal.LOCKED),
    "all fields locked": (lambda pdf, card: sign(pdf, card, "Chair", LOCKING), Refusal.LOCKED),
    "in the seal's field": (lambda pdf, card: sign(pdf, card, "Seal"), Refusal.SEAL_FIELD_TAKEN),
    "over the answers": (lambda pdf, card: sign(pdf, card, "Chair", OVER_ANSWERS), Refusal.COVERING),
    "with a script": (acting, Refusal.ACTIVE),
    "weak hash": (lambda pdf, card: sign(pdf, card, md_algorithm="sha1"), Refusal.WEAK),
    "damaged": (lambda pdf, card: sign(pdf, card)[:-300], Refusal.UNREADABLE),
}


@pytest.fixture(scope="module")
def folkets() -> Issuer:
    return own_signing.issuer()


@pytest.fixture(scope="module")
def card(folkets: Issuer) -> SimpleSigner:
    return folkets.card("Kari")


@pytest.fixture(scope="module")
def knowing(trust: Trust, folkets: Issuer) -> Trust:
    return replace(trust, others=(TrustedRoot(folkets.certificate, "trusted/folkets.pem"),))


@pytest.fixture(scope="module")
def brought(preview: bytes, card: SimpleSigner) -> bytes:
    return sign(preview, card)


def codes(report: Report) -> set[str]:
    return {each.code for each in report.problems}


@pytest.mark.parametrize("way", TAKEN)
def test_what_is_taken_can_be_sealed_and_proven(
    way: str, preview: bytes, card: SimpleSigner, trust: Trust, signing_keys: SigningKeys
) -> None:
    bring, names = TAKEN[way]
    brought = bring(preview, card)

    finding = examine(preview, brought, trust, NOW)
    assert (finding.refusal, [each.name for each in finding.signatures]) == (None, names)
    sealed = Signer(signing_keys, None).seal_brought(brought, "DEC-1", NOW).pdf
    assert sealed.startswith(brought)
    report = verify(sealed, trust, lambda _: True, now=NOW)
    assert (report.verdict, codes(report)) == (Verdict.PROVEN, set())
    assert [each.role for each in report.signatures] == [*[Role.OWN] * len(names), Role.SEAL]


@pytest.mark.parametrize("way", REFUSED)
def test_what_is_refused_says_why(way: str, preview: bytes, card: SimpleSigner, trust: Trust) -> None:
    bring, why = REFUSED[way]

    assert examine(preview, bring(preview, card), trust, NOW).refusal is why


def test_a_certificate_must_be_valid_today(preview: bytes, folkets: Issuer, trust: Trust) -> None:
    expired = sign(preview, folkets.card("Kari", days=-1))

    assert examine(preview, expired, trust, NOW).refusal is Refusal.ENDED


def test_a_root_that_the_administrator_added_is_named(
    brought: bytes, preview: bytes, trust: Trust, knowing: Trust, signing_keys: SigningKeys
) -> None:
    assert [each.root for each in examine(preview, brought, trust, NOW).signatures] == [""]
    (known,) = examine(preview, brought, knowing, NOW).signatures
    assert (known.root, known.root_source) == ("Folkets ID-utsteder, Ålesund Støperi AS, NO", "trusted/folkets.pem")
    sealed = Signer(signing_keys, None).seal_brought(brought, "DEC-1", NOW).pdf
    said = "\n".join(verify(sealed, knowing, None, now=NOW).sentences("en"))
    assert "issued to Kari, Ålesund Støperi AS, NO by Folkets ID-utsteder" in said
    assert "Its chain leads to a root that this portal's administrator has added" in said
    unknown = "\n".join(verify(sealed, trust, None, now=NOW).sentences("nb"))
    assert "et sertifikat som denne portalen ikke kjenner" in unknown
    assert "kvalifisert" not in unknown


def test_a_root_of_the_same_name_is_not_believed(brought: bytes, preview: bytes, trust: Trust) -> None:
    namesake = replace(trust, others=(TrustedRoot(own_signing.issuer().certificate, "trusted/other.pem"),))

    (found,) = examine(preview, brought, namesake, NOW).signatures
    assert found.root == ""


def test_a_changed_brought_document_is_not_proven(brought: bytes, trust: Trust, signing_keys: SigningKeys) -> None:
    """Whoever can seal cannot pass a document whose own signature is broken, or that has none."""
    signer = Signer(signing_keys, None)
    changed = signer.seal_brought(tampering.page_added(brought), "DEC-1", NOW).pdf

    assert codes(verify(changed, trust, None, now=NOW)) == {"own_changed_afterwards"}


def test_a_seal_that_does_not_say_so_takes_no_own_signature(
    brought: bytes, trust: Trust, signing_keys: SigningKeys
) -> None:
    signer = Signer(signing_keys, None)
    sealed = signer._append(brought, "Seal", signer._seal, NOW)

    assert "signatory_form_not_accepted" in codes(verify(sealed, trust, None, now=NOW))


def test_a_brought_document_lasts_as_any_other(
    brought: bytes, trust: Trust, signing_keys: SigningKeys, tsa_url: str
) -> None:
    """At B-LTA nothing is fetched that the supplier's certificate names, and the seal's data is enough."""
    sealed = Signer(signing_keys, tsa_url, Level.LTA).seal_brought(brought, "DEC-1", NOW)

    report = verify(sealed.pdf, trust, None, now=NOW)
    assert (report.verdict, report.level, codes(report)) == (Verdict.PROVEN, Level.LTA, set())


def test_validation_data_and_time_stamps_of_its_own_are_no_change(
    preview: bytes, folkets: Issuer, trust: Trust, signing_keys: SigningKeys, tsa_url: str
) -> None:
    """As a program does that signs at PAdES B-LTA."""
    roots = [to_asn1(folkets.certificate), *map(to_asn1, signing_keys.tsa_roots)]
    context = ValidationContext(trust_roots=roots, moment=NOW, allow_fetching=False, revocation_mode="soft-fail")
    lasting: dict[str, Any] = {"embed_validation_info": True, "use_pades_lta": True, "validation_context": context}
    own = own_signing.sign(
        preview,
        folkets.card("Kari"),
        timestamper=Authority(tsa_url, signing_keys.tsa_roots, NOW),
        subfilter=SigSeedSubFilter.PADES,
        **lasting,
    )

    finding = examine(preview, own, trust, NOW)
    assert (finding.refusal, [each.role for each in finding.signatures]) == (None, [Role.OWN, Role.OWN_STAMP])
    for signer in (Signer(signing_keys, None), Signer(signing_keys, tsa_url, Level.LTA)):
        report = verify(signer.seal_brought(own, "DEC-1", NOW).pdf, trust, None, now=NOW)
        assert (report.verdict, codes(report)) == (Verdict.PROVEN, set())
        assert [each.role for each in report.signatures][:3] == [Role.OWN, Role.OWN_STAMP, Role.SEAL]
    assert "The signer's own time stamp over the document, by Tidsvitne" in "\n".join(report.sentences("en"))


def test_which_document_it_is(preview: bytes, brought: bytes) -> None:
    other = preview.replace(b"/Type", b"/Tupe", 1)

    assert choose([other, preview], brought) == 1
    assert choose([other], brought) is Refusal.OTHER_BYTES
    assert choose([preview], preview + b"\n") is Refusal.UNSIGNED
    assert choose([preview], b"PK\x03\x04") is Refusal.NOT_A_PDF
    assert choose([preview], own_signing.encrypted(preview)) is Refusal.ENCRYPTED


def test_the_child_says_the_same(brought: bytes, preview: bytes, trust: Trust, keys_folder: Path) -> None:
    assert examine_in_child(preview, brought, keys_folder, NOW) == examine(preview, brought, trust, NOW)
    assert examine_in_child(preview, b"%PDF-1.7 junk", keys_folder, NOW).refusal is Refusal.UNREADABLE


def test_a_preview_that_is_only_carried_along_counts_for_nothing(
    preview: bytes, renderer: Renderer, card: SimpleSigner, trust: Trust
) -> None:
    """A file may begin with our bytes and yet show another document: its table of objects leads past ours."""
    other = sign(renderer.render(CHINESE), card)

    assert examine(preview, preview + other, trust, NOW).refusal in {Refusal.CHANGED, Refusal.UNREADABLE}
