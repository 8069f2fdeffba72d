"""The form in which the signatory says who he or she is."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, StringField
from wtforms.validators import ValidationError

from portal.models import Invitation
from portal.pdf.signing import Signatory
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


def _line(field: Field, advice: str) -> str:
    try:
        line = clean_line(field.data or "", LONGEST_NAME)
    except AnswerError as error:
        raise ValidationError(error.message(choose_language())) from error
    if line is None:
        raise ValidationError(advice)
    return line
