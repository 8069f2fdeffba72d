"""Strict YAML: a key written twice is a fault, not a silent choice of the last."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from hashlib import sha256
from typing import Any

import yaml

from questionnaires.loading.problems import Problems

MOST_BRACKETS = 10_000
"""Opening brackets in one file, some ten times what the largest edition has. The parser in C takes the process down
where some thirty thousand stand in each other."""
_DEEP = re.compile(rb"(?:[-?][ \t]+){100}|^[ \t]{1000}", re.MULTILINE)
"""Lists in lists on one line, or lines that begin very far to the right."""


class _StrictLoader(yaml.CSafeLoader):
    """PyYAML's safe loader in C, minus its tolerance for duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002, RUF100 - PyYAML's own signature
        """Refuse a key that stands twice in one mapping."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is written twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def read_yaml(name: str, text: bytes, problems: Problems) -> dict[str, Any]:
    """Return the file's content, empty (and a problem noted) where it is no mapping."""
    if text.count(b"[") + text.count(b"{") > MOST_BRACKETS or _DEEP.search(text):
        problems.add(name, "is nested too deeply to be a questionnaire", file=name)
        return {}
    if b"&" in text and _has_anchors(text):
        problems.add(name, "anchors and aliases (& and *) are not understood; write the text twice", file=name)
        return {}
    try:
        content = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - it is the safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problems.add(_place(name, error), _complaint(error), file=name)
        return {}
    if not isinstance(content, dict):
        problems.add(name, "must hold keys and values", file=name)
        return {}
    return content


def _has_anchors(text: bytes) -> bool:
    """Return whether the text holds an anchor: a few lines of them can stand for gigabytes."""
    try:
        return any(isinstance(token, yaml.AnchorToken) for token in yaml.scan(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return False


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the files' names and contents, in the order of their names.

    Line ends are made the same, so that a checkout on Windows has the same digest.
    """
    digest = sha256()
    for name, content in sorted(files.items()):
        plain = content.replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(plain)}\0".encode() + plain)
    return digest.hexdigest()


def _place(name: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"{name} line {mark.line + 1}" if mark else name


def _complaint(error: Exception) -> str:
    return str(getattr(error, "problem", None) or "is not YAML")
