"""Which questions come with last year's answer to confirm, as far as the burden is concerned.

The one seam between the burden and the answers that are carried over from year to year: both functions say "none" as
long as no campaign carries answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeAlias

from sqlalchemy.orm import Session

from portal.models import Assessment
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
    del session, supplier_ids, asked, catalogue, on
    return {}


def of_assessment(assessment: Assessment, catalogue: Catalogue, on: date) -> frozenset[str]:
    """Return what comes prefilled in a questionnaire that was sent, on a day."""
    del assessment, catalogue, on
    return frozenset()
