"""`portal minerals check`: is this CMRT or EMRT complete, and does it agree with itself?"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from portal.children import Children
from portal.cli.minerals_rollup import roll_up_files
from portal.clock import clock
from portal.config import read_minerals_settings
from portal.services.minerals_child import read_in_child, readers
from questionnaires.minerals.consistency.versions import age
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Kind, Listed, Settings, Workbook
from questionnaires.minerals.references import References
from questionnaires.minerals.refusals import NotReadable
from questionnaires.minerals.report import Report, check
from questionnaires.minerals.wording import LANGUAGES, report_sentence

CLEAN, FAULTY, UNREADABLE = 0, 1, 2


@click.group()
def minerals() -> None:
    """Conflict-minerals workbooks: CMRT and EMRT of the Responsible Minerals Initiative."""


minerals.add_command(roll_up_files)


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why a file was not read, by language."""

    code: str
    reasons: dict[str, str]


@minerals.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--references", multiple=True, type=click.Path(path_type=Path), metavar="TEMPLATE.xlsx",
    help="Check smelters against the list in this template; of several of a kind the newest counts.",
)  # fmt: skip
@click.pass_context
def check_files(
    context: click.Context, files: tuple[Path, ...], as_json: bool, language: str, references: tuple[Path, ...]
) -> None:
    """Say for each workbook what is missing and what does not fit together. Needs no installation.

    The exit code is 0 when there is no error, 1 when a file has one, 2 when one cannot be read.
    """
    settings = read_minerals_settings(os.environ)
    with readers() as children, ThreadPoolExecutor(children.at_most) as pool:
        known = _known(references, settings, children)
        index = References.of(known.references)
        answers = pool.map(partial(_examine, known=known, index=index, children=children), files)
        worst, told = CLEAN, []
        for path, answer in zip(files, answers, strict=True):
            worst = max(worst, _code(answer))
            if as_json:
                told.append(_as_json(path, answer))
            else:
                click.echo(_as_text(path, answer, language))
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    context.exit(worst)


def _examine(path: Path, known: Known, index: References, children: Children) -> Report | _Unread:
    try:
        return check(_read(path, children, index), known)
    except NotReadable as refusal:
        return _Unread(refusal.code, {language: refusal.sentence(language) for language in LANGUAGES})
    except OSError as error:
        return _Unread("no_file", dict.fromkeys(LANGUAGES, f"{os.strerror(error.errno or 0)}."))


def _read(
    path: Path, children: Children, index: References | None = None, *, with_references: bool = False
) -> Workbook:
    return read_in_child(path.read_bytes(), index, with_references=with_references, children=children)


def _known(paths: Iterable[Path], settings: Settings, children: Children) -> Known:
    """Return what is known: the newest list of each kind, and which ids older lists had."""
    templates: defaultdict[Kind, list[Workbook]] = defaultdict(list)
    for path in paths:
        try:
            template = _read(path, children, with_references=True)
        except (NotReadable, OSError) as error:
            raise click.UsageError(f"{path}: {error}") from error
        templates[template.kind].append(template)
    newest: list[Listed] = []
    older: list[Listed] = []
    for lists in templates.values():
        *before, last = sorted(lists, key=lambda each: age(each.version))
        newest += last.references
        older += [entry for each in before for entry in each.references]
    former = frozenset(entry.smelter_id for entry in older) - {entry.smelter_id for entry in newest}
    return Known(tuple(newest), former, today=clock().date(), settings=settings)


def _code(answer: Report | _Unread) -> int:
    if isinstance(answer, _Unread):
        return UNREADABLE
    return FAULTY if answer.has_errors else CLEAN


def _as_text(path: Path, answer: Report | _Unread, language: str) -> str:
    if isinstance(answer, _Unread):
        return f"{path}:\n  {report_sentence('unreadable', {'reason': answer.reasons[language]}, language)}"
    return "\n  ".join([f"{path}:", *answer.sentences(language)])


def _as_json(path: Path, answer: Report | _Unread) -> dict[str, Any]:
    if isinstance(answer, _Unread):
        return {"file": str(path), "verdict": "unreadable", "code": answer.code, "sentence": answer.reasons}
    return {"file": str(path), "verdict": "faulty" if answer.has_errors else "clean", **answer.as_json()}
