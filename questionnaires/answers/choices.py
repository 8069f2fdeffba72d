"""Answers chosen from a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from questionnaires.answers.base import AnswerType, FieldValues, FormFields
from questionnaires.answers.cells import Cell, words_of
from questionnaires.answers.errors import AnswerError
from questionnaires.texts import Text
from questionnaires.values import Value


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative: the code is stored, the text is read."""

    code: str
    text: Text
    exclusive: bool = False
    """Cannot be ticked together with others ("none of these")."""


def code_of(options: tuple[Option, ...], words: str) -> str:
    """Return the code of the option whose text in some language, or whose code, the words are; else the words."""
    wanted = " ".join(words.split()).casefold()
    for option in options:
        texts = (option.text.in_language(language) for language in option.text.languages)
        if wanted in {option.code.casefold(), *(" ".join(text.split()).casefold() for text in texts)}:
            return option.code
    return words


YES = Option("yes", Text.of("Yes", nb="Ja"))
PARTLY = Option("partly", Text.of("Partly", nb="Delvis"))
NO = Option("no", Text.of("No", nb="Nei"))
NOT_KNOWN = Option("not_known", Text.of("Not known", nb="Vet ikke"))
NOT_APPLICABLE_CODE = "not_applicable"
NOT_APPLICABLE = Option(NOT_APPLICABLE_CODE, Text.of("Not applicable", nb="Ikke aktuelt"))


@dataclass(frozen=True, slots=True)
class OneOf(AnswerType):
    """One alternative; the canonical form is its code."""

    options: tuple[Option, ...]
    name: ClassVar[str] = "one_of"
    operators: ClassVar[frozenset[str]] = frozenset({"answer_in", "not_in"})

    @property
    def codes(self) -> tuple[str, ...]:
        """The alternatives' codes."""
        return tuple(option.code for option in self.options)

    def parse(self, fields: FieldValues) -> Value:
        """Return the chosen code."""
        code = str(fields["value"]).strip()
        if not code:
            return None
        self.check(code)
        return code

    def check(self, value: Value) -> None:
        """Refuse what is not one of the codes."""
        if not isinstance(value, str):
            raise AnswerError("wrong_shape")
        if value not in self.codes:
            raise AnswerError("unknown_option")

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - any language's words are understood
        """Return the code of the alternative that the cell names."""
        return self.parse({"value": code_of(self.options, words_of(cell))})

    def to_cell(self, value: Value, language: str) -> str:
        """Return the alternative's text."""
        return self.display(value, language)

    def display(self, value: Value, language: str) -> str:
        """Return the alternative's text."""
        return "".join(option.text.in_language(language) for option in self.options if option.code == value)

    def field_values(self, value: Value) -> FieldValues:
        """Return the chosen code as the field's value."""
        return {"value": value or ""}


@dataclass(frozen=True, slots=True)
class YesNo(OneOf):
    """Yes or no."""

    options: tuple[Option, ...] = (YES, NO)
    name: ClassVar[str] = "yes_no"
    basic: ClassVar[tuple[Option, ...]] = (YES, NO)

    @classmethod
    def with_extras(cls, *, not_known: bool, not_applicable: bool) -> Self:
        """Return the type with "not known" and "not applicable" added as wanted."""
        extras = ((NOT_KNOWN,) if not_known else ()) + ((NOT_APPLICABLE,) if not_applicable else ())
        return cls(cls.basic + extras)


@dataclass(frozen=True, slots=True)
class YesPartlyNo(YesNo):
    """Yes, partly or no."""

    options: tuple[Option, ...] = (YES, PARTLY, NO)
    name: ClassVar[str] = "yes_partly_no"
    basic: ClassVar[tuple[Option, ...]] = (YES, PARTLY, NO)


@dataclass(frozen=True, slots=True)
class SeveralOf(AnswerType):
    """Any number of alternatives; the canonical form is the list of their codes, in the author's order."""

    options: tuple[Option, ...]
    minimum: int = 1
    """Fewest alternatives to tick; an exclusive one is always enough."""
    name: ClassVar[str] = "several_of"
    operators: ClassVar[frozenset[str]] = frozenset({"answer_in", "not_in", "missing_any"})

    @property
    def codes(self) -> tuple[str, ...]:
        """The alternatives' codes."""
        return tuple(option.code for option in self.options)

    def read(self, form: FormFields, name: str) -> Value:
        """Return the ticked codes, in the author's order; ticking the same one twice counts once."""
        return self.parse(self.posted(form, name))

    def posted(self, form: FormFields, name: str) -> FieldValues:
        """Return what was ticked."""
        return {"values": [value.strip() for value in form.getlist(name) if value.strip()]}

    def parse(self, fields: FieldValues) -> Value:
        """Return the codes in the author's order, None where nothing is ticked."""
        ticked = set(fields["values"])
        if ticked - set(self.codes):
            raise AnswerError("unknown_option")
        chosen = [code for code in self.codes if code in ticked]
        if not chosen:
            return None
        self.check(chosen)
        return chosen

    def check(self, value: Value) -> None:
        """Refuse unknown, repeated and disordered codes, too few, and "none" together with others."""
        if not isinstance(value, list) or not value or not all(isinstance(code, str) for code in value):
            raise AnswerError("wrong_shape")
        if set(value) - set(self.codes):
            raise AnswerError("unknown_option")
        if value != [code for code in self.codes if code in value]:
            raise AnswerError("wrong_shape")
        chosen = [option for option in self.options if option.code in value]
        exclusive = next((option for option in chosen if option.exclusive), None)
        if exclusive and len(chosen) > 1:
            raise AnswerError("exclusive", option=exclusive.text)
        if not exclusive and len(chosen) < self.minimum:
            raise AnswerError("too_few_options", minimum=self.minimum)

    def from_cell(self, cell: Cell, language: str) -> Value:  # noqa: ARG002 - any language's words are understood
        """Return the codes of the alternatives that the cell names, one a line or separated by semicolons."""
        codes = []
        for line in words_of(cell).splitlines():
            known = code_of(self.options, line)
            codes += [known] if known in self.codes else [code_of(self.options, part) for part in line.split(";")]
        return self.parse({"values": [code.strip() for code in codes if code.strip()]})

    def to_cell(self, value: Value, language: str) -> str:
        """Return the alternatives' texts, one a line."""
        ticked = value if isinstance(value, list) else []
        return "\n".join(option.text.in_language(language) for option in self.options if option.code in ticked)

    def display(self, value: Value, language: str) -> str:
        """Return the alternatives' texts, separated by semicolons."""
        ticked = value if isinstance(value, list) else []
        return "; ".join(option.text.in_language(language) for option in self.options if option.code in ticked)

    def field_values(self, value: Value) -> FieldValues:
        """Return the ticked codes."""
        return {"values": list(value) if isinstance(value, list) else []}
