"""Many suppliers' workbooks rolled up into the answers and the smelter list of one's own, each with the files behind.

The questions' own definitions are applied; there is no public book of rules. What only the company itself can say
(questions A to H, its name, its scope) is never rolled up.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from questionnaires.minerals.contributions import Contribution, FollowUp, Reason, Source, newest
from questionnaires.minerals.layout import ALL, layout_of
from questionnaires.minerals.model import Asked, Kind, Mineral
from questionnaires.minerals.smelter_lines import SmelterLine, lines_of

_SHARES: Final = ((90, "Greater than 90%"), (75, "Greater than 75%"), (50, "Greater than 50%"))
_LEAST, _NONE = "50% or less", "None"
_UNKNOWN: Final = frozenset({"", "unknown"})


class Rule(enum.StrEnum):
    """Why an answer is what it is; the sentences stand in `sentences/`, under `rollup`."""

    ANY_YES = "any-yes"
    ALL_NO = "all-no"
    LEFT = "left"
    """Not all have answered, and none said yes: the company itself must say."""
    OWN = "own"
    """The company has said it itself."""
    NOT_ASKED = "not-asked"
    """Questions 1 and 2 end it."""
    UNCERTAIN = "uncertain"
    """Somebody does not know or has not answered."""
    NO_BUT_INCOMPLETE = "no-but-incomplete"
    """Everybody says no, yet not all smelters are known."""
    ALL_YES = "all-yes"
    ANY_NO = "any-no"
    SHARE = "share"
    NOT_ALL_ANSWERED = "not-all-answered"
    NOT_ALL_IDENTIFIED = "not-all-identified"
    ALL_IN_RESULT = "all-in-result"
    NOTHING_REPORTED = "nothing-reported"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer with its reason and the files that decided it."""

    value: str
    """Empty where the company must decide, or is not asked."""
    rule: Rule
    behind: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the relevant suppliers have an accepted workbook."""

    answered: tuple[str, ...]
    relevant: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of whom there is none."""
        answered = frozenset(self.answered)
        return tuple(name for name in self.relevant if name not in answered)

    @property
    def word(self) -> str:
        """The answer that says so: suppliers count, not what they sell."""
        return share_word(len(self.answered), len(self.relevant))


