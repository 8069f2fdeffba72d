"""Which form of a questionnaire a supplier is asked: the short one where it is offered, unless a buyer says why not."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from portal.models import Campaign, Request
from portal.services.fact_sheets import fact_sheet
from questionnaires.catalogue import Catalogue
from questionnaires.facts import Facts, as_answers
from questionnaires.model import Questionnaire


class Form(enum.StrEnum):
    """Which form it is, and why."""

    ONLY = "only"
    """There is no shorter one, or the campaign asks both."""
    SHORT = "short"
    """Offered in place of the long one, by what the register knows of the supplier."""
    LONG = "long"
    """The short one is not for suppliers like this one, or was not offered yet."""
    LONG_BY_CHOICE = "long_by_choice"
    """The short one was offered; the buyer asks the long one and has written why."""


@dataclass(frozen=True, slots=True)
class AskedForm:
    """One questionnaire as one supplier is asked it."""

    questionnaire: Questionnaire
    """The edition; `facts` say of whom."""
    facts: Facts
    form: Form
    position: int


def forms_of(request: Request, catalogue: Catalogue) -> tuple[AskedForm, ...]:
    """Return what a supplier is asked, or would be if the request were sent now, in order."""
    return tuple(_sent(request, catalogue) if request.sent_at else _planned(request, catalogue))


def is_offered_short(request: Request, catalogue: Catalogue) -> bool:
    """Return whether a shorter form stands in for one of the campaign's questionnaires, or would but for the buyer."""
    return any(each.form in {Form.SHORT, Form.LONG_BY_CHOICE} for each in forms_of(request, catalogue))


def _planned(request: Request, catalogue: Catalogue) -> Iterator[AskedForm]:
    """Yield the forms; a short one that stands in for two questionnaires is asked once."""
    facts, taken = fact_sheet(request.supplier), set[str]()
    for asked in request.campaign.questionnaires:
        questionnaire = catalogue.find(asked.key, asked.edition)
        form = _form(questionnaire, request, facts, catalogue)
        if form is Form.SHORT:
            questionnaire = _short_of(questionnaire, catalogue) or questionnaire
        if questionnaire.key not in taken:
            taken.add(questionnaire.key)
            yield AskedForm(questionnaire, facts, form, asked.position)


def _sent(request: Request, catalogue: Catalogue) -> Iterator[AskedForm]:
    named = _keys(request.campaign)
    for asked in request.assessments:
        questionnaire = catalogue.find(asked.questionnaire, asked.edition)
        form = Form.SHORT
        if questionnaire.key in named:
            planned = _form(questionnaire, request, asked.facts, catalogue)
            form = Form.LONG if planned is Form.SHORT else planned  # asked before the short one was offered
        yield AskedForm(questionnaire, asked.facts, form, asked.position)


def _form(questionnaire: Questionnaire, request: Request, facts: Facts, catalogue: Catalogue) -> Form:
    short = questionnaire.short_form
    if short is None or short.key in _keys(request.campaign) or _short_of(questionnaire, catalogue) is None:
        return Form.ONLY
    if not short.offered_if.holds(as_answers(facts)):
        return Form.LONG
    return Form.LONG_BY_CHOICE if request.long_form_reason else Form.SHORT


def _short_of(questionnaire: Questionnaire, catalogue: Catalogue) -> Questionnaire | None:
    """Return the edition of its short form that is asked; None where there is none, or it is retired."""
    return catalogue.offered(questionnaire.short_form.key) if questionnaire.short_form else None


def _keys(campaign: Campaign) -> frozenset[str]:
    return frozenset(asked.key for asked in campaign.questionnaires)
