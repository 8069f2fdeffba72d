"""One class per answer type: from a form, to JSON, to display, and its errors."""

from questionnaires.answers.acknowledgement import Acknowledgement, Clause
from questionnaires.answers.base import AnswerType, FieldValues, FormFields
from questionnaires.answers.choices import OneOf, Option, SeveralOf, YesNo, YesPartlyNo
from questionnaires.answers.days import Day
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.files import FILE_KINDS, FileKind, Files
from questionnaires.answers.numbers import DecimalNumber, Percentage, WholeNumber
from questionnaires.answers.places import Country
from questionnaires.answers.tables import Column, Table
from questionnaires.answers.words import LongText, ShortText

__all__ = [
    "FILE_KINDS",
    "Acknowledgement",
    "AnswerError",
    "AnswerType",
    "Clause",
    "Column",
    "Country",
    "Day",
    "DecimalNumber",
    "FieldValues",
    "FileKind",
    "Files",
    "FormFields",
    "LongText",
    "OneOf",
    "Option",
    "Percentage",
    "SeveralOf",
    "ShortText",
    "Table",
    "WholeNumber",
    "YesNo",
    "YesPartlyNo",
]
