"""The long form for a supplier who was offered the short one: with a written reason, and taken back before sending."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.mail.message import one_line
from portal.models import Campaign, Deed, Request, User
from portal.services import campaigns, ledger
from portal.services.actors import user_actor
from portal.services.asked_forms import is_offered_short
from portal.services.campaigns import CampaignError
from questionnaires.catalogue import Catalogue

LONGEST_REASON = 1000


def offered(session: Session, campaign: Campaign, catalogue: Catalogue) -> list[Request]:
    """Return the requests, not yet sent, of suppliers who are offered a short form, by the supplier's name."""
    return [request for request in campaigns.drafts(session, campaign) if is_offered_short(request, catalogue)]


def choose(
    session: Session,
    campaign: Campaign,
    reasons: Mapping[uuid.UUID, str],
    taken_back: Collection[uuid.UUID],
    catalogue: Catalogue,
    *,
    now: datetime,
    by: User,
) -> int:
    """Ask the long form of some suppliers, and the short one again of others; return how many that changes.

    Args:
        session: the request's transaction.
        campaign: whose suppliers.
        reasons: request → why it is to be the long form, in the buyer's words.
        taken_back: requests that are to be asked the short form after all.
        catalogue: the questionnaires.
        by: who decides.
        now: when.

    Raises:
        CampaignError: reason_missing, or reason_too_long. Requests that are sent meanwhile are left as they are.
    """
    ledger.begin(session)
    session.refresh(campaign, with_for_update=True)  # whoever sends the campaign holds it too
    words = {request_id: clean_reason(reason) for request_id, reason in reasons.items()}
    wanted = {**dict.fromkeys(taken_back, ""), **words}
    changed = [
        request
        for request in offered(session, campaign, catalogue)
        if wanted.get(request.id, request.long_form_reason) != request.long_form_reason
    ]
    for request in changed:
        request.long_form_reason = wanted[request.id]
        _record(session, request, now, by)
    return len(changed)


def clean_reason(reason: str) -> str:
    """Return the reason without characters that a database cannot bear.

    Raises:
        CampaignError: reason_missing, or reason_too_long.
    """
    cleaned = "\n".join(one_line(line) for line in reason.strip().splitlines())
    if not cleaned:
        raise CampaignError("reason_missing")
    if len(cleaned) > LONGEST_REASON:
        raise CampaignError("reason_too_long")
    return cleaned


def _record(session: Session, request: Request, now: datetime, by: User) -> None:
    reason = request.long_form_reason
    deed = Deed.LONG_FORM_CHOSEN if reason else Deed.LONG_FORM_TAKEN_BACK
    data: dict[str, Any] = {"campaign": str(request.campaign_id), "supplier": str(request.supplier_id)}
    personal = {"reason": reason} if reason else None  # free words may name people
    subject = ledger.subject_of("request", request.id)
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=data, personal=personal)
