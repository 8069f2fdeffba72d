"""Prints each figure as a ratio to the floor that was measured in the same run."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print a line a group: ours, the floor, the ratio, the aim."""
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    for each in session.benchmarks if session else []:
        groups[each.group][each.extra_info["side"]] = each.stats.median * 1000
    if groups:
        terminalreporter.section("beside the floor (medians)")
    for each in session.benchmarks if session else []:
        said = {name: value for name, value in each.extra_info.items() if name != "side"}
        if said:
            terminalreporter.write_line(
                f"{each.group}: " + ", ".join(f"{name} {value}" for name, value in said.items())
            )
    for group, sides in sorted(groups.items()):
        if {"ours", "floor"} <= sides.keys():
            ratio = sides["ours"] / sides["floor"]
            terminalreporter.write_line(
                f"{group}: {sides['ours']:.2f} ms, floor {sides['floor']:.2f} ms, ratio {ratio:.2f}"
            )
