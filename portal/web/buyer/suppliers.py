"""The register's pages: list, one supplier, adding and changing by hand."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.clock import clock
from portal.extensions import db
from portal.models import CompanySize, Criticality, RiskTier, Role, Supplier, SupplierType, User
from portal.services import (
    certificate_register,
    contact_suggestions,
    legal_holds,
    outbox,
    own_codes,
    progress,
    requests,
    supplier_search,
    suppliers,
)
from portal.services.import_columns import CellError, Column, read_cell
from portal.services.supplier_search import Minerals
from portal.services.suppliers import SupplierError, SupplierFacts
from portal.web.access import open_to
from portal.web.buyer import bp, supplier_filter, words
from portal.web.buyer.rights import KEEPERS, READERS
from portal.web.current import actor, installation
from portal.web.paging import page_of_query
from portal.web.transactions import mark_failed
from portal.web.typed import tidy

PER_PAGE = 25


class SupplierForm(FlaskForm):  # type: ignore[misc]
    """A supplier's facts."""

    name = StringField(lazy_gettext("Name"), [DataRequired(), Length(max=200)], filters=[tidy])
    country = SelectField(lazy_gettext("Country"), [InputRequired()])
    national_id = StringField(lazy_gettext("National id"), [Length(max=64)], filters=[tidy])
    external_id = StringField(lazy_gettext("External id"), [Length(max=64)], filters=[tidy])
    criticality = SelectField(lazy_gettext("Criticality"), default="")
    supplier_type = SelectField(lazy_gettext("Supplier type"), default="")
    size = SelectField(lazy_gettext("Size"), default="")
    tier = SelectField(lazy_gettext("Risk tier"), default="")
    minerals = SelectField(lazy_gettext("Tin, tantalum, tungsten or gold in the goods"), default=Minerals.UNKNOWN.value)
    product_groups = StringField(lazy_gettext("Product groups"), [Length(max=2000)], filters=[tidy])
    owner = SelectField(lazy_gettext("Responsible buyer"), default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.country.choices = [("", _("Choose a country")), *words.country_choices()]
        self.criticality.choices = words.criticality_choices()
        self.supplier_type.choices = words.type_choices()
        self.size.choices = words.size_choices()
        self.tier.choices = words.tier_choices()
        self.minerals.choices = list(reversed(words.minerals_choices()))
        self.owner.choices = [("", _("Nobody")), *((str(user.id), user.display_name) for user in _buyers())]

    def validate_product_groups(self, field: StringField) -> None:
        """Refuse what an import would refuse."""
        try:
            read_cell(Column.PRODUCT_GROUPS, field.data or "")
        except CellError as error:
            limits = error.parameters
            raise ValidationError(_("At most %(count)s groups of %(maximum)s characters each.", **limits)) from error

    @property
    def facts(self) -> SupplierFacts:
        """Return what was filled in."""
        minerals = {Minerals.YES: True, Minerals.NO: False}
        return SupplierFacts(
            name=self.name.data or "",
            country=self.country.data,
            national_id=self.national_id.data or None,
            criticality=Criticality(self.criticality.data) if self.criticality.data else None,
            product_groups=read_cell(Column.PRODUCT_GROUPS, self.product_groups.data or ""),
            supplier_type=SupplierType(self.supplier_type.data) if self.supplier_type.data else None,
            size=CompanySize(self.size.data) if self.size.data else None,
            tier=RiskTier(self.tier.data) if self.tier.data else None,
            minerals_relevant=minerals.get(self.minerals.data),
            external_id=self.external_id.data or None,
            owner_id=uuid.UUID(self.owner.data) if self.owner.data else None,
        )


@bp.get("/suppliers", endpoint="suppliers")
@open_to(*READERS)
def list_suppliers() -> ResponseReturnValue:
    """Show the register."""
    order = supplier_filter.order()
    wanted = supplier_filter.wanted()
    query = supplier_search.select(db.session, wanted, order=order.name, descending=order.descending)
    return render_template(
        "buyer/suppliers/list.html",
        page=page_of_query(db.session, query, PER_PAGE),
        wanted=wanted,
        order=order,
        fields=supplier_filter.fields(supplier_search.choices(db.session)),
        given=supplier_filter.given(),
        suggestions=contact_suggestions.count_waiting(db.session),
        words=words,
    )


@bp.get("/suppliers/<uuid:supplier_id>", endpoint="supplier")
@open_to(*READERS)
def show(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Show one supplier: facts, contacts, requests, mails."""
    supplier = _find(supplier_id)
    asked = requests.of_supplier(db.session, supplier)
    return render_template(
        "buyer/suppliers/supplier.html",
        supplier=supplier,
        asked=[(request, progress.standing(request, clock())) for request in asked],
        mails=outbox.mails_of(db.session, asked),
        suggestions=contact_suggestions.waiting(db.session, supplier),
        words=words,
        minerals=words.minerals_of(supplier.minerals_relevant),
        own_codes=own_codes.of_supplier(db.session, supplier, installation().catalogue),
        certificates=certificate_register.find(db.session, installation().catalogue, supplier.id),
        today=clock().date(),
        hold=next(iter(legal_holds.standing(db.session, [supplier_id])), None),
    )


@bp.get("/suppliers/new", endpoint="new_supplier")
@open_to(*KEEPERS)
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return render_template("buyer/suppliers/edit.html", form=SupplierForm(), supplier=None)


@bp.post("/suppliers/new", endpoint="add_supplier")
@open_to(*KEEPERS)
def add() -> ResponseReturnValue:
    """Put a supplier into the register."""
    form = SupplierForm()
    if form.validate():
        try:
            supplier = suppliers.add(db.session, form.facts, now=clock(), by=actor())
        except SupplierError as error:
            return _refused(form, error, None)
        flash(_("The supplier is in the register. Add a contact, so that it can be asked."), "success")
        return redirect(url_for("buyer.supplier", supplier_id=supplier.id), 303)
    return render_template("buyer/suppliers/edit.html", form=form, supplier=None), 422


@bp.get("/suppliers/<uuid:supplier_id>/edit", endpoint="edit_supplier")
@open_to(*KEEPERS)
def edit(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Show a supplier's facts in a form."""
    supplier = _find(supplier_id)
    form = SupplierForm(
        data={
            **{name: getattr(supplier, name) or "" for name in ("name", "country", "national_id", "external_id")},
            "criticality": supplier.criticality.value if supplier.criticality else "",
            "supplier_type": supplier.supplier_type.value if supplier.supplier_type else "",
            "size": supplier.size.value if supplier.size else "",
            "tier": supplier.tier.value if supplier.tier else "",
            "minerals": words.minerals_of(supplier.minerals_relevant).value,
            "product_groups": "; ".join(supplier.product_groups),
            "owner": str(supplier.owner_id or ""),
        }
    )
    return render_template("buyer/suppliers/edit.html", form=form, supplier=supplier)


@bp.post("/suppliers/<uuid:supplier_id>/edit", endpoint="change_supplier")
@open_to(*KEEPERS)
def change(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Change a supplier's facts."""
    supplier, form = _find(supplier_id), SupplierForm()
    if form.validate():
        try:
            suppliers.change(db.session, supplier, form.facts, now=clock(), by=actor())
        except SupplierError as error:
            return _refused(form, error, supplier_id)
        flash(_("The changes are saved."), "success")
        return redirect(url_for("buyer.supplier", supplier_id=supplier_id), 303)
    return render_template("buyer/suppliers/edit.html", form=form, supplier=supplier), 422


@bp.post("/suppliers/<uuid:supplier_id>/retire", endpoint="retire_supplier")
@open_to(*KEEPERS)
def retire(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Take a supplier out of use."""
    suppliers.retire(db.session, _find(supplier_id), now=clock(), by=actor())
    flash(_("The supplier is retired: it will not be asked again. What it declared stays in the archive."), "success")
    return redirect(url_for("buyer.supplier", supplier_id=supplier_id), 303)


@bp.post("/suppliers/<uuid:supplier_id>/bring-back", endpoint="bring_back_supplier")
@open_to(*KEEPERS)
def bring_back(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Take a retired supplier into use again."""
    suppliers.bring_back(db.session, _find(supplier_id), now=clock(), by=actor())
    flash(_("The supplier is in use again."), "success")
    return redirect(url_for("buyer.supplier", supplier_id=supplier_id), 303)


def _find(supplier_id: uuid.UUID) -> Supplier:
    return db.session.get(Supplier, supplier_id) or abort(404)


def _buyers() -> list[User]:
    query = sa.select(User).where(User.role == Role.BUYER, User.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(User.name, User.email)))


def _refused(form: SupplierForm, error: SupplierError, supplier_id: uuid.UUID | None) -> ResponseReturnValue:
    mark_failed()
    name, sentence = words.SUPPLIER_ERRORS[error.code]
    form[name].errors = [str(sentence)]
    supplier = _find(supplier_id) if supplier_id else None
    return render_template("buyer/suppliers/edit.html", form=form, supplier=supplier), 422
