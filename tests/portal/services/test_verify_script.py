"""The verify.py that goes along with evidence, by itself: its proofs, its sentences, and what it needs."""

from __future__ import annotations

import ast
import hashlib
import sys
from datetime import datetime

import pytest

from portal.services.merkle import Tree
from tests.portal.services.test_bundle import VERIFY, failed, verify


@pytest.mark.parametrize("size", [*range(1, 20), 64, 65])
def test_it_takes_the_proofs_of_a_tree_of_any_size_and_no_others(size: int, now: datetime) -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(size)]
    tree = Tree(leaves)
    note = verify.Note(b"", size, tree.root, now, [])
    for index, leaf in enumerate(leaves):
        path = [each.hex() for each in tree.inclusion(index)]
        proof = {"leaf": leaf.hex(), "index": index, "size": size, "path": path}
        assert verify.is_included(leaf, index, proof, note)
        assert not verify.is_included(leaf, index, {**proof, "path": [*path, "00" * 32]}, note)
        assert (
            not verify.is_included(leaf, (index + 1) % size, {**proof, "index": (index + 1) % size}, note) or size == 1
        )
        root, grown = Tree(leaves[: index + 1]).root, [each.hex() for each in tree.consistency(index + 1)]
        assert verify.has_grown(index + 1, root, note, grown)
        assert not verify.has_grown(index + 1, root, note, [*grown, "00" * 32])
        assert not verify.has_grown(index + 1, leaf[::-1], note, grown)
        assert not verify.has_grown(0, root, note, grown)


def test_evidence_of_any_shape_fails_in_order() -> None:
    assert "Manifest" in failed({})
    assert "Records" in failed({"events.jsonl": b"[" * 100_000, "events.leaves": b""})
    assert "Checkpoint" in failed({"checkpoint.txt": b"a\n9\n\n"})


def test_a_name_in_forged_evidence_cannot_write_lines_of_its_own() -> None:
    found = verify.check(verify.Bundle({"MANIFEST.sha256": b"", "x\x1b[2K\rOK": b""}), {})
    assert found["Manifest"].told_in("en") == "changed, added or taken away: x?[2K?OK"


def test_verify_needs_the_standard_library_of_python_3_9_only() -> None:
    tree = ast.parse(VERIFY.read_text("utf-8"), feature_version=(3, 9))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imports |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imports} <= sys.stdlib_module_names


def test_every_sentence_is_there_in_norwegian() -> None:
    tree = ast.parse(VERIFY.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    said = {call.args[0] for call in calls if getattr(call.func, "id", "") in {"Good", "Reason", "NotChecked"}}
    sentences = {each.value for each in said if isinstance(each, ast.Constant)}
    titles = {title for title, _ in verify.STEPS + verify.INDEX_STEPS}
    wanted = sentences | titles | set(verify.VERDICTS.values()) | {verify.FAILED, verify.NOT_CHECKED}
    assert wanted - verify.NORWEGIAN.keys() == set()
    assert verify.NORWEGIAN.keys() - wanted == set()
