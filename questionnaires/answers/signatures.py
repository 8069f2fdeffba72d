"""A person who answers signs a part of the questionnaire by name, such as the workers' representative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from questionnaires.answers.days import Day
from questionnaires.answers.records import Part, Record
from questionnaires.answers.words import ShortText
from questionnaires.texts import Text

_NAME = Text.of("Name", nb="Navn")
_TITLE = Text.of("Title", nb="Stilling")
_SIGNED_ON = Text.of("Date", nb="Dato")


@dataclass(frozen=True)
class PersonalSignature(Record):
    """A name under a statement; the canonical form is {"name", "title", "signed_on"}.

    It is a statement inside the declaration, not an electronic signature of its own.
    """

    statement: Text
    """What the person stands for."""
    name: ClassVar[str] = "signature"
    carries: ClassVar[bool] = False

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Name, title and day."""
        return (
            Part("name", _NAME, ShortText()),
            Part("title", _TITLE, ShortText()),
            Part("signed_on", _SIGNED_ON, Day(not_after_today=True)),
        )
