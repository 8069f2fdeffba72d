"""Several people sign: who has, who is missing, and what those concerned can do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db, limiter
from portal.mail.message import AddressInvalid
from portal.models import CoSignatory, Invitation, Signing
from portal.services import cosigning, declarations, signatories
from portal.services.actors import link_actor
from portal.services.cosigning import LONGEST_REASON, NamingRefused, NotWaiting, SigningVoid, TooSoon
from portal.services.invitations import LinkDead
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.current import installation, queue
from portal.web.filters import moment
from portal.web.supplier import bp
from portal.web.supplier.signatory import explain
from portal.web.transactions import after_commit, mark_failed
from portal.web.visits import VisitOver

REFUSED = (SigningVoid, NotWaiting, TooSoon, NamingRefused, AddressInvalid)


@bp.get("/r/<uuid:request_id>/sign/<uuid:signing_id>/signatures")
@open_to(Audience.LINK)
def signatures(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Show who has signed, who is missing, or why it came to nothing."""
    invitation = visits.find_visit(request_id)
    lead = signatories.find_lead(db.session, invitation.request, signing_id) or abort(404)
    return render_template(
        "supplier/signing/signatures.html",
        invitation=invitation,
        lead=lead,
        seats=signatories.seats_of(lead),
        signed=signatories.signed_count(lead),
        missing=signatories.missing(lead),
        is_mine=lead.invitation_id == invitation.id,
        titles=signatories.titles_of(lead, installation().catalogue),
        soonest=cosigning.REMINDER_EVERY,
        now=clock(),
        longest_reason=LONGEST_REASON,
    )


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/remind/<uuid:person_id>")
@open_to(Audience.LINK)
@limiter.limit("10 per hour")
def remind_signatory(request_id: uuid.UUID, signing_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Mail the link once more to the one whose turn it is."""
    lead, invitation = _own(request_id, signing_id)
    person, catalogue = _person(lead, person_id), installation().catalogue
    by = link_actor(invitation)
    done = _("A reminder is on its way to %(email)s.", email=person.email)
    return _do(lead, lambda: cosigning.remind(db.session, person, catalogue, now=clock(), by=by), done)


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/address/<uuid:person_id>")
@open_to(Audience.LINK)
@limiter.limit("10 per hour")
def correct_signatory(request_id: uuid.UUID, signing_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Take another address for somebody who has not signed."""
    lead, invitation = _own(request_id, signing_id)
    person, catalogue, email = _person(lead, person_id), installation().catalogue, request.form.get("email", "")
    by = link_actor(invitation)
    done = _("The address is corrected. A link to the old one works no longer.")
    return _do(lead, lambda: cosigning.correct_address(db.session, person, email, catalogue, now=clock(), by=by), done)


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/take-back")
@open_to(Audience.LINK)
@limiter.limit("10 per hour")
def take_signing_back(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """End the signing before all have signed, by the one who began it."""
    lead, invitation = _own(request_id, signing_id)
    words, by = _words(), link_actor(invitation)
    done = _("The signing is taken back. The answers are open again.")
    return _do(lead, lambda: cosigning.take_back(db.session, lead, words, now=clock(), by=by), done)


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/decline")
@open_to(Audience.LINK)
@limiter.limit("10 per hour")
def decline_to_sign(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Do not sign, and say why."""
    invitation = visits.find_visit(request_id)
    act = declarations.find_signing(db.session, invitation, signing_id) or abort(404)
    words, by = _words(), link_actor(invitation)
    if act.place is None:
        abort(404)
    if not words:
        flash(_("Say why you do not sign: the others will ask."), "danger")
        return redirect(url_for("supplier.preview", request_id=request_id, signing_id=signing_id) + "#decline", 303)
    done = _("You have not signed, and the others are told why.")
    return _do(act.lead, lambda: cosigning.decline(db.session, act, words, now=clock(), by=by), done)


def _own(request_id: uuid.UUID, signing_id: uuid.UUID) -> tuple[Signing, Invitation]:
    """Return the signing of several people that this visitor began."""
    invitation = visits.find_visit(request_id)
    lead = declarations.find_signing(db.session, invitation, signing_id)
    if lead is None or not lead.co_signatories:
        abort(404)
    return lead, invitation


def _person(lead: Signing, person_id: uuid.UUID) -> CoSignatory:
    return next((each for each in lead.co_signatories if each.id == person_id), None) or abort(404)


def _words() -> str:
    return request.form.get("words", "").strip()[:LONGEST_REASON]


def _do(lead: Signing, deed: Callable[[], None], done: str) -> ResponseReturnValue:
    """Do it, or say why not; either way the page of the signatures comes next."""
    address = url_for("supplier.signatures", request_id=lead.invitation.request_id, signing_id=lead.id)
    try:
        deed()
    except REFUSED as refused:
        mark_failed()
        flash(_explain(refused), "danger")
        return redirect(address, 303)
    except LinkDead as dead:
        raise VisitOver from dead
    after_commit(queue().wake_outbox)
    flash(done, "success")
    return redirect(address, 303)


def _explain(refused: Exception) -> str:
    if isinstance(refused, TooSoon):
        until = moment(refused.until)
        return str(_("A mail went out within a day. The next one can be sent at %(when)s.", when=until))
    if isinstance(refused, NamingRefused):
        return explain(refused)
    sentences: dict[type[Exception], str] = {
        SigningVoid: _("This signing was ended before all had signed."),
        NotWaiting: _("It is too late for that, or not yet this person’s turn: see below who has signed."),
        AddressInvalid: _("This is not a mail address. Write it as name@company.com."),
    }
    return sentences[type(refused)]
