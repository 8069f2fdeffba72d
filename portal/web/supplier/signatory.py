"""The form in which the signatory says who he or she is, and who else must sign."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, StringField
from wtforms.validators import ValidationError

from portal.extensions import db
from portal.mail.message import AddressInvalid, plain_address
from portal.models import Invitation
from portal.pdf.fields import MOST_SIGNATORIES
from portal.pdf.signing import Signatory
from portal.services import cosigning
from portal.services.cosigning import NamingRefused
from portal.web.languages import choose_language
from questionnaires.answers import AnswerError
from questionnaires.answers.cleaning import clean_line

LONGEST_NAME = 200


class SignatoryForm(FlaskForm):  # type: ignore[misc]
    """Who signs, and that he or she may."""

    name = StringField(lazy_gettext("Your name"))
    title = StringField(lazy_gettext("Your title in the company"))
    may_bind = BooleanField()

    def validate_name(self, field: Field) -> None:
        """Take one line of text."""
        field.data = _line(field, _("Write your name."))

    def validate_title(self, field: Field) -> None:
        """Take one line of text."""
        field.data = _line(field, _("Write your title, such as managing director."))

    def validate_may_bind(self, field: Field) -> None:
        """Take a ticked box only."""
        if not field.data:
            raise ValidationError(
                _("Tick the box if you may sign for the company. If you may not, ask someone who may.")
            )

    def signatory(self, invitation: Invitation) -> Signatory:
        """Return the person, with the address that the code goes to."""
        company = invitation.request.supplier.name
        return Signatory(str(self.name.data), str(self.title.data), invitation.email, company)


class PersonForm(FlaskForm):  # type: ignore[misc]
    """One more person who must sign, as the first one states; part of a form that has a token of its own."""

    name = StringField(lazy_gettext("Name"))
    title = StringField(lazy_gettext("Title in the company"))
    email = EmailField(lazy_gettext("E-mail"))

    def validate_name(self, field: Field) -> None:
        """Take one line of text."""
        field.data = _line(field, _("Write the name of this person."))

    def validate_title(self, field: Field) -> None:
        """Take one line of text."""
        field.data = _line(field, _("Write the title of this person, such as chair of the board."))

    def validate_email(self, field: Field) -> None:
        """Take one mail address."""
        try:
            field.data = plain_address((field.data or "").strip())
        except AddressInvalid as error:
            raise ValidationError(_("This is not a mail address. Write it as name@company.com.")) from error


def people_wanted() -> list[PersonForm]:
    """Return a form for each of those who sign after the first: as many as the reader asks for, none as a rule."""
    wanted = request.values.get("people", "1")
    count = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) == 1 else 1
    return [
        PersonForm(prefix=f"person-{number}-", meta={"csrf": False})
        for number in range(2, min(count, MOST_SIGNATORIES) + 1)
    ]


def are_valid(form: SignatoryForm, people: Sequence[PersonForm], invitation: Invitation) -> bool:
    """Return whether all are named, each with a mailbox of their own; errors stand at the fields."""
    if not all([form.validate_on_submit(), *(person.validate() for person in people)]):
        return False
    others = others_of(people, invitation)
    for count, person in enumerate(people, start=1):
        try:
            cosigning.check_named(db.session, invitation.request, form.signatory(invitation), others[:count])
        except NamingRefused as refused:
            person.email.errors = [explain(refused)]
            return False
    return True


def others_of(people: Sequence[PersonForm], invitation: Invitation) -> list[Signatory]:
    """Return those who sign after the first."""
    company = invitation.request.supplier.name
    return [Signatory(str(each.name.data), str(each.title.data), str(each.email.data), company) for each in people]


def explain(refused: NamingRefused) -> str:
    """Return what is wrong with an address."""
    if refused.code == "closed":
        return str(
            _("The link of this address was taken back. Give another one, or write to the person who asked you.")
        )
    return str(_("Another signatory has this address. Each person needs a mailbox of his or her own."))


def _line(field: Field, advice: str) -> str:
    try:
        line = clean_line(field.data or "", LONGEST_NAME)
    except AnswerError as error:
        raise ValidationError(error.message(choose_language())) from error
    if line is None:
        raise ValidationError(advice)
    return line
