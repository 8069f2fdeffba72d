"""What verification can say, in English and bokmål. Parameters stand in braces."""

from collections.abc import Mapping
from typing import Final

_VERDICTS: Final = {
    "proven": {
        "en": "Proven: this declaration is signed and sealed, and unchanged since.",
        "nb": "Bevist: erklæringen er signert og forseglet, og er uendret siden.",
    },
    "not_proven": {
        "en": "Not proven: do not rely on this file.",
        "nb": "Ikke bevist: ikke stol på denne filen.",
    },
    "not_a_pdf": {
        "en": "This is not a PDF file, so there is nothing to verify.",
        "nb": "Dette er ikke en PDF-fil, så det er ingenting å kontrollere.",
    },
}

_FACTS: Final = {
    "by_signatory": {
        "en": "Signed by {name}, for {organisation} ({email}), {time}.",
        "nb": "Signert av {name}, for {organisation} ({email}), {time}.",
    },
    "by_signatory_accepted": {
        "en": "Signed by {name}, for {organisation} ({email}): accepted {accepted}, signature made {time}.",
        "nb": "Signert av {name}, for {organisation} ({email}): godtatt {accepted}, signaturen satt {time}.",
    },
    "by_seal": {
        "en": "Sealed by the portal of {organisation}, {time}.",
        "nb": "Forseglet av portalen til {organisation}, {time}.",
    },
    "by_own": {
        "en": "Signed by {who}, with a certificate of the signer's own, {time} as the signature states.",
        "nb": "Signert av {who}, med undertegnerens eget sertifikat, {time} slik signaturen oppgir det.",
    },
    "own_certificate": {
        "en": "That certificate was issued to {subject} by {issuer}, serial number {serial}, and is valid from {since} "
        "to {ends}. Whether it was revoked was not asked.",
        "nb": "Sertifikatet er utstedt til {subject} av {issuer}, serienummer {serial}, og gjelder fra {since} til "
        "{ends}. Det er ikke undersøkt om det var trukket tilbake.",
    },
    "own_known": {
        "en": "Its chain leads to a root that this portal's administrator has added: {root} ({source}).",
        "nb": "Kjeden fører til en rot som portalens administrator har lagt inn: {root} ({source}).",
    },
    "own_unknown": {
        "en": "It was signed with a certificate that this portal does not know: it is shown as it is.",
        "nb": "Det er signert med et sertifikat som denne portalen ikke kjenner: det vises som det er.",
    },
    "by_own_stamp": {
        "en": "The signer's own time stamp over the document, by {name}, says {time}.",
        "nb": "Undertegnerens eget tidsstempel over dokumentet, fra {name}, oppgir {time}.",
    },
    "by_time_stamp": {
        "en": "The whole document was time stamped by {name}, {time}.",
        "nb": "Hele dokumentet ble tidsstemplet av {name}, {time}.",
    },
    "level_B": {
        "en": "No independent time stamp proves the times: they are those of the portal's own clock. Level: PAdES B-B.",
        "nb": "Ingen uavhengige tidsstempler beviser tidspunktene: de er fra portalens egen klokke. Nivå: PAdES B-B.",
    },
    "level_T": {
        "en": "Independent time stamps prove the times. Level: PAdES B-T.",
        "nb": "Uavhengige tidsstempler beviser tidspunktene. Nivå: PAdES B-T.",
    },
    "level_LTA": {
        "en": "Independent time stamps prove the times; what proves that no certificate was revoked lies in the file, "
        "under a time stamp over all of it. Level: PAdES B-LTA.",
        "nb": "Uavhengige tidsstempler beviser tidspunktene; det som beviser at ingen sertifikater var trukket "
        "tilbake, ligger i filen, under et tidsstempel over det hele. Nivå: PAdES B-LTA.",
    },
    "renew_before": {
        "en": "The last time stamp should be renewed before {time}.",
        "nb": "Det siste tidsstempelet bør fornyes før {time}.",
    },
    "ledger_has_it": {
        "en": "This very file is in this portal's ledger.",
        "nb": "Akkurat denne filen står i portalens protokoll.",
    },
    "ledger_not_asked": {
        "en": "The portal's ledger was not checked.",
        "nb": "Portalens protokoll ble ikke kontrollert.",
    },
}

