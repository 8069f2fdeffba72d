"""What verification found, as values and as sentences. Knows no PDF library: the web reads it cheaply."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from portal.pdf.sentences import SENTENCES


class Level(StrEnum):
    """PAdES baseline levels: without and with an independent time stamp for the signature."""

    B = "B-B"
    T = "B-T"


class Verdict(StrEnum):
    """The answer to: is this a declaration as it was signed and sealed?"""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    NOT_A_PDF = "not_a_pdf"


class Role(StrEnum):
    """What a signature in a declaration is for."""

    SIGNATORY = "signatory"
    SEAL = "seal"
    TIME_STAMP = "time_stamp"
    OTHER = "other"


class Coverage(StrEnum):
    """How much of the file a signature covers."""

    WHOLE_FILE = "whole_file"
    EARLIER_REVISION = "earlier_revision"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """A signature as found; whether it can be believed is the verdict of the report."""

    role: Role
    name: str
    organisation: str
    email: str
    title: str
    reference: str
    """Of the declaration, from the signatory's certificate."""
    signed_at: datetime | None
    """The time of the time stamp, or without one the time that the signature states."""
    level: Level
    covers: Coverage


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why the file is not proven; `code` is a key of `portal.pdf.sentences`."""

    code: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a verification."""

    verdict: Verdict
    sha256: str
    signatures: tuple[SignatureReport, ...]
    problems: tuple[Problem, ...]
    in_ledger: bool | None
    """None when no ledger was asked."""

    @property
    def reference(self) -> str:
        """Return the declaration's reference, or an empty string."""
        return next((each.reference for each in self.signatures if each.reference), "")

    def sentences(self, language: str) -> list[str]:
        """Return the outcome in words, the verdict first; other languages than `nb` get English."""
        tongue = "nb" if language.partition("-")[0] in {"nb", "no", "nn"} else "en"
        return [SENTENCES[code][tongue].format(**parameters) for code, parameters in self._said()]

    def as_json(self) -> dict[str, Any]:
        """Return the report as values that JSON knows."""
        values = asdict(self)
        for signature in values["signatures"]:
            moment = signature["signed_at"]
            signature["signed_at"] = moment.isoformat() if moment else None
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Report":
        """Return the report of which these are the values; raise `KeyError`, `TypeError` or `ValueError`."""
        return cls(
            verdict=Verdict(values["verdict"]),
            sha256=str(values["sha256"]),
            signatures=tuple(_signature(each) for each in values["signatures"]),
            problems=tuple(Problem(each["code"], dict(each["parameters"])) for each in values["problems"]),
            in_ledger=values["in_ledger"],
        )

    def _said(self) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        yield self.verdict.value, {}
        for problem in self.problems:
            yield problem.code, problem.parameters
        if self.verdict is not Verdict.PROVEN:
            return
        for signature in self.signatures:
            yield f"by_{signature.role.value}", _words(signature)
        levels = {each.level for each in self.signatures if each.role in {Role.SIGNATORY, Role.SEAL}}
        yield ("time_proven" if levels == {Level.T} else "time_claimed"), {}
        yield ("ledger_has_it" if self.in_ledger else "ledger_not_asked"), {}


def _signature(values: Mapping[str, Any]) -> SignatureReport:
    moment = values["signed_at"]
    return SignatureReport(
        **{
            **values,
            "role": Role(values["role"]),
            "signed_at": datetime.fromisoformat(moment) if moment else None,
            "level": Level(values["level"]),
            "covers": Coverage(values["covers"]),
        }
    )


def _words(signature: SignatureReport) -> Mapping[str, str]:
    moment = signature.signed_at
    return {
        "name": f"{signature.name}, {signature.title}" if signature.title else signature.name,
        "organisation": signature.organisation,
        "email": signature.email,
        "time": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "?",
    }
