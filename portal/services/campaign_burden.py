"""How much a campaign asks of its suppliers: for each of them, for each questionnaire, and in all."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from portal.models import Request
from portal.services import prefilling
from portal.services.asked_forms import AskedForm, Form, forms_of
from portal.services.prefilling import PrefilledOf
from questionnaires.burden import Burden, burden, spread, together
from questionnaires.catalogue import Catalogue
from questionnaires.facts import key_of
from questionnaires.model import Questionnaire

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormBurden:
    """One questionnaire in one supplier's hands."""

    asked: AskedForm
    burden: Burden


@dataclass(frozen=True, slots=True)
class SupplierBurden:
    """All that one supplier is asked."""

    request: Request
    forms: tuple[FormBurden, ...]
    total: Burden

    @property
    def asked(self) -> tuple[AskedForm, ...]:
        """Return the forms without their weights."""
        return tuple(each.asked for each in self.forms)


@dataclass(frozen=True, slots=True)
class QuestionnaireBurden:
    """One questionnaire in the hands of all who are asked it."""

    questionnaire: Questionnaire
    is_short: bool
    """It stands in for a longer one."""
    suppliers: int
    each: Burden
    """From the lightest supplier's least to the heaviest one's most."""
    total: Burden


@dataclass(frozen=True, slots=True)
class AudienceBurden:
    """All that a campaign asks."""

    suppliers: tuple[SupplierBurden, ...]
    """The heaviest first."""
    questionnaires: tuple[QuestionnaireBurden, ...]
    """In the order in which they are asked; a short form follows the long one."""
    each: Burden | None
    """What all questionnaires together ask of one supplier; None where nobody is asked."""
    total: Burden


@dataclass(slots=True)
class _Counter:
    """Counts each questionnaire once for all suppliers of whom the same is known, as far as it looks at that."""

    known: dict[tuple[str, str, frozenset[str]], Burden] = field(default_factory=dict)

    def count(self, asked: AskedForm, prefilled: frozenset[str]) -> FormBurden:
        """Return what the form asks of its supplier."""
        questionnaire = asked.questionnaire
        facts = {name: value for name, value in asked.facts.items() if key_of(name) in questionnaire.facts_on_the_path}
        key = questionnaire.name, json.dumps(facts, sort_keys=True), prefilled
        if key not in self.known:
            self.known[key] = burden(questionnaire.asked_of(facts), prefilled)
        return FormBurden(asked, self.known[key])


def of_audience(
    session: Session,
    requests: Sequence[Request],
    catalogue: Catalogue,
    on: date,
    prefilled_of: PrefilledOf = prefilling.before_sending,
) -> AudienceBurden:
    """Return what is asked of those who would be asked if their campaign were sent on a day."""
    forms = {request: forms_of(request, catalogue) for request in requests}
    asked = {form.questionnaire.key: form.questionnaire for each in forms.values() for form in each}
    prefilled = prefilled_of(session, [request.supplier_id for request in requests], asked, catalogue, on)
    counter, found = _Counter(), []
    for request, asked_forms in forms.items():
        supplier_id = request.supplier_id
        counted = [
            counter.count(each, prefilled.get((supplier_id, each.questionnaire.key), NOTHING)) for each in asked_forms
        ]
        found.append(_of_supplier(request, counted))
    found.sort(key=lambda each: (-each.total.most_minutes, -each.total.most_questions))
    totals = [each.total for each in found]
    return AudienceBurden(tuple(found), _by_questionnaire(found), spread(totals) if found else None, together(totals))


def of_request(request: Request, catalogue: Catalogue, on: date) -> SupplierBurden:
    """Return what a request that was sent asks."""
    counter = _Counter()
    forms = zip(request.assessments, forms_of(request, catalogue), strict=True)
    counted = [counter.count(form, prefilling.of_assessment(each, catalogue, on)) for each, form in forms]
    return _of_supplier(request, counted)


def _of_supplier(request: Request, forms: Collection[FormBurden]) -> SupplierBurden:
    return SupplierBurden(request, tuple(forms), together(each.burden for each in forms))


def _by_questionnaire(suppliers: Collection[SupplierBurden]) -> tuple[QuestionnaireBurden, ...]:
    found: dict[str, list[FormBurden]] = {}
    for each in suppliers:
        for form in each.forms:
            found.setdefault(form.asked.questionnaire.name, []).append(form)
    rows = [
        QuestionnaireBurden(
            questionnaire=forms[0].asked.questionnaire,
            is_short=forms[0].asked.form is Form.SHORT,
            suppliers=len(forms),
            each=spread(form.burden for form in forms),
            total=together(form.burden for form in forms),
        )
        for forms in found.values()
    ]
    places = {name: forms[0].asked.position for name, forms in found.items()}
    return tuple(sorted(rows, key=lambda row: (places[row.questionnaire.name], row.is_short)))
