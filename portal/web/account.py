"""Signing in and out, the own password, the language."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.clock import clock
from portal.extensions import db, limiter
from portal.models import Role
from portal.services import users
from portal.web import access
from portal.web.access import STAFF, Audience, open_to
from portal.web.current import actor, installation, signed_in_user
from portal.web.languages import LANGUAGES
from portal.web.languages import choose_language as language_of_reader

bp = Blueprint("account", __name__)
HOME = {
    Role.ADMINISTRATOR: "buyer.suppliers",
    Role.BUYER: "buyer.work_list",
    Role.APPROVER: "buyer.work_list",
    Role.AUDITOR: "auditor.archive",
}


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = EmailField(lazy_gettext("E-mail"), [InputRequired(), Length(max=254)])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(), Length(max=128)])
    next = StringField()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The old password and a new one."""

    current = PasswordField(lazy_gettext("Present password"), [InputRequired(), Length(max=128)])
    new = PasswordField(lazy_gettext("New password"), [InputRequired(), Length(max=128)])


@bp.get("/sign-in")
@open_to(Audience.ANYONE)
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(url_for(HOME[signed_in_user().role]))
    form = SignInForm(data={"next": request.args.get("next", "")})
    return render_template("account/sign_in.html", form=form)


@bp.post("/sign-in")
@open_to(Audience.ANYONE)
@limiter.limit("50 per hour", deduct_when=lambda response: response.status_code == 422)
@limiter.limit(
    "10 per 15 minutes",
    key_func=lambda: f"{request.remote_addr} {request.form.get('email', '').lower()[:254]}",
    deduct_when=lambda response: response.status_code == 422,
)
def sign_in() -> ResponseReturnValue:
    """Sign in."""
    form = SignInForm()
    if form.validate_on_submit():
        signed = users.sign_in(db.session, str(form.email.data), str(form.password.data), now=clock())
        if signed:
            access.sign_in(signed)
            return redirect(access.safe_next(form.next.data) or url_for(HOME[signed.user.role]))
    form.password.errors = [_("E-mail and password do not belong together. Check both and try again.")]
    return render_template("account/sign_in.html", form=form), 422


@bp.post("/sign-out")
@open_to(Audience.ANYONE)
def sign_out() -> ResponseReturnValue:
    """Sign out, on the server too."""
    if current_user.is_authenticated:
        users.sign_out(db.session, current_user.session_id, now=clock())
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept
    response = redirect(url_for("account.sign_in_page"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/account")
@open_to(*STAFF)
def own() -> ResponseReturnValue:
    """Show the own account."""
    return render_template("account/own.html", user=signed_in_user(), form=PasswordForm())


@bp.post("/account/password")
@open_to(*STAFF)
@limiter.limit("10 per 15 minutes")
def change_password() -> ResponseReturnValue:
    """Change the own password; every other sign-in ends."""
    form = PasswordForm()
    user = signed_in_user()
    if form.validate_on_submit():
        try:
            users.change_password(
                db.session, user, str(form.current.data), str(form.new.data),
                keep=current_user.session_id, now=clock(), by=actor(),
                organisation=installation().settings.organisation,
            )  # fmt: skip
        except users.AccountError as error:
            form.new.errors = [users.explain(error, language_of_reader())]
        else:
            flash(_("Your password is changed. All other sign-ins have ended."), "success")
            return redirect(url_for("account.own"))
    return render_template("account/own.html", user=user, form=form), 422


@bp.post("/language")
@open_to(Audience.ANYONE)
def choose_language() -> ResponseReturnValue:
    """Keep the reader's language."""
    code = request.form.get("language", "")
    if code in LANGUAGES:
        session["language"] = code
        if current_user.is_authenticated:
            signed_in_user().language = code
    return redirect(access.safe_next(request.form.get("next")) or url_for("public.front"))
