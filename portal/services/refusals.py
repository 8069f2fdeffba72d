"""Why a reviewer's deed is refused: a code, and the sentence that the reader gets."""

from __future__ import annotations


class ReviewRefused(Exception):
    """A deed is not possible, or not for this person; `code` is a key of `SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code]["en"])
        self.code = code


SENTENCES: dict[str, dict[str, str]] = {
    "not_a_reviewer": {
        "en": "Only buyers and approvers review declarations.",
        "nb": "Bare innkjøpere og godkjennere går gjennom erklæringer.",
    },
    "not_an_approver": {
        "en": "Only an approver can approve a declaration.",
        "nb": "Bare en godkjenner kan godkjenne en erklæring.",
    },
    "sender_approves": {
        "en": "You sent this request, so somebody else must approve the answers: four eyes see more than two.",
        "nb": "Du sendte denne forespørselen, så en annen må godkjenne svarene: fire øyne ser mer enn to.",
    },
    "reviewer_approves": {
        "en": "You finished the review and handed it over, so somebody else must approve: four eyes see more than two.",
        "nb": "Du fullførte gjennomgangen og leverte den til godkjenning, så en annen må godkjenne: fire øyne ser mer "
        "enn to.",
    },
    "not_signed": {
        "en": "This declaration is not signed yet.",
        "nb": "Denne erklæringen er ikke signert ennå.",
    },
    "superseded": {
        "en": "A newer declaration has replaced this one, so nothing can be decided about it any more.",
        "nb": "En nyere erklæring har erstattet denne, så det kan ikke bestemmes noe mer om den.",
    },
    "approved": {
        "en": "This declaration is approved, so nothing more can be decided about it.",
        "nb": "Denne erklæringen er godkjent, så det kan ikke bestemmes noe mer om den.",
    },
    "withdrawn": {
        "en": "The request was withdrawn, so the supplier cannot answer it any more.",
        "nb": "Forespørselen er trukket tilbake, så leverandøren kan ikke svare på den lenger.",
    },
    "undecided": {
        "en": "Some proposed deviations are undecided: flag or dismiss each of them first.",
        "nb": "Noen foreslåtte avvik er ikke avgjort: registrer eller avvis hvert av dem først.",
    },
    "with_the_supplier": {
        "en": "Questions are with the supplier: wait for the new declaration.",
        "nb": "Det er spørsmål hos leverandøren: vent på den nye erklæringen.",
    },
    "not_handed_over": {
        "en": "The review is not finished: it must be handed over before it can be approved.",
        "nb": "Gjennomgangen er ikke ferdig: den må leveres til godkjenning først.",
    },
    "reason_to_dismiss": {
        "en": "Say why this is no deviation: an auditor will ask.",
        "nb": "Skriv hvorfor dette ikke er et avvik: en revisor vil spørre.",
    },
    "reason_to_lower": {
        "en": "Say why this is less serious than proposed: an auditor will ask.",
        "nb": "Skriv hvorfor dette er mindre alvorlig enn foreslått: en revisor vil spørre.",
    },
    "what_was_looked_at": {
        "en": "Say what was looked at: an auditor will ask.",
        "nb": "Skriv hva som ble undersøkt: en revisor vil spørre.",
    },
    "words_missing": {
        "en": "Write something first.",
        "nb": "Skriv noe først.",
    },
    "too_long": {
        "en": "This is too long: 4000 characters at most.",
        "nb": "Dette er for langt: høyst 4000 tegn.",
    },
    "unknown_question": {
        "en": "This declaration has no such question.",
        "nb": "Denne erklæringen har ikke et slikt spørsmål.",
    },
    "nothing_returned": {
        "en": "Write a reason beside at least one question.",
        "nb": "Skriv en begrunnelse ved minst ett spørsmål.",
    },
    "already_returned": {
        "en": "One of these questions is with the supplier already.",
        "nb": "Et av disse spørsmålene er allerede hos leverandøren.",
    },
    "date_not_possible": {
        "en": "Choose a date from tomorrow on, and not later than a link lasts.",
        "nb": "Velg en dato fra og med i morgen, og ikke senere enn en lenke varer.",
    },
    "nobody_to_ask": {
        "en": "Nobody at the supplier has a link that works. Issue one in the campaign first.",
        "nb": "Ingen hos leverandøren har en lenke som virker. Lag en i kampanjen først.",
    },
    "being_sealed": {
        "en": "The supplier has signed a newer declaration, which is being sealed. Look at that one in a moment.",
        "nb": "Leverandøren har signert en nyere erklæring, som forsegles nå. Se på den om et øyeblikk.",
    },
    "clauses_undecided": {
        "en": "Some clauses are undecided: say of each whether the supplier’s code covers it.",
        "nb": "Noen punkter er ikke avgjort: angi for hvert av dem om leverandørens retningslinjer dekker det.",
    },
    "place_without_coverage": {
        "en": "You wrote where a clause is, but not whether it is covered. Choose that too.",
        "nb": "Du skrev hvor et punkt står, men ikke om det er dekket. Velg det også.",
    },
    "place_too_long": {
        "en": "Say more shortly where the clause is: 200 characters at most.",
        "nb": "Skriv kortere hvor punktet står: høyst 200 tegn.",
    },
    "nothing_lacking": {
        "en": "The supplier’s code covers every clause, so there is no addendum to issue.",
        "nb": "Leverandørens retningslinjer dekker alle punktene, så det trengs ikke noe tillegg.",
    },
    "addendum_issued": {
        "en": "The supplier has been asked to accept these clauses already.",
        "nb": "Leverandøren er allerede bedt om å godta disse punktene.",
    },
    "addendum_signed": {
        "en": "The supplier has accepted these clauses already.",
        "nb": "Leverandøren har allerede godtatt disse punktene.",
    },
    "no_addendum": {
        "en": "No addendum is with the supplier, so there is none to take back.",
        "nb": "Leverandøren har ikke noe tillegg til godkjenning, så det er ikke noe å trekke tilbake.",
    },
}


def explain(error: ReviewRefused, language: str) -> str:
    """Return the refusal as a sentence in the reader's language."""
    sentence = SENTENCES[error.code]
    return sentence.get(language, sentence["en"])
