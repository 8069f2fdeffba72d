"""One supplier's request: where it stands, who holds a link, and what a buyer can do about it."""

from __future__ import annotations

import uuid
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import Contact, Invitation, Request
from portal.services import invitations, outbox, progress, requests, signatories
from portal.services.asked_forms import Form, forms_of
from portal.services.campaigns import CampaignError
from portal.services.links import link_expires_at
from portal.web.access import open_to
from portal.web.buyer import bp, progress_table, words
from portal.web.buyer.campaign_words import explain
from portal.web.buyer.rights import READERS, SENDERS
from portal.web.current import actor, installation, queue, signed_in_user
from portal.web.transactions import after_commit, mark_failed


@bp.get("/requests/<uuid:request_id>", endpoint="request")
@open_to(*READERS)
def show(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show where one supplier stands."""
    asked = _find(request_id)
    forms = forms_of(asked, installation().catalogue)
    return render_template(
        "buyer/campaigns/request.html",
        asked=asked,
        standing=progress.standing(asked, clock()),
        questionnaires=list(zip(asked.assessments, forms, strict=True)) if asked.sent_at else [],
        forms=forms,
        Form=Form,
        signings=signatories.of_request(db.session, asked),
        seats_of=signatories.seats_of,
        titles_of=partial(signatories.titles_of, catalogue=installation().catalogue),
        uninvited=requests.uninvited(asked),
        mails=outbox.mails_of(db.session, [asked]),
        expires_at=link_expires_at,
        now=clock(),
        waiting=progress.WAITING,
        words=words,
    )


@bp.post("/requests/<uuid:request_id>/due-date", endpoint="move_due_date")
@open_to(*SENDERS)
def move_due_date(request_id: uuid.UUID) -> ResponseReturnValue:
    """Give the supplier another date."""
    asked = _find(request_id)
    try:
        due_on = progress_table.read_date(request.form.get("due_on", ""))
        requests.move_due_date(db.session, asked, due_on, now=clock(), by=signed_in_user())
    except CampaignError as error:
        return _refuse(request_id, error)
    flash(_("The supplier has a new date. No mail was sent about it."), "success")
    return _back(request_id)


@bp.post("/requests/<uuid:request_id>/withdraw", endpoint="withdraw_request")
@open_to(*SENDERS)
def withdraw(request_id: uuid.UUID) -> ResponseReturnValue:
    """Take the request back."""
    try:
        requests.withdraw(db.session, _find(request_id), now=clock(), by=signed_in_user())
    except CampaignError as error:
        return _refuse(request_id, error)
    flash(_("The request is withdrawn and its links are dead."), "success")
    return _back(request_id)


@bp.post("/requests/<uuid:request_id>/invite/<uuid:contact_id>", endpoint="invite_contact")
@open_to(*SENDERS)
def invite(request_id: uuid.UUID, contact_id: uuid.UUID) -> ResponseReturnValue:
    """Mail a link to one more contact."""
    asked, contact = _find(request_id), db.session.get(Contact, contact_id)
    if contact is None or contact.supplier_id != asked.supplier_id:
        abort(404)
    try:
        requests.invite(db.session, asked, contact, installation().catalogue, now=clock(), by=signed_in_user())
    except CampaignError as error:
        return _refuse(request_id, error)
    after_commit(queue().wake_outbox)
    flash(_("A link is on its way to %(email)s.", email=contact.email), "success")
    return _back(request_id)


@bp.post("/invitations/<uuid:invitation_id>/resend", endpoint="resend_invitation")
@open_to(*SENDERS)
def resend(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Mail a new link to the same address; the old one dies."""
    invitation = db.session.get(Invitation, invitation_id) or abort(404)
    try:
        requests.resend_one(db.session, invitation, now=clock(), by=signed_in_user())
    except CampaignError as error:
        return _refuse(invitation.request_id, error)
    after_commit(queue().wake_outbox)
    flash(_("A new link is on its way to %(email)s. The old one is dead.", email=invitation.email), "success")
    return _back(invitation.request_id)


@bp.post("/invitations/<uuid:invitation_id>/revoke", endpoint="revoke_invitation")
@open_to(*SENDERS)
def revoke(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take a link back."""
    invitation = db.session.get(Invitation, invitation_id) or abort(404)
    invitations.revoke(db.session, invitation, clock(), actor())
    flash(_("The link of %(email)s is dead.", email=invitation.email), "success")
    return _back(invitation.request_id)


def _find(request_id: uuid.UUID) -> Request:
    return db.session.get(Request, request_id, options=progress.facts_of_requests()) or abort(404)


def _refuse(request_id: uuid.UUID, error: CampaignError) -> ResponseReturnValue:
    mark_failed()
    flash(explain(error), "danger")
    return _back(request_id)


def _back(request_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("buyer.request", request_id=request_id), 303)
