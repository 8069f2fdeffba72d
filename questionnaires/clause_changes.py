"""What changed in a text that is accepted, from one version to the next: clause by clause, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from questionnaires.answers import Clause

_WORDS = re.compile(r"\s*\S+")
_ALIKE = 0.4
"""From this share of common words on, two clauses of the same number are one clause that was reworded."""


class Edit(StrEnum):
    """What happened to some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


class Fate(StrEnum):
    """What happened to a clause."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together and share a fate; put in a row, the pieces are the text with its blanks."""

    edit: Edit
    words: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause of either version and what became of it."""

    fate: Fate
    no: str
    """Its number now; of a removed clause the number that it had."""
    no_before: str
    """Its number then; empty for a new clause."""
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


@lru_cache(maxsize=256)
def clause_changes(before: tuple[Clause, ...], after: tuple[Clause, ...], language: str) -> tuple[ClauseChange, ...]:
    """Return what became of each clause, in the order of the later version; a removed one stands where it stood.

    A clause is known again by its title, or else by its number if enough of its words are the same; so a clause put in
    between does not make all that follow look changed.
    """
    earlier = _partners(before, after)
    partners = {id(clause) for clause in earlier if clause}
    gone = [clause for clause in before if id(clause) not in partners]
    found: list[ClauseChange] = []
    for clause, partner in zip(after, earlier, strict=True):
        found += (_removed(one, language) for one in _those_before(gone, before, partner))
        found.append(_compare(partner, clause, language) if partner else _new(clause, language))
    return (*found, *(_removed(one, language) for one in gone))


def has_changed(changes: Sequence[ClauseChange]) -> bool:
    """Return whether anything is different."""
    return any(change.fate is not Fate.SAME for change in changes)


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return the words of both texts in one row: kept, removed and added."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    return tuple(
        piece
        for kind, a, b, c, d in matcher.get_opcodes()
        for piece in _pieces(kind, "".join(old[a:b]), "".join(new[c:d]))
    )


def _pieces(kind: str, old: str, new: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece(Edit.KEPT, new)
        return
    if old:
        yield Piece(Edit.REMOVED, old)
    if new:
        yield Piece(Edit.ADDED, new)


def _partners(before: Sequence[Clause], after: Sequence[Clause]) -> list[Clause | None]:
    """Return for each later clause the earlier one that it was, each at most once."""
    left = list(before)
    found: list[Clause | None] = [None] * len(after)
    for is_partner in (_has_same_title, _has_same_number_and_words):
        for place, clause in enumerate(after):
            if found[place] is None:
                found[place] = next((one for one in left if is_partner(one, clause)), None)
                left = [one for one in left if one is not found[place]]
    return found


def _has_same_title(one: Clause, other: Clause) -> bool:
    return one.title.english.casefold() == other.title.english.casefold()


def _has_same_number_and_words(one: Clause, other: Clause) -> bool:
    old, new = one.text.english.split(), other.text.english.split()
    return one.no == other.no and SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE


def _those_before(gone: list[Clause], before: Sequence[Clause], partner: Clause | None) -> list[Clause]:
    """Take out of the removed clauses those that stood before an earlier clause, and return them."""
    order = [id(clause) for clause in before]
    limit = order.index(id(partner)) if partner else 0
    due = [clause for clause in gone if order.index(id(clause)) < limit]
    gone[:] = [clause for clause in gone if clause not in due]
    return due


def _compare(before: Clause, after: Clause, language: str) -> ClauseChange:
    title = word_changes(before.title.in_language(language), after.title.in_language(language))
    text = word_changes(before.text.in_language(language), after.text.in_language(language))
    same = all(piece.edit is Edit.KEPT for piece in (*title, *text))
    return ClauseChange(Fate.SAME if same else Fate.CHANGED, after.no, before.no, title, text)


def _new(clause: Clause, language: str) -> ClauseChange:
    return ClauseChange(Fate.NEW, clause.no, "", *_whole(clause, Edit.ADDED, language))


def _removed(clause: Clause, language: str) -> ClauseChange:
    return ClauseChange(Fate.REMOVED, clause.no, clause.no, *_whole(clause, Edit.REMOVED, language))


def _whole(clause: Clause, edit: Edit, language: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    return (Piece(edit, clause.title.in_language(language)),), (Piece(edit, clause.text.in_language(language)),)
