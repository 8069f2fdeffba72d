"""Which questions come with last year's answer to confirm, as far as the burden is concerned."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeAlias

from sqlalchemy.orm import Session

from portal.models import Assessment
from portal.services import carrying
from questionnaires.carry_over import Earlier, Offer
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire

Prefilled: TypeAlias = Mapping[tuple[uuid.UUID, str], frozenset[str]]
"""Supplier and questionnaire → the questions that would come prefilled; what is missing has none."""
PrefilledOf: TypeAlias = Callable[
    [Session, Collection[uuid.UUID], Mapping[str, Questionnaire], Catalogue, date], Prefilled
]


def before_sending(
    session: Session,
    supplier_ids: Collection[uuid.UUID],
    asked: Mapping[str, Questionnaire],
    catalogue: Catalogue,
    on: date,
) -> Prefilled:
    """Return what would come prefilled if these editions, by key, were asked of these suppliers on a day."""
    editions = {key: carrying.up_to(catalogue, key, one.edition) for key, one in asked.items()}
    earlier = carrying.proposed_declarations(session, list(supplier_ids), editions, editions)
    return {
        (supplier_id, key): _offered(carrying.carried_into(declaration, asked[key], catalogue, on))
        for (supplier_id, key), declaration in earlier.items()
    }


def of_assessment(assessment: Assessment, catalogue: Catalogue, on: date) -> frozenset[str]:
    """Return what comes prefilled in a questionnaire that was sent, on a day."""
    return _offered(carrying.earlier_answers(assessment, catalogue, on))


def _offered(earlier: Mapping[str, Earlier]) -> frozenset[str]:
    return frozenset(question for question, one in earlier.items() if one.offer is Offer.CONFIRM)
