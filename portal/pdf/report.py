"""What verification found, as values and as sentences. Knows no PDF library: the web reads it cheaply."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from portal.pdf.sentences import SENTENCES

ACCEPTED = "Accepted with a code from the mailbox:"
"""What stands before the time in a signature's /Reason."""


class Level(StrEnum):
    """PAdES baseline levels.

    Without and with an independent time stamp for the signature; with validation data and a time stamp over it all.
    """

    B = "B-B"
    T = "B-T"
    LTA = "B-LTA"


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
    OWN = "own"
    """Made by the supplier with a certificate of its own, in place of the signatory's."""
    OWN_STAMP = "own_stamp"
    """A time stamp over the document that the supplier brought along with its own signature."""
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
    certificate_ends: datetime | None = None
    accepted_at: datetime | None = None
    """When the person accepted, as the signature states; None where one person signs, who accepted just before."""
    certificate_begins: datetime | None = None
    subject: str = ""
    """This and what follows is said of a supplier's own signature only: what its certificate says."""
    issuer: str = ""
    serial: str = ""
    """In hexadecimal."""
    certificate_sha256: str = ""
    root: str = ""
    """The trusted root that its chain leads to; empty where this portal knows none."""
    root_source: str = ""
    """The file that the administrator put that root into."""
    root_sha256: str = ""


_MOMENTS = ("signed_at", "certificate_ends", "certificate_begins", "accepted_at")


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

    @property
    def level(self) -> Level | None:
        """Return the level that both signatures reach; None where there is none."""
        reached = [each.level for each in self.signatures if each.role in {Role.SIGNATORY, Role.SEAL}]
        return min(reached, key=list(Level).index, default=None)

    @property
    def renew_before(self) -> datetime | None:
        """Return when the certificate of the last document time stamp ends; None where there is no such stamp."""
        return next((each.certificate_ends for each in reversed(self.signatures) if each.role is Role.TIME_STAMP), None)

    def sentences(self, language: str) -> list[str]:
        """Return the outcome in words, the verdict first; other languages than `nb` get English."""
        tongue = "nb" if language.partition("-")[0] in {"nb", "no", "nn"} else "en"
        return [SENTENCES[code][tongue].format(**parameters) for code, parameters in self._said()]

    def as_json(self) -> dict[str, Any]:
        """Return the report as values that JSON knows."""
        values = asdict(self)
        values["signatures"] = [with_moments_as_text(each) for each in values["signatures"]]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Report":
        """Return the report of which these are the values; raise `KeyError`, `TypeError` or `ValueError`."""
        return cls(
            verdict=Verdict(values["verdict"]),
            sha256=str(values["sha256"]),
            signatures=tuple(signature_from_json(each) for each in values["signatures"]),
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
            said = f"by_{signature.role.value}"
            yield f"{said}_accepted" if signature.accepted_at else said, _words(signature)
            if signature.role is Role.OWN:
                yield "own_certificate", _words(signature)
                yield ("own_known" if signature.root else "own_unknown"), _words(signature)
        yield f"level_{(self.level or Level.B).name}", {}
        if self.renew_before:
            yield "renew_before", {"time": f"{self.renew_before:%Y-%m-%d}"}
        yield ("ledger_has_it" if self.in_ledger else "ledger_not_asked"), {}


def with_moments_as_text(signature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a signature's values as JSON knows them."""
    return {name: value.isoformat() if name in _MOMENTS and value else value for name, value in signature.items()}


def signature_from_json(values: Mapping[str, Any]) -> SignatureReport:
    """Return the signature of which these are the values; raise `KeyError`, `TypeError` or `ValueError`."""
    moments = {name: datetime.fromisoformat(values[name]) if values.get(name) else None for name in _MOMENTS}
    return SignatureReport(
        **{
            **values,
            **moments,
            "role": Role(values["role"]),
            "level": Level(values["level"]),
            "covers": Coverage(values["covers"]),
        }
    )


def _words(signature: SignatureReport) -> Mapping[str, str]:
    return {
        "name": f"{signature.name}, {signature.title}" if signature.title else signature.name,
        "organisation": signature.organisation,
        "email": signature.email,
        "time": _in_words(signature.signed_at),
        "accepted": _in_words(signature.accepted_at),
        "who": ", ".join(part for part in (signature.name, signature.title, signature.organisation) if part),
        "subject": signature.subject,
        "issuer": signature.issuer,
        "serial": signature.serial,
        "since": f"{signature.certificate_begins:%Y-%m-%d}" if signature.certificate_begins else "?",
        "ends": f"{signature.certificate_ends:%Y-%m-%d}" if signature.certificate_ends else "?",
        "root": signature.root,
        "source": signature.root_source,
    }


def _in_words(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "?"
