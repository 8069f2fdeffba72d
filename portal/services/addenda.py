"""The addendum: those clauses of ours that a supplier's own code lacks, which it accepts beside its own.

Issuing one returns the addendum question to the supplier, with the clauses as a fact that decides what it shows; what
was signed before stays as it was.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.models import Coverage, Declaration, Deed, Return, User, VoidReason
from portal.services import assessments, cosigning, ledger, returns
from portal.services.actors import user_actor
from portal.services.code_mapping import Comparison, Line, MappingCase, compare, result_of
from portal.services.refusals import ReviewRefused
from portal.services.reviews import check_words, hold
from questionnaires.catalogue import Catalogue
from questionnaires.facts import ADDENDUM
from questionnaires.model import Questionnaire
from questionnaires.own_code import own_code
from questionnaires.texts import ENGLISH, Text
from questionnaires.values import Answers, Value

LONGEST_LIST = 1000
"""Characters of a list of clauses with their titles; a longer one has the numbers only."""

_WHY = Text.of(
    "Your own code of conduct does not fully cover ours. Please read what it lacks, and accept it as an addendum to "
    "your own code:",
    nb="Deres egne etiske retningslinjer dekker ikke våre fullt ut. Les det som mangler, og godta det som et tillegg "
    "til deres egne retningslinjer:",
)
_HOW = {
    Coverage.PARTLY: Text.of("covered only in part", nb="bare delvis dekket"),
    Coverage.MISSING: Text.of("not found", nb="ikke funnet"),
}


class AddendumState(enum.StrEnum):
    """Where the addendum stands that a finished comparison calls for; worked out from its facts."""

    NOT_NEEDED = "not_needed"
    """The own code covers every clause."""
    TO_ISSUE = "to_issue"
    WITH_THE_SUPPLIER = "with_the_supplier"
    SIGNED = "signed"
    """The declaration accepts all clauses that the own code lacks."""


_NOT_NOW = {
    None: "clauses_undecided",
    AddendumState.NOT_NEEDED: "nothing_lacking",
    AddendumState.WITH_THE_SUPPLIER: "addendum_issued",
    AddendumState.SIGNED: "addendum_signed",
}
"""Why none is issued: the code of the refusal."""


@dataclass(frozen=True, slots=True)
class Addendum:
    """What of an addendum is signed, and what is with the supplier."""

    signed: tuple[str, ...]
    """Numbers of the clauses that the declaration accepts beside the own code."""
    asked: tuple[str, ...]
    """Numbers of the clauses that the supplier is to accept."""
    returned: Return | None
    """How they were sent."""


def addendum_of(case: MappingCase) -> Addendum:
    """Return what was accepted by a declaration, and what has been asked for since."""
    assessment = case.declaration.assessment
    returned = assessments.returned(assessment).get(case.code.addendum.id)
    asked = assessment.facts.get(ADDENDUM) if returned else None
    return Addendum(accepted_by(case.declaration, case.questionnaire), tuple(asked or ()), returned)


def accepted_by(declaration: Declaration, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the numbers of the clauses that a declaration accepts beside the supplier's own code."""
    code = own_code(questionnaire)
    is_accepted = code is not None and declaration.answers.get(code.addendum.id) is True
    return tuple(declaration.facts.get(ADDENDUM) or ()) if is_accepted else ()


def state_of(case: MappingCase, compared: Comparison) -> AddendumState | None:
    """Return where the addendum stands; None while a clause is undecided."""
    if not compared.is_complete:
        return None
    lacking, addendum = _numbers(compared.lacking), addendum_of(case)
    if addendum.returned and addendum.asked == lacking:
        return AddendumState.WITH_THE_SUPPLIER
    if not lacking:
        return AddendumState.NOT_NEEDED
    return AddendumState.SIGNED if set(lacking) <= set(addendum.signed) else AddendumState.TO_ISSUE


def reason_for(lines: Sequence[Line], languages: Iterable[str], words: str = "") -> str:
    """Return why the addendum comes, once in each language of those who are asked, and the buyer's own words."""
    texts = [_reason_in(language, lines) for language in dict.fromkeys(languages)]
    return "\n\n".join([*texts, words] if words else texts)


def languages_of(declaration: Declaration) -> tuple[str, ...]:
    """Return the languages of those who would be asked; English where nobody can be."""
    try:
        asked = returns.invitations_to_ask(declaration)
    except ReviewRefused:
        return (ENGLISH,)
    return tuple(sorted({each.language for each in asked}))