_STRUCTURE: Final = {
    "unreadable": {
        "en": "The file cannot be verified: it is damaged, altered or not made as a declaration is.",
        "nb": "Filen kan ikke kontrolleres: den er skadet, endret eller ikke laget slik en erklæring er.",
    },
    "too_large": {
        "en": "The file is larger than {megabytes} MB, so it was not examined.",
        "nb": "Filen er større enn {megabytes} MB og ble derfor ikke undersøkt.",
    },
    "not_in_ledger": {
        "en": "This very file is not in this portal's ledger.",
        "nb": "Akkurat denne filen står ikke i portalens protokoll.",
    },
    "unsigned": {
        "en": "The file carries no signature.",
        "nb": "Filen har ingen signatur.",
    },
    "signatory_missing": {
        "en": "The signatory's signature is missing.",
        "nb": "Undertegnerens signatur mangler.",
    },
    "one_signatory_missing": {
        "en": "The signature of {name} is missing: number {number} of the {count} that the document declares.",
        "nb": "Signaturen til {name} mangler: nummer {number} av de {count} som dokumentet oppgir.",
    },
    "signatories_out_of_order": {
        "en": "The signatures are not in the order that the document declares.",
        "nb": "Signaturene er ikke satt i den rekkefølgen dokumentet oppgir.",
    },
    "another_signatory": {
        "en": "Signature number {number} is by {found}, but the document declares {name} there.",
        "nb": "Signatur nummer {number} er av {found}, men dokumentet oppgir {name} der.",
    },
    "seal_missing": {
        "en": "The portal's seal is missing: the file is an unfinished or cut-off declaration.",
        "nb": "Portalens segl mangler: filen er en uferdig eller avkuttet erklæring.",
    },
    "unexpected_signature": {
        "en": "There is a signature that does not belong there: {field}.",
        "nb": "Det er en signatur som ikke hører hjemme der: {field}.",
    },
    "signature_used_twice": {
        "en": "One signature is shown as if it were two.",
        "nb": "Én signatur vises som om den var to.",
    },
    "seal_revoked": {
        "en": "The portal's seal was revoked, and nothing proves that it sealed this file before.",
        "nb": "Portalens segl er trukket tilbake, og ingenting beviser at filen ble forseglet før det.",
    },
    "out_of_order": {
        "en": "The seal was not placed after the signatory's signature.",
        "nb": "Seglet er ikke satt etter undertegnerens signatur.",
    },
    "bytes_appended": {
        "en": "Something was appended to the file after it was sealed; number of bytes: {count}.",
        "nb": "Noe er lagt til på slutten av filen etter forseglingen; antall byte: {count}.",
    },
    "document_time_stamp_missing": {
        "en": "No time stamp covers the whole document: if it was made with one, that has been removed.",
        "nb": "Ingen tidsstempler dekker hele dokumentet: Hvis det ble laget med et, er det fjernet.",
    },
    "pages_changed_later": {
        "en": "A page was added, removed or put in place of another after the document was sealed.",
        "nb": "En side er lagt til, fjernet eller satt i stedet for en annen etter at dokumentet ble forseglet.",
    },
    "content_replaced_later": {
        "en": "What a page shows was hidden or replaced after the document was sealed.",
        "nb": "Det som en side viser, er skjult eller erstattet etter at dokumentet ble forseglet.",
    },
    "annotated_later": {
        "en": "A comment or drawing was laid over a page, or taken away, after the document was sealed.",
        "nb": "En kommentar eller tegning er lagt over en side, eller fjernet, etter at dokumentet ble forseglet.",
    },
    "form_filled_later": {
        "en": "A form field was added or filled in after the document was sealed.",
        "nb": "Et skjemafelt er lagt til eller fylt ut etter at dokumentet ble forseglet.",
    },
    "validation_data_changed_later": {
        "en": "The validation data (certificates, lists of revoked ones) was changed after the last time stamp.",
        "nb": "Valideringsdataene (sertifikater, tilbakekallingslister) er endret etter det siste tidsstempelet.",
    },
    "changed_after_sealing": {
        "en": "The document was changed after it was sealed: a later revision was added to the file.",
        "nb": "Dokumentet er endret etter forseglingen: en senere revisjon er lagt til i filen.",
    },
}

_OF_A_SIGNATURE: Final = {
    "signatory": {"en": "the signatory's signature", "nb": "undertegnerens signatur"},
    "seal": {"en": "the portal's seal", "nb": "portalens segl"},
    "own": {"en": "the supplier's own signature", "nb": "leverandørens egen signatur"},
    "own_stamp": {"en": "the supplier's own time stamp", "nb": "leverandørens eget tidsstempel"},
    "time_stamp": {"en": "the document's time stamp", "nb": "dokumentets tidsstempel"},
}

_BY_SIGNATURE: Final = {
    "content_changed": {
        "en": "The content was changed: it is no longer what {which} covers.",
        "nb": "Innholdet er endret: det er ikke lenger det som {which} dekker.",
    },
    "form_not_accepted": {
        "en": "The form of {which} is not one that this portal makes.",
        "nb": "Formen på {which} er ikke slik denne portalen lager den.",
    },
    "space_altered": {
        "en": "The space that holds {which} was altered.",
        "nb": "Plassen som {which} ligger i, er endret.",
    },
    "cryptography_wrong": {
        "en": "The cryptographic check of {which} failed.",
        "nb": "Den kryptografiske kontrollen av {which} mislyktes.",
    },
    "not_trusted": {
        "en": "This portal did not issue the certificate of {which}, or it was not valid at the time.",
        "nb": "Sertifikatet til {which} er ikke utstedt av denne portalen, eller det var ikke gyldig da.",
    },
    "not_trusted_authority": {
        "en": "The time stamp of {which} is not from an authority that this portal trusts, or is not valid.",
        "nb": "Tidsstempelet til {which} er ugyldig eller fra en utsteder som portalen ikke stoler på.",
    },
    "changed_afterwards": {
        "en": "More was changed after {which} than it allows.",
        "nb": "Mer enn tillatt er endret etter {which}.",
    },
    "revoked": {
        "en": "The certificate of {which} had been revoked.",
        "nb": "Sertifikatet til {which} var trukket tilbake.",
    },
    "time_wrong": {
        "en": "The time of {which} is missing, in the future or out of order.",
        "nb": "Tidspunktet for {which} mangler, ligger i fremtiden eller er i feil rekkefølge.",
    },
}


def _for_each_signature() -> Mapping[str, Mapping[str, str]]:
    return {
        f"{role}_{code}": {language: words[language].replace("{which}", name[language]) for language in words}
        for code, words in _BY_SIGNATURE.items()
        for role, name in _OF_A_SIGNATURE.items()
    }


SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    **_VERDICTS,
    **_FACTS,
    **_STRUCTURE,
    **_for_each_signature(),
}
