"""The supplier's visit: the cookie holds its id, the database says on every use whether it still lasts."""

from __future__ import annotations

import uuid
from typing import cast

import sqlalchemy as sa
from flask import g, session
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from portal.clock import clock
from portal.extensions import db
from portal.models import Invitation, Request, SupplierSession
from portal.services import invitations
from portal.services.invitations import LinkDead

MOST_VISITS = 10
"""Requests that one browser can have open side by side."""


class VisitOver(Exception):
    """There is no visit any more; the reader has to open the link again."""


def begin(visit: SupplierSession) -> None:
    """Remember a visit in this browser."""
    request_id = str(visit.invitation.request_id)
    others = {key: value for key, value in _visits().items() if key != request_id}
    while len(others) >= MOST_VISITS:
        others.pop(next(iter(others)))
    session["visits"] = {**others, request_id: str(visit.id)}
    session.permanent = True


def find_visit(request_id: uuid.UUID) -> Invitation:
    """Return the invitation by which the reader came to a request, with request, supplier and campaign.

    Raises:
        NotFound: the reader came by another request's link.
        VisitOver: the reader came by no link, or the visit or its link has ended.
    """
    return find_session(request_id).invitation


def find_session(request_id: uuid.UUID) -> SupplierSession:
    """Return the visit itself; raises as `find_visit` does."""
    visits = _visits()
    known = visits.get(str(request_id))
    if known is None:
        raise NotFound if visits else VisitOver
    visit = db.session.scalar(_QUERY.where(SupplierSession.id == uuid.UUID(known)))
    if visit is None or visit.ended_at is not None or visit.invitation.request_id != request_id:
        raise VisitOver
    try:
        invitations.refuse_dead(visit.invitation, visit.generation, clock())
    except LinkDead as dead:
        raise VisitOver from dead
    g.invitation_language = visit.invitation.language
    return visit


def end(visit: SupplierSession) -> None:
    """End a visit, on the server too."""
    visit.ended_at = clock()
    session["visits"] = {key: value for key, value in _visits().items() if value != str(visit.id)}


def _visits() -> dict[str, str]:
    return cast("dict[str, str]", session.get("visits", {}))


_QUERY = (
    sa.select(SupplierSession)
    .join(SupplierSession.invitation)
    .join(Invitation.request)
    .join(Request.campaign)
    .join(Request.supplier)
    .options(
        contains_eager(SupplierSession.invitation)
        .contains_eager(Invitation.request)
        .options(contains_eager(Request.campaign), contains_eager(Request.supplier))
    )
)
