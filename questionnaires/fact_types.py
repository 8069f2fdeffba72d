"""What each fact of a supplier may be, so that conditions about it can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from questionnaires.answers import AnswerType, Country, OneOf, Option, YesNo
from questionnaires.answers.base import FieldValues
from questionnaires.answers.errors import AnswerError
from questionnaires.facts import group_code
from questionnaires.texts import Text
from questionnaires.values import Value


@dataclass(frozen=True, slots=True)
class Groups(AnswerType):
    """The buyer's own names of product groups; the canonical form is a list of them in small letters."""

    name: ClassVar[str] = "groups"
    operators: ClassVar[frozenset[str]] = frozenset({"answer_in", "not_in"})

    def parse(self, fields: FieldValues) -> Value:
        """Return the groups separated by semicolons."""
        return [group_code(part) for part in str(fields["value"]).split(";") if part.strip()] or None

    def check(self, value: Value) -> None:
        """Refuse what is no list of words."""
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise AnswerError("wrong_shape")

    def display(self, value: Value, language: str) -> str:  # noqa: ARG002 - the buyer's words
        """Return the groups separated by semicolons."""
        return "; ".join(value) if isinstance(value, list) else ""

    def field_values(self, value: Value) -> FieldValues:
        """Return the groups separated by semicolons."""
        return {"value": self.display(value, "")}


_A_B_C = OneOf(tuple(Option(code, Text.of(code)) for code in "ABC"))
_SIZE = OneOf(
    (
        Option("micro", Text.of("Micro: fewer than 10 people", nb="Mikro: færre enn 10 personer")),
        Option("small", Text.of("Small: 10 to 49 people", nb="Liten: 10 til 49 personer")),
        Option("medium", Text.of("Medium: 50 to 249 people", nb="Middels: 50 til 249 personer")),
        Option("large", Text.of("Large: 250 people or more", nb="Stor: 250 personer eller flere")),
    )
)
_TIER = OneOf(
    (
        Option("low", Text.of("Low risk", nb="Lav risiko")),
        Option("medium", Text.of("Medium risk", nb="Middels risiko")),
        Option("high", Text.of("High risk", nb="Høy risiko")),
    )
)
_TYPE = OneOf(
    (
        Option("manufacturer", Text.of("Manufacturer", nb="Produsent")),
        Option("reseller", Text.of("Reseller", nb="Forhandler")),
    )
)

FACT_TYPES: Mapping[str, AnswerType] = {
    "country": Country(),
    "criticality": _A_B_C,
    "size": _SIZE,
    "tier": _TIER,
    "supplier_type": _TYPE,
    "product_groups": Groups(),
    "minerals_relevant": YesNo(),
}
"""By the name in the YAML. Sizes by head count as the EU's recommendation 2003/361/EC has them."""
