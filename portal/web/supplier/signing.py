"""Signing: what is ready, the previews, the mailed code, the signature."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from functools import partial

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.clock import clock
from portal.extensions import db, limiter
from portal.models import Invitation, InvitationRole, Preview, Signing
from portal.pdf.fields import MOST_SIGNATORIES
from portal.services import declarations, previews, signatories, signing_codes
from portal.services.actors import link_actor
from portal.services.cosigning import SigningVoid
from portal.services.declarations import AlreadyDeclared, AnswersChanged, NotAllBrought
from portal.services.documents import AUTHORITY, Setting
from portal.services.invitations import LinkDead
from portal.services.links import code_expires_at
from portal.services.previews import Standing
from portal.services.signing_codes import CodeRefused, Refusal, TooManyCodes
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.current import browser_facts, installation, queue
from portal.web.filters import moment
from portal.web.languages import choose_language
from portal.web.supplier import bp
from portal.web.supplier.signatory import PersonForm, SignatoryForm, are_valid, others_of, people_wanted
from portal.web.transactions import after_commit, begin_writing, begins_reading, mark_failed
from portal.web.visits import VisitOver

FRAMED_BY_US = "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
"""A PDF that a page of this portal shows in a frame; the reader's own viewer needs its own scripts and styles."""


def _link_of_visit() -> str:
    return f"signing {request.view_args['request_id']}" if request.view_args else "signing"


