"""Strict YAML: a key written twice is a fault, not a silent choice of the last."""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from questionnaires.loading.problems import Problems


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


def read_yaml(path: Path, problems: Problems) -> dict[str, Any]:
    """Return the file's content, empty (and a problem noted) where it is missing or no mapping."""
    try:
        content = yaml.load(path.read_bytes(), Loader=_StrictLoader)  # noqa: S506 - it is the safe loader
    except FileNotFoundError:
        problems.add("", f"{path.name} is missing")
        return {}
    except yaml.YAMLError as error:
        problems.add(_place(path, error), _complaint(error))
        return {}
    if not isinstance(content, dict):
        problems.add(path.name, "must hold keys and values")
        return {}
    return content


def digest_of(paths: list[Path]) -> str:
    """Return the SHA-256 over the files' names and contents, in the order of their names.

    Line ends are made the same, so that a checkout on Windows has the same digest.
    """
    digest = sha256()
    for path in sorted(paths, key=lambda path: path.name):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _place(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"{path.name} line {mark.line + 1}" if mark else path.name


def _complaint(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "is not YAML")
