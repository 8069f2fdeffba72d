"""Definitions and translations as YAML that people like to read: long texts folded, small mappings on one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from textwrap import indent
from typing import Any

import yaml

_WIDTH = 90
"""The column after which a line is broken at the next space; the manual's files stay within 100."""
_PLAIN_AT_MOST = 84
"""Characters of the longest text that stays on its key's line."""
_FIGURES = re.compile("[0-9.:-]+")
_TOO_LONG = 10_000
_STRING = "tag:yaml.org,2002:str"


def write_definition_file(definition: Mapping[str, Any]) -> bytes:
    """Return ``questionnaire.yaml``; the keys keep their order."""
    parts = [_dumped({key: value for key, value in definition.items() if key not in ("sections", "rules")})]
    if "sections" in definition:
        parts.append("sections:\n\n" + "\n".join(_section(section) for section in definition["sections"]))
    if "rules" in definition:
        parts.append("rules:\n\n" + "\n".join(_item(rule, 2) for rule in definition["rules"]))
    return "\n".join(parts).encode()


def write_translation_file(tree: Mapping[str, Any]) -> bytes:
    """Return a translation file such as ``nb.yaml``; the keys keep their order."""
    parts = [_dumped({key: value for key, value in tree.items() if key not in ("sections", "questions", "rules")})]
    parts += [f"{key}:\n" + indent(_dumped(tree[key], 2), "  ") for key in ("sections", "rules") if key in tree]
    if "questions" in tree:
        questions = (indent(_dumped({name: texts}, 2), "  ") for name, texts in tree["questions"].items())
        parts.append("questions:\n\n" + "\n".join(questions))
    return "\n".join(part for part in parts if part).encode()


def _section(section: Mapping[str, Any]) -> str:
    head = _item({key: value for key, value in section.items() if key != "questions"}, 2)
    questions = "\n".join(_item(question, 6) for question in section.get("questions", ()))
    return f"{head}    questions:\n\n{questions}"


def _item(entry: Mapping[str, Any], depth: int) -> str:
    """Return a mapping as an item of a list that stands ``depth`` columns in."""
    block = indent(_dumped(entry, depth + 2), " " * (depth + 2))
    return " " * depth + "- " + block[depth + 2 :]


def _dumped(value: Mapping[str, Any], depth: int = 0) -> str:
    """Return the mapping in block style, for a place that is ``depth`` columns in."""
    if not value:
        return ""
    dumper = _Dumper(StringIO(), width=_WIDTH - depth, allow_unicode=True, sort_keys=False)
    node = dumper.represent_data(dict(value))
    for _, part in node.value:
        _flatten(dumper, part, _WIDTH - depth - 12)
    return str(yaml.serialize(node, Dumper=_Dumper, width=_WIDTH - depth, allow_unicode=True))


class _Dumper(yaml.SafeDumper):
    """Indents lists, quotes with double quotes, folds long texts."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002, RUF100 - PyYAML's own signature
        """Indent lists inside mappings."""
        super().increase_indent(flow, False)  # noqa: FBT003, RUF100

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write what stands twice twice."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text or len(text) > _PLAIN_AT_MOST:
        folds = all(part == part.strip() for part in (text, *text.split("\n")))  # indented lines do not
        style = ">" if folds else '"'
    elif _looks_like_other(dumper, text) or not dumper.analyze_scalar(text).allow_block_plain:
        style = '"'
    return dumper.represent_scalar(_STRING, text, style)


def _looks_like_other(dumper: _Dumper, text: str) -> bool:
    """Return whether YAML or a reader takes it for something else than text: yes, no, numbers, 2026-1."""
    is_text = dumper.resolve(yaml.ScalarNode, text, (True, False)) == _STRING  # type: ignore[no-untyped-call]
    return not is_text or _FIGURES.fullmatch(text) is not None


_Dumper.add_representer(str, _represent_text)


def _flatten(dumper: _Dumper, node: yaml.Node, room: int) -> int:
    """Put mappings and lists that fit on one line there; return the node's length on one line."""
    if isinstance(node, yaml.ScalarNode):
        is_long = node.style == ">" or (not node.style and not dumper.analyze_scalar(node.value).allow_flow_plain)
        return _TOO_LONG if is_long else len(node.value) + 2 * bool(node.style)
    if not isinstance(node, yaml.CollectionNode):
        return _TOO_LONG
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(part,) for part in node.value]
    length = 2 + sum(2 + _flatten(dumper, part, room - 2) for pair in pairs for part in pair)
    holds_entries = isinstance(node, yaml.SequenceNode) and any(
        isinstance(part, yaml.MappingNode) for part in node.value
    )
    node.flow_style = not pairs or (length <= room and not holds_entries)
    return _TOO_LONG if holds_entries else length