@bp.get("/r/<uuid:request_id>/sign")
@open_to(Audience.LINK)
def sign(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is ready to be signed, and ask who signs."""
    invitation = visits.find_visit(request_id)
    mine = signatories.to_sign(db.session, invitation)
    if mine:
        return redirect(_address(mine, request_id))
    return _start_page(invitation, SignatoryForm(data={"name": invitation.contact.name}), people_wanted())


@bp.post("/r/<uuid:request_id>/sign")
@open_to(Audience.LINK)
@limiter.limit("30 per hour", key_func=_link_of_visit)
@begins_reading
def make_previews(request_id: uuid.UUID) -> ResponseReturnValue:
    """Typeset what is ready; no lock is held meanwhile."""
    invitation = _signatory_of(request_id)
    form, people = SignatoryForm(), people_wanted()
    if not are_valid(form, people, invitation):
        return _start_page(invitation, form, people), 422
    now, others = clock(), others_of(people, invitation)
    drafts = previews.draft_all(
        db.session,
        invitation.request,
        installation().catalogue,
        form.signatory(invitation),
        _setting(now),
        secrets.token_bytes,
        others,
    )
    if not drafts:
        return redirect(url_for("supplier.sign", request_id=request_id))
    begin_writing()
    made = previews.typeset(drafts, installation().renderer, installation().store)
    invitation = _signatory_of(request_id)
    by = link_actor(invitation)
    signing = previews.keep_previews(db.session, invitation, made, now=now, by=by, others=others)
    return redirect(_address(signing, request_id))


@bp.get("/r/<uuid:request_id>/sign/<uuid:signing_id>")
@open_to(Audience.LINK)
def preview(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Show the documents as they will be signed."""
    invitation = visits.find_visit(request_id)
    lead = signatories.find_lead(db.session, invitation.request, signing_id)
    if lead and not declarations.find_signing(db.session, invitation, signing_id):
        flash(_("This signature is another person’s. Each signs by the link in his or her own mail."), "danger")
        return redirect(_address(lead, request_id, "supplier.signatures"))
    signing = _find(request_id, signing_id)
    if signing.accepted_at or signing.lead.voided_at:
        return redirect(_after(signing, request_id))
    try:
        declarations.check_current(signing)
    except (AnswersChanged, AlreadyDeclared) as conflict:
        return _conflict_page(signing, conflict)
    return _preview_page(signing)


@bp.get("/r/<uuid:request_id>/sign/<uuid:signing_id>/<uuid:preview_id>.pdf")
@open_to(Audience.LINK)
def preview_file(request_id: uuid.UUID, signing_id: uuid.UUID, preview_id: uuid.UUID) -> ResponseReturnValue:
    """Return the very bytes that will be signed."""
    signing = _find(request_id, signing_id)
    found = next((each for each in signing.shown if each.id == preview_id), None)
    return _as_pdf(found) if found else abort(404)


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/code")
@open_to(Audience.LINK)
@limiter.limit("30 per hour", key_func=_link_of_visit)
def send_code(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Mail a code to the invitation's address."""
    signing = _find(request_id, signing_id)
    if signing.accepted_at or signing.lead.voided_at:
        return redirect(_after(signing, request_id))
    by = link_actor(signing.invitation)
    try:
        declarations.check_current(signing)
        signing_codes.send(db.session, signing, _titles(signing), now=clock(), by=by)
    except (AnswersChanged, AlreadyDeclared) as conflict:
        return _conflict_page(signing, conflict)
    except TooManyCodes as refused:
        sentence = _(
            "Three codes were sent within an hour. The next one can be sent at %(when)s.", when=moment(refused.until)
        )
        return _preview_page(signing, sentence), 429
    after_commit(queue().wake_outbox)
    flash(_("A code is on its way to %(email)s.", email=signing.invitation.email), "success")
    return redirect(_address(signing, request_id, _code_page()) + "#code")


@bp.post("/r/<uuid:request_id>/sign/<uuid:signing_id>/accept")
@open_to(Audience.LINK)
@limiter.limit("60 per hour", key_func=_link_of_visit)
def accept(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Sign with the mailed code; sending the form again changes nothing and shows the same receipt."""
    signing = _find(request_id, signing_id)
    if signing.place and not request.form.get("may_bind"):
        return _preview_page(signing, _("Tick the box if you may sign for the company. If not, say no below.")), 422
    try:
        accepted = declarations.accept(
            db.session,
            signing,
            request.form.get("code", ""),
            links=installation().links,
            catalogue=installation().catalogue,
            evidence=browser_facts(),
            now=clock(),
            by=link_actor(signing.invitation),
            brought=_is_own_way(),
        )
    except NotAllBrought:
        return redirect(_address(signing, request_id, "supplier.own_signature"))
    except CodeRefused as refused:
        return _preview_page(signing, _explain(refused)), 422
    except (AnswersChanged, AlreadyDeclared) as conflict:
        return _conflict_page(signing, conflict)
    except SigningVoid:
        mark_failed()
        return redirect(_address(signing, request_id, "supplier.signatures"))
    except LinkDead as dead:
        raise VisitOver from dead
    for declaration in accepted:
        after_commit(partial(queue().seal, declaration.id))
    after_commit(queue().wake_outbox)
    return redirect(_after(signing, request_id))


@bp.get("/r/<uuid:request_id>/sign/<uuid:signing_id>/accept")
@bp.get("/r/<uuid:request_id>/sign/<uuid:signing_id>/code")
@open_to(Audience.LINK)
def back_to_preview(request_id: uuid.UUID, signing_id: uuid.UUID) -> ResponseReturnValue:
    """Lead back to the page of a form whose answer was reloaded or opened in another language."""
    return redirect(_address(_find(request_id, signing_id), request_id))


def _signatory_of(request_id: uuid.UUID) -> Invitation:
    invitation = visits.find_visit(request_id)
    if invitation.role is not InvitationRole.SIGNATORY:
        abort(403)
    return invitation


def _find(request_id: uuid.UUID, signing_id: uuid.UUID) -> Signing:
    signing = declarations.find_signing(db.session, visits.find_visit(request_id), signing_id) or abort(404)
    if signing.place is None:
        _signatory_of(request_id)
    return signing


def _after(signing: Signing, request_id: uuid.UUID) -> str:
    """Return where somebody goes who has signed, or whose signing came to nothing."""
    if signatories.is_waiting(signing.lead) or signing.lead.voided_at:
        return _address(signing, request_id, "supplier.signatures")
    return url_for("supplier.receipt", request_id=request_id)


def _setting(now: datetime) -> Setting:
    settings = installation().settings
    return Setting(settings.organisation, f"{settings.base_url}/verify", choose_language(), now)


def _start_page(invitation: Invitation, form: SignatoryForm, people: list[PersonForm]) -> str:
    lines = previews.lines_of(db.session, invitation.request, installation().catalogue)
    return render_template(
        "supplier/signing/start.html",
        invitation=invitation,
        may_sign=invitation.role is InvitationRole.SIGNATORY,
        lines=lines,
        ready=[line for line in lines if line.standing is Standing.READY],
        authority=AUTHORITY,
        form=form,
        people=people,
        most_people=MOST_SIGNATORIES,
        waiting=[
            each for each in signatories.of_request(db.session, invitation.request) if signatories.is_waiting(each)
        ],
    )


def _preview_page(signing: Signing, error: str = "") -> str:
    return render_template(
        "supplier/signing/own.html" if _is_own_way() else "supplier/signing/preview.html",
        signing=signing,
        request_id=signing.invitation.request_id,
        titles=_titles(signing),
        waiting=signing_codes.is_waiting(signing, clock()),
        code_ends_at=code_expires_at(signing),
        typed=request.form.get("code", "")[:20],
        error=error,
        seats=signatories.seats_of(signing.lead),
        authority=AUTHORITY,
    )


def _conflict_page(signing: Signing, conflict: Exception) -> tuple[str, int]:
    request_id, changed = signing.invitation.request_id, isinstance(conflict, AnswersChanged)
    return render_template("supplier/signing/conflict.html", request_id=request_id, changed=changed), 409


def _as_pdf(shown: Preview) -> Response:
    response = Response(installation().store.get(shown.pdf_sha256), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{shown.reference}.pdf"'
    response.headers["Content-Security-Policy"] = FRAMED_BY_US
    return response


def _titles(signing: Signing) -> list[str]:
    return signatories.titles_of(signing, installation().catalogue)


def _address(signing: Signing, request_id: uuid.UUID, page: str = "supplier.preview") -> str:
    return url_for(page, request_id=request_id, signing_id=signing.id)


def _code_page() -> str:
    """Return the page on which the form for the code stands."""
    return "supplier.own_signature" if _is_own_way() else "supplier.preview"


def _is_own_way() -> bool:
    """Return whether the form stands on the page of those who sign with a certificate of their own."""
    return request.form.get("way") == "own"


def _explain(refused: CodeRefused) -> str:
    left = refused.tries_left
    sentences: dict[Refusal, str] = {
        Refusal.NOT_SENT: _("No code has been sent yet. Ask for one."),
        Refusal.EXPIRED: _("This code has expired: it works for ten minutes. Ask for a new one."),
        Refusal.TRIES_USED_UP: _("This code was mistyped five times and works no longer. Ask for a new one."),
        Refusal.WRONG: ngettext(
            "That is not the code in the newest mail. You have one try left.",
            "That is not the code in the newest mail. You have %(num)d tries left.",
            left,
        ),
    }
    return sentences[refused.refusal]
