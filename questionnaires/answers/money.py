"""Sums of money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from questionnaires.answers.choices import OneOf, Option
from questionnaires.answers.locales import currency_name, sum_in_words
from questionnaires.answers.numbers import LARGEST_DECIMAL, NUMBER_OPERATORS, DecimalNumber
from questionnaires.answers.records import Part, Record
from questionnaires.texts import Text
from questionnaires.values import Value

CURRENCIES = (
    "NOK", "EUR", "USD", "GBP", "SEK", "DKK", "CHF", "PLN", "CZK", "RON", "TRY", "CNY", "JPY", "KRW", "TWD", "HKD",
    "SGD", "INR", "BDT", "PKR", "VND", "THB", "IDR", "MYR", "PHP", "AUD", "CAD", "MXN", "BRL", "ZAR",
)  # fmt: skip
"""ISO 4217 codes that a question offers unless it names its own."""

_AMOUNT = Text.of("Amount", nb="Beløp")
_CURRENCY = Text.of("Currency", nb="Valuta")


@dataclass(frozen=True)
class Money(Record):
    """A sum in a currency; the canonical form is {"amount": "1200.5", "currency": "NOK"}."""

    currencies: tuple[str, ...] = CURRENCIES
    """ISO 4217 codes to choose from."""
    at_least: Decimal = Decimal(0)
    at_most: Decimal = LARGEST_DECIMAL
    name: ClassVar[str] = "money"
    operators: ClassVar[frozenset[str]] = NUMBER_OPERATORS

    @property
    def comparable(self) -> frozenset[str]:
        """What conditions may say: an amount can be compared only where it is clear in which currency."""
        return self.operators if len(self.currencies) == 1 else frozenset()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Amount and currency."""
        offered = OneOf(tuple(Option(code, currency_name(code)) for code in self.currencies))
        return (
            Part("amount", _AMOUNT, DecimalNumber(at_least=self.at_least, at_most=self.at_most)),
            Part("currency", _CURRENCY, offered, stands_alone=False),
        )

    def display(self, value: Value, language: str) -> str:
        """Return the sum as the reader writes it: "1 200,50 NOK"."""
        if not isinstance(value, dict):
            return ""
        return sum_in_words(Decimal(value["amount"]), value["currency"], language)
