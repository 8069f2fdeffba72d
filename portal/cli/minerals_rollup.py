"""`portal minerals roll-up`: many suppliers' workbooks as one, and if wanted written into a blank template."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from portal.children import Children
from portal.clock import clock
from portal.config import read_minerals_settings
from portal.services.minerals_child import read_in_child, read_workbooks, readers, write_in_child
from portal.services.rollups import VERSIONS
from questionnaires.minerals.contributions import Contribution, Contributions, Source
from questionnaires.minerals.declaring import Company, declare
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Kind, Workbook
from questionnaires.minerals.references import References
from questionnaires.minerals.refusals import NotReadable
from questionnaires.minerals.report import check
from questionnaires.minerals.rollup import RollUp, roll_up
from questionnaires.minerals.unwritable import NotWritable
from questionnaires.minerals.wording import (
    LANGUAGES,
    follow_up_sentence,
    report_sentence,
    rule_sentence,
    unwritable_sentence,
)  # fmt: skip


@dataclass(slots=True)
class Reading:
    """Files on their way into a roll-up, one at a time, and what became of them."""

    makes: Contributions
    known: Known
    unread: dict[str, str] = field(default_factory=dict)
    """File → why it does not count."""
    faulty: list[str] = field(default_factory=list)
    """Files with errors; they count, their unusable rows do not."""
    suppliers: dict[str, None] = field(default_factory=dict)

    def contributions(self, paths: list[Path], children: Children, language: str) -> Iterator[Contribution]:
        """Give what each file adds."""
        hashes: list[str] = []
        index = self.makes.references

        def contents() -> Iterator[bytes]:
            for path in paths:
                content = path.read_bytes()
                hashes.append(hashlib.sha256(content).hexdigest())
                yield content

        for number, found in enumerate(read_workbooks(contents(), children, index)):
            path = paths[number]
            if isinstance(found, NotReadable):
                self._leave_out(path, found.sentence(language))
            elif found.kind is not self.makes.kind:
                self._leave_out(path, found.kind.value)
            else:
                yield self._added(path, hashes[number], found)

    def _leave_out(self, path: Path, reason: str) -> None:
        self.unread[str(path)] = reason

    def _added(self, path: Path, sha256: str, workbook: Workbook) -> Contribution:
        if check(workbook, self.known).has_errors:
            self.faulty.append(str(path))
        supplier = workbook.company["company_name"].value or path.stem
        self.suppliers[supplier] = None
        scope = workbook.scope.value if workbook.scope else ""
        return self.makes.of(Source(supplier, sha256, workbook.effective_date, scope, path.name), workbook)


@click.command("roll-up")
@click.argument("places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default="CMRT", show_default=True)
@click.option("--suppliers", type=click.File(encoding="utf-8"), help="Relevant suppliers, one name on each line.")
@click.option("--into", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TEMPLATE.xlsx",
              help="A blank template: its list decides which smelters are valid.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the filled template.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def roll_up_files(
    places: tuple[Path, ...],
    kind: str,
    suppliers: Iterable[str] | None,
    into: Path | None,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Read, check and roll up the workbooks in these files and folders. Needs no installation.

    What only you can say (your company, its scope, questions A to H) is left empty in the written workbook.
    """
    if bool(into) != bool(out):
        raise click.UsageError("--into and --out go together")
    paths = sorted(path for place in places for path in _files(place))
    with readers() as children:
        try:
            blank = read_in_child(into.read_bytes(), with_references=True, children=children) if into else None
            reading = _reading(blank, Kind(kind))
            result = _rolled(reading, list(reading.contributions(paths, children, language)), suppliers, blank)
            if into and out and blank:
                own = declare(result, blank.version, Company({}, None))
                out.write_bytes(write_in_child(into.read_bytes(), own, children=children))
        except NotReadable as refused:
            raise click.UsageError(f"{into}: {refused.sentence(language)}") from refused
        except NotWritable as refused:
            raise click.UsageError(f"{into}: {unwritable_sentence(refused, language)}") from refused
    click.echo(json.dumps(_json(result, reading), indent=2) if as_json else _text(result, reading, language))


def _files(place: Path) -> Iterable[Path]:
    return place.rglob("*.xlsx") if place.is_dir() else [place]


def _reading(blank: Workbook | None, kind: Kind) -> Reading:
    known = Known(blank.references if blank else (), today=clock().date(), settings=read_minerals_settings(os.environ))
    return Reading(Contributions(blank.kind if blank else kind, References.of(known.references)), known)


def _rolled(
    reading: Reading, contributions: list[Contribution], suppliers: Iterable[str] | None, blank: Workbook | None
) -> RollUp:
    """Without a list of suppliers those count who have sent something."""
    named = [" ".join(line.split()) for line in suppliers or () if line.strip()]
    kind = reading.makes.kind
    return roll_up(contributions, named or reading.suppliers, kind, blank.version if blank else VERSIONS[kind])


def _counts(result: RollUp, reading: Reading) -> dict[str, int]:
    return {
        "answered": len(result.coverage.answered), "relevant": len(result.coverage.relevant),
        "files": len(result.files), "superseded": len(result.superseded), "faulty": len(reading.faulty),
        "unread": len(reading.unread), "smelters": len(result.smelters), "follow_ups": len(result.follow_ups),
    }  # fmt: skip


def _text(result: RollUp, reading: Reading, language: str) -> str:
    counts = {name: str(count) for name, count in _counts(result, reading).items()}
    lines = [report_sentence("rolled_up", counts, language)]
    for (asked, mineral), outcome in result.answers.items():
        lines.append(f"  {mineral}  {asked}  {outcome.value or '–'}  {rule_sentence(outcome.rule, language)}")
    for each in result.follow_ups:
        row = f"{each.source.filename} {each.row}: {each.metal} {each.smelter_id} {each.name}"
        lines.append(f"  {row}: {follow_up_sentence(each.reason, language)}")
    lines += [f"  {path}: {reason}" for path, reason in reading.unread.items()]
    return "\n".join(lines)


def _json(result: RollUp, reading: Reading) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "counts": _counts(result, reading),
        "missing_suppliers": list(result.coverage.missing),
        "answers": [
            {"question": asked, "mineral": mineral, "value": outcome.value, "rule": outcome.rule,
             "sentence": {language: rule_sentence(outcome.rule, language) for language in LANGUAGES},
             "files": [each.sha256 for each in outcome.behind]}
            for (asked, mineral), outcome in result.answers.items()
        ],
        "smelters": [
            {"mineral": line.smelter.metal, "id": line.smelter.smelter_id, "name": line.smelter.name,
             "country": line.smelter.country, "files": [each.sha256 for each in line.behind]}
            for line in result.smelters
        ],
        "follow_ups": [
            {"file": each.source.filename, "supplier": each.source.supplier, "row": each.row, "reason": each.reason,
             "mineral": each.metal, "id": each.smelter_id, "name": each.name}
            for each in result.follow_ups
        ],
        "files": [_source(each) for each in result.files],
        "superseded": [_source(each) for each in result.superseded],
        "unread": reading.unread,
    }  # fmt: skip


def _source(source: Source) -> dict[str, str | None]:
    day = source.day.isoformat() if source.day else None
    return {"supplier": source.supplier, "file": source.filename, "sha256": source.sha256, "date": day,
            "scope": source.scope}  # fmt: skip
