"""`portal verify`: is this PDF a declaration, unchanged, and in the ledger?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.config import SettingsError
from portal.installation import Installation
from portal.pdf.report import Report, Verdict
from portal.pdf.verification_child import verifiers, verify_in_child
from portal.services import ledger

PROVEN, NOT_PROVEN, UNREADABLE = 0, 1, 2
_CODES = {Verdict.PROVEN: PROVEN, Verdict.NOT_PROVEN: NOT_PROVEN, Verdict.NOT_A_PDF: UNREADABLE}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--trust", type=click.Path(path_type=Path), help="Folder of the certificates to verify against.")
@click.option("--language", type=click.Choice(["en", "nb"]), default="en", show_default=True)
@click.pass_context
def verify(context: click.Context, files: tuple[Path, ...], as_json: bool, trust: Path | None, language: str) -> None:
    """Say for each PDF who signed it, when, and whether it is unchanged.

    The exit code is 0 when all are proven, 1 when one is not, 2 when one is no PDF or cannot be read.
    """
    folder, known = (trust, None) if trust else _of_the_installation()
    with verifiers(folder) as children, ThreadPoolExecutor(children.at_most) as pool:
        verify_one = partial(verify_in_child, trust_folder=folder, known=known, children=children)
        answers = list(zip(files, pool.map(partial(_examine, examine=verify_one), files), strict=True))
    if as_json:
        click.echo(json.dumps([_as_json(path, report) for path, report in answers], indent=2, ensure_ascii=False))
    else:
        for path, report in answers:
            click.echo(_as_text(path, report, language))
    context.exit(max(_CODES[report.verdict] if report else UNREADABLE for _, report in answers))


def _of_the_installation() -> tuple[Path, Callable[[str], bool]]:
    """Return the folder of the installation's certificates, and what its ledger knows."""
    installation = _installation()
    return installation.settings.keys_dir, partial(_known, installation)


def _installation() -> Installation:
    try:
        return open_installation()
    except SettingsError as error:
        raise click.UsageError(f"{error} Or name a folder of certificates with --trust.") from error


def _known(installation: Installation, sha256: str) -> bool:
    with installation.new_session() as session:
        return ledger.knows_file(session, sha256)


def _examine(path: Path, examine: Callable[[bytes], Report]) -> Report | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        click.echo(f"{path}: {os.strerror(error.errno or 0)}", err=True)
        return None
    return examine(content)


def _as_text(path: Path, report: Report | None, language: str) -> str:
    if report is None:
        return f"{path}: -"
    return "\n  ".join([f"{path}:", *report.sentences(language), f"SHA-256 {report.sha256}"])


def _as_json(path: Path, report: Report | None) -> dict[str, object]:
    return {"file": str(path), **(report.as_json() if report else {"verdict": "unreadable"})}