@dataclass(frozen=True, slots=True)
class Own:
    """What the company says itself."""

    answers: Mapping[tuple[Asked, Mineral], str] = field(default_factory=lambda: MappingProxyType({}))
    """To questions 1 and 2, and to those that the roll-up leaves open."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """The result."""

    kind: Kind
    minerals: tuple[Mineral, ...]
    coverage: Coverage
    by_mineral: Mapping[Mineral, Coverage]
    """Only who says whether it uses the mineral has answered about it."""
    answers: Mapping[tuple[Asked, Mineral], Outcome]
    smelters: tuple[SmelterLine, ...]
    follow_ups: tuple[FollowUp, ...]
    files: tuple[Source, ...]
    """That count."""
    superseded: tuple[Source, ...]
    """By a newer file of the same supplier and scope."""
    set_aside: tuple[Source, ...]
    """Of suppliers that are not relevant here."""

    @property
    def countries(self) -> Mapping[str, Mapping[Mineral, int]]:
        """Smelters by their country and mineral; "" is a country that nobody told."""
        found: dict[str, dict[Mineral, int]] = {}
        for line in self.smelters:
            counts = found.setdefault(line.smelter.country, {})
            counts[line.smelter.metal] = counts.get(line.smelter.metal, 0) + 1
        return dict(sorted(found.items()))

    @property
    def origins(self) -> tuple[tuple[Mineral, str, int, int], ...]:
        """Minerals and the countries that they come from, as suppliers say: how many smelters, how many files."""
        smelters: Counter[tuple[Mineral, str]] = Counter()
        files: dict[tuple[Mineral, str], set[Source]] = {}
        for line in self.smelters:
            for country, behind in line.origins:
                key = (line.smelter.metal, country.upper())
                smelters[key] += 1
                files.setdefault(key, set()).update(behind)
        return tuple((*key, smelters[key], len(files[key])) for key in sorted(files))


def share_word(answered: int, relevant: int) -> str:
    """Return the answer to question 6 of a CMRT (5 of an EMRT)."""
    if not relevant or not answered:
        return _NONE
    if answered >= relevant:
        return ALL
    return next((word for percent, word in _SHARES if answered * 100 > percent * relevant), _LEAST)


def roll_up(
    contributions: Iterable[Contribution],
    relevant: Iterable[str],
    kind: Kind,
    version: str,
    own: Own | None = None,
    minerals: Iterable[Mineral] | None = None,
) -> RollUp:
    """Return the result over the newest files of the relevant suppliers; files are taken one at a time.

    Args:
        contributions: of workbooks of one kind, made by one `Contributions`.
        relevant: the suppliers within the scope: the denominator.
        kind: of the workbook to be written, as is its version.
        version: see kind.
        own: what the company says itself.
        minerals: of an EMRT 2; those that some file asks about unless told otherwise.
    """
    names = tuple(dict.fromkeys(relevant))
    wanted, aside = frozenset(names), []

    def counted() -> Iterable[Contribution]:
        for each in contributions:
            if each.source.supplier in wanted:
                yield each
            else:
                aside.append(each.source)

    files, superseded = newest(iter(counted()))
    template = layout_of(kind, version).minerals
    chosen = frozenset(minerals) if minerals is not None else _asked_about(files)
    is_free = kind is Kind.EMRT and version.startswith("2")
    kept = tuple(mineral for mineral in template if not is_free or mineral in chosen)
    return _Rolling(kind, version, kept, names, files, own or Own()).result(superseded, tuple(aside))


def _asked_about(files: Iterable[Contribution]) -> frozenset[Mineral]:
    return frozenset(mineral for each in files for _, mineral in each.answers)


class _Rolling:
    def __init__(
        self,
        kind: Kind,
        version: str,
        minerals: tuple[Mineral, ...],
        names: tuple[str, ...],
        files: tuple[Contribution, ...],
        own: Own,
    ) -> None:
        self.kind, self.layout, self.minerals = kind, layout_of(kind, version), minerals
        self.names, self.files, self.own = names, files, own
        self.answered = {mineral: self._coverage(mineral) for mineral in minerals}
        self.outcomes: dict[tuple[Asked, Mineral], Outcome] = {}

    def result(self, superseded: tuple[Source, ...], aside: tuple[Source, ...]) -> RollUp:
        lines = lines_of(self.files, self.minerals)
        for mineral in self.minerals:
            self._decide(mineral, [line for line in lines if line.smelter.metal is mineral])
        closed = {mineral for mineral in self.minerals if self._is_closed(mineral)}
        have = {each.source.supplier for each in self.files}
        return RollUp(
            self.kind, self.minerals, Coverage(tuple(name for name in self.names if name in have), self.names),
            self.answered, self.outcomes, tuple(line for line in lines if line.smelter.metal not in closed),
            tuple(one for each in self.files for one in each.follow_ups), tuple(each.source for each in self.files),
            superseded, aside,
        )  # fmt: skip

    def _coverage(self, mineral: Mineral) -> Coverage:
        answered = {each.source.supplier for each in self.files if each.answers.get((Asked.USED, mineral))}
        return Coverage(tuple(name for name in self.names if name in answered), self.names)

    def _decide(self, mineral: Mineral, lines: list[SmelterLine]) -> None:
        for asked in (Asked.USED, Asked.REMAINS):
            self._put(asked, mineral, self._used(asked, mineral))
            if self._is_closed(mineral):
                break
        rules = {
            Asked.COVERAGE: self._share, Asked.ALL_IDENTIFIED: self._identified, Asked.RECYCLED: self._recycled,
            Asked.COVERED_COUNTRIES: self._sources, Asked.HIGH_RISK_AREAS: self._sources,
        }  # fmt: skip
        closed = self._is_closed(mineral)
        for asked, rule in rules.items():
            self._put(asked, mineral, Outcome("", Rule.NOT_ASKED) if closed else rule(asked, mineral))
        self._put(Asked.ALL_REPORTED, mineral, Outcome("", Rule.NOT_ASKED) if closed else _reported(lines))
        self.outcomes.setdefault((Asked.REMAINS, mineral), Outcome("", Rule.NOT_ASKED))

    def _put(self, asked: Asked, mineral: Mineral, outcome: Outcome) -> None:
        if asked not in {question.asked for question in self.layout.questions}:
            return
        own = self.own.answers.get((asked, mineral), "")
        may_say = asked in (Asked.USED, Asked.REMAINS) or not outcome.value
        if own and may_say and outcome.rule is not Rule.NOT_ASKED and own != outcome.value:
            outcome = Outcome(own, Rule.OWN)
        self.outcomes[asked, mineral] = outcome

    def _is_closed(self, mineral: Mineral) -> bool:
        closing = self.layout.closing
        found = (self.outcomes.get((asked, mineral)) for asked in (Asked.USED, Asked.REMAINS))
        return any(outcome is not None and outcome.value in closing for outcome in found)

    def _said(self, asked: Asked, mineral: Mineral, *, of_needing: bool = True) -> dict[str, list[Source]]:
        """Return the files by what they answer, in small letters; those only that are asked, unless told otherwise."""
        found: dict[str, list[Source]] = {}
        for each in self.files:
            if mineral in each.needed or not of_needing:
                found.setdefault(each.answers.get((asked, mineral), "").casefold(), []).append(each.source)
        return found

    def _used(self, asked: Asked, mineral: Mineral) -> Outcome:
        said = self._said(asked, mineral, of_needing=False)
        if asked is Asked.REMAINS:
            unused = self._said(Asked.USED, mineral, of_needing=False).get("no", [])
            said = {value: [each for each in files if each not in unused] for value, files in said.items()}
            said["no"] = [*said.get("no", []), *unused]
        if said.get("yes"):
            return Outcome("Yes", Rule.ANY_YES, tuple(said["yes"]))
        others = any(files for value, files in said.items() if value != "no")
        if not others and not self.answered[mineral].missing and said.get("no"):
            return Outcome("No", Rule.ALL_NO, tuple(said["no"]))
        return Outcome("", Rule.LEFT, tuple(each for value, files in said.items() if value != "no" for each in files))

    def _sources(self, asked: Asked, mineral: Mineral) -> Outcome:
        said = self._said(asked, mineral)
        yes = [each for value, files in said.items() if value not in _UNKNOWN | {"no"} for each in files]
        if yes:
            return Outcome("Yes", Rule.ANY_YES, tuple(yes))
        unknown = [each for value in _UNKNOWN for each in said.get(value, [])]
        if unknown or self.answered[mineral].missing or not said:
            return Outcome("Unknown", Rule.UNCERTAIN, tuple(unknown))
        if self.outcomes[Asked.ALL_IDENTIFIED, mineral].value != "Yes":
            return Outcome("Unknown", Rule.NO_BUT_INCOMPLETE, self.outcomes[Asked.ALL_IDENTIFIED, mineral].behind)
        return Outcome("No", Rule.ALL_NO, tuple(said.get("no", [])))

    def _recycled(self, asked: Asked, mineral: Mineral) -> Outcome:
        said = self._said(asked, mineral)
        if said.get("no"):
            return Outcome("No", Rule.ANY_NO, tuple(said["no"]))
        if said.keys() == {"yes"} and not self.answered[mineral].missing:
            return Outcome("Yes", Rule.ALL_YES, tuple(said["yes"]))
        return Outcome("Unknown", Rule.UNCERTAIN, tuple(each for value in _UNKNOWN for each in said.get(value, [])))

    def _share(self, _: Asked, mineral: Mineral) -> Outcome:
        have = frozenset(self.answered[mineral].answered)
        behind = tuple(each.source for each in self.files if each.source.supplier in have)
        return Outcome(self.answered[mineral].word, Rule.SHARE, behind)

    def _identified(self, asked: Asked, mineral: Mineral) -> Outcome:
        if self.answered[mineral].missing:
            return Outcome("No", Rule.NOT_ALL_ANSWERED)
        said = self._said(asked, mineral)
        lacking = [each for value, files in said.items() if value != "yes" for each in files]
        lacking += [
            one.source
            for each in self.files
            for one in each.follow_ups
            if one.metal.casefold() == mineral.casefold() and one.reason in _UNRESOLVED
        ]
        if lacking or not said:
            return Outcome("No", Rule.NOT_ALL_IDENTIFIED, tuple(dict.fromkeys(lacking)))
        return Outcome("Yes", Rule.ALL_YES, tuple(said["yes"]))


_UNRESOLVED: Final = frozenset(Reason) - {Reason.NOT_IN_LIST, Reason.METAL_NOT_USED, Reason.NO_METAL}


def _reported(lines: list[SmelterLine]) -> Outcome:
    """All that was reported and can be used is in the result."""
    if not lines:
        return Outcome("", Rule.NOTHING_REPORTED)
    return Outcome("Yes", Rule.ALL_IN_RESULT, tuple(dict.fromkeys(each for line in lines for each in line.behind)))
