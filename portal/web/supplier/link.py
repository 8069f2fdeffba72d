"""The mailed link: looking at it changes nothing; a button opens it, renews it, or hands it on."""

from __future__ import annotations

import uuid

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length

from portal.clock import clock
from portal.extensions import db, limiter
from portal.mail.message import AddressInvalid
from portal.models import Invitation
from portal.services import assessments, campaign_burden, invitations, signatories
from portal.services.invitations import LinkDead, LinkExpired, LinkReplaced, LinkRevoked, LinkUnknown
from portal.services.links import LinkInvalid, link_expires_at
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.current import browser_facts, installation, queue
from portal.web.languages import LANGUAGES
from portal.web.supplier import bp
from portal.web.transactions import after_commit, mark_failed
from portal.web.typed import tidy, tidy_lines
from portal.web.visits import VisitOver

DEAD = {LinkExpired: "expired", LinkReplaced: "replaced", LinkRevoked: "revoked"}
guessing = limiter.shared_limit(
    "30 per minute", scope="links", deduct_when=lambda response: response.status_code == 404
)
"""Counts links that do not exist; whoever holds a real one never meets it."""


class SuggestionForm(FlaskForm):  # type: ignore[misc]
    """Who should be asked instead."""

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=200)], filters=[tidy])
    email = EmailField(lazy_gettext("E-mail"), [DataRequired(), Length(max=254)], filters=[tidy])
    language = SelectField(
        lazy_gettext("Language"),
        [InputRequired()],
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
    )
    reason = TextAreaField(lazy_gettext("Anything we should know"), [Length(max=1000)], filters=[tidy_lines])


@bp.get("/i/<token>")
@open_to(Audience.ANYONE)
@guessing
def link(token: str) -> ResponseReturnValue:
    """Show who asks, what for and until when; scanners may come as often as they like."""
    invitation = invitations.find(db.session, installation().links, token, clock())
    g.invitation_language = invitation.language
    asked = assessments.of_request(db.session, invitation.request_id)
    return render_template(
        "supplier/link.html",
        to_sign=signatories.to_sign(db.session, invitation),
        invitation=invitation,
        burden=campaign_burden.of_request(invitation.request, installation().catalogue, clock().date()),
        is_all_signed=assessments.is_all_signed(asked),
        ends_at=link_expires_at(invitation),
        token=token,
    )


@bp.post("/i/<token>")
@open_to(Audience.ANYONE)
@guessing
def open_link(token: str) -> ResponseReturnValue:
    """Open the link: begin a visit, and go on to an address without the token."""
    visit = invitations.open_link(db.session, installation().links, token, clock(), browser_facts())
    visits.begin(visit)
    request_id = visit.invitation.request_id
    to_sign = signatories.to_sign(db.session, visit.invitation)
    if to_sign:
        return redirect(url_for("supplier.preview", request_id=request_id, signing_id=to_sign.id), 303)
    if assessments.is_all_signed(assessments.of_request(db.session, request_id)):
        return redirect(url_for("supplier.receipt", request_id=request_id), 303)
    endpoint = "supplier.wrong_person" if request.form.get("go") == "wrong-person" else "supplier.overview"
    return redirect(url_for(endpoint, request_id=request_id), 303)


def _invitation_of_token() -> str:
    """Tokens can be written in several ways; the invitation that they name is one."""
    try:
        return f"renew {installation().links.read((request.view_args or {})['token']).invitation_id}"
    except LinkInvalid:
        return f"renew {request.remote_addr}"


@bp.post("/i/<token>/renew")
@open_to(Audience.ANYONE)
@guessing
@limiter.limit("3 per hour", key_func=_invitation_of_token)
def renew(token: str) -> ResponseReturnValue:
    """Mail a working link to the address that this one went to."""
    invitation = invitations.renew(db.session, installation().links, token, clock())
    g.invitation_language = invitation.language
    after_commit(queue().wake_outbox)
    return render_template("supplier/renewed.html")


@bp.get("/r/<uuid:request_id>/wrong-person")
@open_to(Audience.LINK)
def wrong_person(request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who the right person is."""
    invitation = visits.find_visit(request_id)
    form = SuggestionForm(data={"language": invitation.language})
    return render_template("supplier/wrong_person.html", invitation=invitation, form=form)


@bp.post("/r/<uuid:request_id>/wrong-person")
@open_to(Audience.LINK)
@limiter.limit("10 per hour", deduct_when=lambda response: response.status_code < 400)
def suggest_contact(request_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the suggestion, and tell the buyer."""
    invitation = visits.find_visit(request_id)
    form = SuggestionForm()
    if form.validate_on_submit() and _suggest(form, invitation):
        after_commit(queue().wake_outbox)
        flash(_("Thank you. We have told the person who asked you; they will decide."), "success")
        return redirect(url_for("supplier.overview", request_id=request_id), 303)
    return render_template("supplier/wrong_person.html", invitation=invitation, form=form), 422


def _suggest(form: SuggestionForm, invitation: Invitation) -> bool:
    name, email, reason = str(form.name.data), str(form.email.data), form.reason.data or ""
    try:
        invitations.suggest_contact(db.session, invitation, name, email, form.language.data, reason, clock())
    except AddressInvalid:
        form.email.errors = [_("This is not a mail address. Write it as name@company.com.")]
        return False
    return True


@bp.errorhandler(LinkUnknown)
def _unknown(error: LinkUnknown) -> ResponseReturnValue:
    del error
    mark_failed()
    return render_template("supplier/unknown_link.html"), 404


@bp.errorhandler(LinkDead)
def _dead(dead: LinkDead) -> ResponseReturnValue:
    invitation = dead.invitation
    g.invitation_language = invitation.language
    facts = {
        "why": DEAD[type(dead)],
        "campaign": invitation.request.campaign.title,
        "issued_at": invitation.issued_at,
        "ended_at": link_expires_at(invitation),
        "token": (request.view_args or {})["token"],
    }
    mark_failed()
    return render_template("supplier/dead_link.html", **facts), 410


@bp.errorhandler(VisitOver)
def _over(error: VisitOver) -> ResponseReturnValue:
    del error
    mark_failed()
    return render_template("supplier/visit_over.html"), 401
