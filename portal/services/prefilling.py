"""Which questions come with last year's answer to confirm, as far as the burden is concerned.

The one seam between the burden and the answers that are carried over from year to year: both functions say "none" until
a campaign carries answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from sqlalchemy.orm import Session

from portal.models import Assessment
from questionnaires.model import Questionnaire

Prefilled: TypeAlias = Mapping[tuple[uuid.UUID, str], frozenset[str]]
"""Supplier and questionnaire → the questions that would come prefilled; what is missing has none."""
PrefilledOf: TypeAlias = Callable[[Session, Collection[uuid.UUID], Collection[Questionnaire]], Prefilled]


def before_sending(
    session: Session, supplier_ids: Collection[uuid.UUID], asked: Collection[Questionnaire]
) -> Prefilled:
    """Return what would come prefilled if these editions were asked of these suppliers now."""
    del session, supplier_ids, asked
    return {}


def of_assessment(assessment: Assessment) -> frozenset[str]:
    """Return what comes prefilled in a questionnaire that was sent."""
    del assessment
    return frozenset()
