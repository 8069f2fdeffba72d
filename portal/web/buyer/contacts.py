"""Contacts of a supplier, and better ones that suppliers have named."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.clock import clock
from portal.extensions import db
from portal.models import Contact, ContactSuggestion, Supplier
from portal.services import contact_suggestions, invitations, suppliers
from portal.services.suppliers import ContactFacts, SupplierError
from portal.web.access import open_to
from portal.web.buyer import bp, words
from portal.web.buyer.rights import KEEPERS, READERS, SENDERS
from portal.web.current import actor, installation, queue
from portal.web.transactions import after_commit, mark_failed
from portal.web.typed import tidy


class ContactForm(FlaskForm):  # type: ignore[misc]
    """A person at a supplier."""

    name = StringField(lazy_gettext("Name"), [Length(max=200)], filters=[tidy])
    email = EmailField(lazy_gettext("E-mail"), [DataRequired(), Length(max=254)], filters=[tidy])
    language = SelectField(lazy_gettext("Language of mails and questions"), [InputRequired()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = words.language_choices()

    @property
    def facts(self) -> ContactFacts:
        """Return what was filled in."""
        return ContactFacts(self.name.data or "", self.email.data or "", self.language.data)


@bp.get("/suppliers/<uuid:supplier_id>/contacts/new", endpoint="new_contact")
@open_to(*KEEPERS)
def new(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Show an empty form."""
    supplier = db.session.get(Supplier, supplier_id) or abort(404)
    form = ContactForm(data={"language": "nb" if supplier.country == "NO" else "en"})
    return render_template("buyer/contacts/edit.html", form=form, supplier=supplier, contact=None)


@bp.post("/suppliers/<uuid:supplier_id>/contacts/new", endpoint="add_contact")
@open_to(*KEEPERS)
def add(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Add a person who can be asked."""
    supplier, form = db.session.get(Supplier, supplier_id) or abort(404), ContactForm()
    if form.validate():
        try:
            suppliers.add_contact(db.session, supplier, form.facts, now=clock(), by=actor())
        except SupplierError as error:
            _explain(form, error)
        else:
            flash(_("The contact is added."), "success")
            return redirect(url_for("buyer.supplier", supplier_id=supplier_id), 303)
    supplier = db.session.get_one(Supplier, supplier_id)
    return render_template("buyer/contacts/edit.html", form=form, supplier=supplier, contact=None), 422


@bp.get("/contacts/<uuid:contact_id>/edit", endpoint="edit_contact")
@open_to(*KEEPERS)
def edit(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Show a contact in a form."""
    contact = db.session.get(Contact, contact_id) or abort(404)
    form = ContactForm(data={"name": contact.name, "email": contact.email, "language": contact.language})
    return render_template("buyer/contacts/edit.html", form=form, supplier=contact.supplier, contact=contact)


@bp.post("/contacts/<uuid:contact_id>/edit", endpoint="change_contact")
@open_to(*KEEPERS)
def change(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Change a contact."""
    contact, form = db.session.get(Contact, contact_id) or abort(404), ContactForm()
    if form.validate():
        try:
            suppliers.change_contact(db.session, contact, form.facts, now=clock(), by=actor())
        except SupplierError as error:
            _explain(form, error)
        else:
            flash(_("The changes are saved. Links that were mailed before still belong to the old address."), "success")
            return redirect(url_for("buyer.supplier", supplier_id=contact.supplier_id), 303)
    contact = db.session.get_one(Contact, contact_id)
    page = render_template("buyer/contacts/edit.html", form=form, supplier=contact.supplier, contact=contact)
    return page, 422


@bp.post("/contacts/<uuid:contact_id>/retire", endpoint="retire_contact")
@open_to(*KEEPERS)
def retire(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Ask this person no more."""
    contact = db.session.get(Contact, contact_id) or abort(404)
    suppliers.retire_contact(db.session, contact, now=clock(), by=actor())
    flash(_("The contact is retired. Links that this person holds stay open until you revoke them."), "success")
    return redirect(url_for("buyer.supplier", supplier_id=contact.supplier_id), 303)


@bp.get("/contacts/suggestions", endpoint="suggestions")
@open_to(*READERS)
def list_suggestions() -> ResponseReturnValue:
    """Show the contacts that suppliers have named."""
    waiting = contact_suggestions.waiting(db.session)
    return render_template("buyer/contacts/suggestions.html", suggestions=waiting)


@bp.post("/contacts/suggestions/<uuid:suggestion_id>", endpoint="decide_suggestion")
@open_to(*SENDERS)
def decide(suggestion_id: uuid.UUID) -> ResponseReturnValue:
    """Take or turn down a suggested contact."""
    suggestion = db.session.get(ContactSuggestion, suggestion_id) or abort(404)
    decision = request.form.get("decision")
    if decision not in {"accept", "refuse"}:
        abort(400)
    try:
        invitations.decide_suggestion(
            db.session, suggestion, decision == "accept", clock(), actor(), installation().catalogue
        )
    except invitations.AlreadyDecided:
        flash(_("Somebody has decided on this already."), "info")
        return redirect(url_for("buyer.suggestions"), 303)
    except invitations.RequestClosed:
        mark_failed()
        flash(_("The request is withdrawn, so nobody can be invited to it. Turn the suggestion down."), "danger")
        return redirect(url_for("buyer.suggestions"), 303)
    after_commit(queue().wake_outbox)
    if decision == "accept":
        flash(
            _("%(email)s is the contact now and gets a link. The old link is dead.", email=suggestion.email), "success"
        )
    else:
        flash(_("The suggestion is turned down. The contact stays as it was."), "success")
    return redirect(url_for("buyer.suggestions"), 303)


def _explain(form: ContactForm, error: SupplierError) -> None:
    mark_failed()
    name, sentence = words.SUPPLIER_ERRORS[error.code]
    form[name].errors = [str(sentence)]
