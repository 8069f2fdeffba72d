"""The Merkle tree over the ledger's leaf hashes, after RFC 6962 (verification after RFC 9162, 2.1.3 and 2.1.4).

Hashes are 32 bytes. A leaf hash is made by the ledger; a node is SHA-256 of 0x01 and its two children.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Growing:
    """A tree of which only the roots of its complete parts are kept: memory grows with the logarithm of its size."""

    size: int = 0
    _parts: list[bytes] = field(default_factory=list)
    """Largest first: one for each bit that is set in the size."""

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        merges, rest = 0, self.size
        while rest & 1:
            merges, rest = merges + 1, rest >> 1
        for _ in range(merges):
            leaf = node(self._parts.pop(), leaf)
        self._parts.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._parts:
            return EMPTY
        found = self._parts[-1]
        for part in reversed(self._parts[:-1]):
            found = node(part, found)
        return found


class Tree:
    """A tree whose every hash is at hand: for proofs. 64 bytes and some of Python's for each leaf."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            # an odd one out rises as it is, which makes the same tree as RFC 6962's split at a power of two
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([node(left, right) for left, right in pairs] + below[len(below) & ~1 :])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """The hash at the top."""
        return self._levels[-1][0] if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree, from the leaf upwards; raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(f"there is no leaf {index} in a tree of {self.size}")
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return path

    def consistency(self, earlier: int) -> list[bytes]:
        """Return the proof that the tree of the first `earlier` leaves grew into this one; raises IndexError."""
        if not 0 < earlier <= self.size:
            raise IndexError(f"a tree of {self.size} leaves did not grow from one of {earlier}")
        return self._grown(earlier, 0, self.size, is_whole=True)

    def _grown(self, earlier: int, start: int, end: int, *, is_whole: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962, 2.1.2; `is_whole` while the earlier tree's root is known to the verifier."""
        if earlier == end - start:
            return [] if is_whole else [self._range(start, end)]
        middle = start + _split(end - start)
        if earlier <= middle - start:
            return [*self._grown(earlier, start, middle, is_whole=is_whole), self._range(middle, end)]
        rest = self._grown(earlier - (middle - start), middle, end, is_whole=False)
        return [*rest, self._range(start, middle)]

    def _range(self, start: int, end: int) -> bytes:
        """Return the root of a part that begins where RFC 6962 would split."""
        width = end - start
        if width & (width - 1) == 0:
            return self._levels[width.bit_length() - 1][start // width]
        middle = start + _split(width)
        return node(self._range(start, middle), self._range(middle, end))


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than the size, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether the path proves that the leaf stands at the index of the tree with that root."""
    if not 0 <= index < size:
        return False
    sides, found = _sides(index, size - 1, len(path)), leaf
    if sides is None:
        return False
    for sibling, is_left in zip(path, sides, strict=True):
        found = node(sibling, found) if is_left else node(found, sibling)
    return found == root


def is_consistent(earlier: int, later: int, earlier_root: bytes, later_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether the path proves that the later tree begins with the leaves of the earlier one."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not path and earlier_root == later_root
    proof = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    place, last = earlier - 1, later - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    sides = _sides(place, last, len(proof) - 1)
    if sides is None:
        return False
    old = new = proof[0]
    for sibling, is_left in zip(proof[1:], sides, strict=True):
        old = node(sibling, old) if is_left else old
        new = node(sibling, new) if is_left else node(new, sibling)
    return old == earlier_root and new == later_root


def _sides(place: int, last: int, count: int) -> list[bool] | None:
    """Return for each hash of a path whether it stands on the left; None where that many do not lead to the root."""
    sides = []
    for _ in range(count):
        if last == 0:
            return None
        is_left = bool(place & 1) or place == last
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        sides.append(is_left)
        place, last = place >> 1, last >> 1
    return sides if last == 0 else None
