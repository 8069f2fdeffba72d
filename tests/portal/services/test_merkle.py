"""The tree against RFC 6962's known roots, and its proofs against its own verifier."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.merkle import EMPTY, Growing, Tree, is_consistent, is_included

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the trees of the first 1 to 8 entries, as Certificate Transparency publishes them."""


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00%d" % number).digest() for number in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_trees_have_the_known_roots(size: int) -> None:
    known = [hashlib.sha256(b"\x00" + bytes.fromhex(entry)).digest() for entry in ENTRIES[:size]]
    growing = Growing()
    for leaf in known:
        growing.append(leaf)
    assert Tree(known).root.hex() == growing.root.hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert Tree([]).root == Growing().root == EMPTY


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_each_leaf_is_proven_and_no_other(case: tuple[int, int]) -> None:
    size, index = case
    known = leaves(size)
    tree = Tree(known)
    path = tree.inclusion(index)
    assert is_included(known[index], index, size, path, tree.root)
    assert not is_included(b"\x00" * 32, index, size, path, tree.root)
    assert not is_included(known[index], index, size, [*path, path[0] if path else EMPTY], tree.root)
    assert not any(is_included(known[index], other, size, path, tree.root) for other in range(size) if other != index)


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))))
def test_growth_is_proven_and_nothing_else(case: tuple[int, int]) -> None:
    later, earlier = case
    known = leaves(later)
    tree, before = Tree(known), Tree(known[:earlier]).root
    path = tree.consistency(earlier)
    assert is_consistent(earlier, later, before, tree.root, path)
    changed = Tree([b"\x01" * 32, *known[1:]]).root
    assert not is_consistent(earlier, later, before, changed, path)
    assert not is_consistent(earlier, later, changed, tree.root, path)
    assert not is_consistent(earlier, later, before, tree.root, [*path, EMPTY])
    if path:
        assert not is_consistent(earlier, later, before, tree.root, path[:-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_what_is_not_there_has_no_proof(index: int, size: int) -> None:
    tree = Tree(leaves(size))
    with pytest.raises(IndexError):
        tree.inclusion(index)
    assert not is_included(EMPTY, index, size, [], tree.root)
    with pytest.raises(IndexError):
        tree.consistency(size + 1)
    assert not is_consistent(0, size, EMPTY, tree.root, [])
