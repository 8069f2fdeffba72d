"""One class per answer type: from a form, to JSON, to display, and its errors."""

from questionnaires.answers.acknowledgement import Acknowledgement, Clause, PolicyDocument
from questionnaires.answers.addresses import Email, WebAddress
from questionnaires.answers.base import AnswerType, FieldValues, FormFields
from questionnaires.answers.cells import Cell
from questionnaires.answers.certificates import Certificate
from questionnaires.answers.choices import OneOf, Option, SeveralOf, YesNo, YesPartlyNo
from questionnaires.answers.days import Day
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.files import FILE_KINDS, FileKind, Files
from questionnaires.answers.money import Money
from questionnaires.answers.numbers import DecimalNumber, Percentage, WholeNumber
from questionnaires.answers.places import Country
from questionnaires.answers.records import Part, Record
from questionnaires.answers.signatures import PersonalSignature
from questionnaires.answers.tables import Column, Table
from questionnaires.answers.words import LongText, ShortText

__all__ = [
    "FILE_KINDS",
    "Acknowledgement",
    "AnswerError",
    "AnswerType",
    "Cell",
    "Certificate",
    "Clause",
    "Column",
    "Country",
    "Day",
    "DecimalNumber",
    "Email",
    "FieldValues",
    "FileKind",
    "Files",
    "FormFields",
    "LongText",
    "Money",
    "OneOf",
    "Option",
    "Part",
    "Percentage",
    "PersonalSignature",
    "PolicyDocument",
    "Record",
    "SeveralOf",
    "ShortText",
    "Table",
    "WebAddress",
    "WholeNumber",
    "YesNo",
    "YesPartlyNo",
]