def issue(
    session: Session, case: MappingCase, catalogue: Catalogue, words: str, due_on: date, *, by: User, now: datetime
) -> Return:
    """Ask the supplier to accept what its code lacks, in place of any addendum that was asked for before.

    Args:
        session: the request's transaction.
        case: the declaration in force, with the own code.
        catalogue: the editions.
        words: the buyer's own; may be empty.
        due_on: by when.
        by: the reviewer.
        now: the moment.

    Raises:
        ReviewRefused: the declaration is closed, a clause is undecided, nothing is lacking, the same clauses are
            accepted or with the supplier already, the date does not fit, or nobody can be asked.
    """
    own_words = check_words(words, required=False)
    compared = _begin(session, case, catalogue, by)
    state = state_of(case, compared)
    if state is not AddendumState.TO_ISSUE:
        raise ReviewRefused(_NOT_NOW[state])
    _settle(case, now)
    declaration, question = case.declaration, case.code.addendum.id
    clauses = list(_numbers(compared.lacking))
    facts = {**declaration.assessment.facts, ADDENDUM: clauses}
    reasons = {question: reason_for(compared.lacking, languages_of(declaration), own_words)}
    edition = case.questionnaire.asked_of(facts)
    (returned,) = returns.return_questions(session, declaration, edition, reasons, due_on, by=by, now=now)
    assessments.ask_anew(session, declaration.assessment, facts, _answers(case, {}), now)
    data = {"due_on": due_on.isoformat(), "clauses": clauses, **result_of(case, compared)}
    _record(session, Deed.ADDENDUM_ISSUED, case, data, by, now)
    return returned


def take_back(session: Session, case: MappingCase, catalogue: Catalogue, *, by: User, now: datetime) -> None:
    """Ask no longer for an addendum that is with the supplier; what was accepted before holds again.

    Raises:
        ReviewRefused: the declaration is closed, or no addendum is with the supplier.
    """
    _begin(session, case, catalogue, by)
    addendum, declaration = addendum_of(case), case.declaration
    if addendum.returned is None:
        raise ReviewRefused("no_addendum")
    _settle(case, now)
    cosigning.end_waiting(session, declaration.assessment, VoidReason.ASKED_ANEW, now=now, by=user_actor(by))
    facts = {**declaration.assessment.facts, ADDENDUM: declaration.facts.get(ADDENDUM)}
    assessments.ask_anew(session, declaration.assessment, facts, _answers(case, declaration.answers), now)
    _record(session, Deed.ADDENDUM_TAKEN_BACK, case, {"clauses": list(addendum.asked)}, by, now)


def _begin(session: Session, case: MappingCase, catalogue: Catalogue, by: User) -> Comparison:
    """Lock the declaration and its assessment, and read what is decided as it is now."""
    declaration = case.declaration
    hold(session, declaration, by=by)
    assessment = declaration.assessment
    session.refresh(assessment, with_for_update=True)
    session.expire(assessment, ["returns", "declarations"])
    if assessments.latest_declaration(assessment) is not declaration:
        raise ReviewRefused("being_sealed")
    return compare(session, case, catalogue)


def _settle(case: MappingCase, now: datetime) -> None:
    """Close what was sent to the supplier: nobody waits for it any more."""
    for each in case.declaration.assessment.returns:
        if each.settled_at is None and each.question == case.code.addendum.id:
            each.settled_at = now


def _answers(case: MappingCase, given: Answers) -> dict[str, Value]:
    """Return what is answered to the addendum; None for what is not, so that it is taken away."""
    question = case.code.addendum
    return {key: given.get(key) for key in (question.id, question.comment_key)}


def _numbers(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(line.clause.no for line in lines)


def _reason_in(language: str, lines: Sequence[Line]) -> str:
    how = {coverage: text.in_language(language) for coverage, text in _HOW.items()}
    named = [
        f"{line.clause.no} {line.clause.title.in_language(language)} ({how[line.decided.coverage]})"
        for line in lines
        if line.decided
    ]
    listed = "\n".join(named)
    if len(listed) > LONGEST_LIST:
        listed = ", ".join(line.clause.no for line in lines)
    return f"{_WHY.in_language(language)}\n{listed}"


def _record(session: Session, deed: Deed, case: MappingCase, data: dict[str, Any], by: User, now: datetime) -> None:
    subject = ledger.subject_of("assessment", case.declaration.assessment_id)
    told = {"declaration": str(case.declaration.id), **data}
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=told)
