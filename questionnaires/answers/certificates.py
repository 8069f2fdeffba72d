"""Certificates: who has confirmed what, and until when. The file itself is a document of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar

from questionnaires.answers.base import AnswerType
from questionnaires.answers.choices import OneOf, Option
from questionnaires.answers.days import DATE_OPERATORS, Day
from questionnaires.answers.records import Part, Record
from questionnaires.answers.words import ShortText
from questionnaires.texts import Text
from questionnaires.values import Value

_KIND = Text.of("Kind of certificate", nb="Type sertifikat")
_NUMBER = Text.of("Number", nb="Nummer")
_ISSUER = Text.of("Issued by", nb="Utstedt av")
_VALID_UNTIL = Text.of("Valid until", nb="Gyldig til")


@dataclass(frozen=True)
class Certificate(Record):
    """A certificate; the canonical form is {"kind", "number", "issuer", "valid_until"}.

    Comparisons (``before``, ``after``) are about the day it is valid until.
    """

    kinds: tuple[Option, ...] = ()
    """Kinds to choose from; without any the kind is written in words."""
    name: ClassVar[str] = "certificate"
    operators: ClassVar[frozenset[str]] = DATE_OPERATORS

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Kind, number, issuer and last day."""
        kind: AnswerType = OneOf(self.kinds) if self.kinds else ShortText()
        return (
            Part("kind", _KIND, kind),
            Part("number", _NUMBER, ShortText(100)),
            Part("issuer", _ISSUER, ShortText()),
            Part("valid_until", _VALID_UNTIL, Day()),
        )

    def still_holds(self, value: Value, today: date) -> bool:
        """Return whether the certificate is valid on the day."""
        return isinstance(value, dict) and date.fromisoformat(value["valid_until"]) >= today
