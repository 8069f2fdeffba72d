"""`portal verify-all`: is every file, every declaration and every row of the ledger what it was?"""

from __future__ import annotations

import json
from collections.abc import Callable

import click
from sqlalchemy.exc import DBAPIError

from portal.cli.answering import open_installation, sentence
from portal.clock import clock
from portal.config import SettingsError
from portal.pdf.certificates import CertificateError
from portal.services import verifying_all
from portal.services.checkpoint_keys import CheckpointKeyError
from portal.services.verifying_all import Fault, FaultKind, Result

WHOLE, FAULTS, UNREADABLE = 0, 1, 2
TELL_EVERY = 1000
_WORDS = {
    FaultKind.CHANGED: "its bytes have changed",
    FaultKind.MISSING: "missing",
    FaultKind.UNREADABLE: "cannot be read",
    FaultKind.FOREIGN: "foreign",
    FaultKind.NOT_PROVEN: "not proven",
    FaultKind.LEDGER: "does not fit",
    FaultKind.CHECKPOINT: "not to be trusted",
}


@click.command("verify-all")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def verify_all(context: click.Context, as_json: bool) -> None:
    """Check every stored file, what names it, each signed declaration, the ledger and its checkpoints.

    Changes nothing, and may run beside the portal. The exit code is 0 when all is whole, 1 when something is
    wrong (each fault is named), 2 when database, files or certificates cannot be read.
    """
    try:
        result = verifying_all.verify_all(open_installation().provable, clock(), _teller())
    except (SettingsError, DBAPIError, CertificateError, CheckpointKeyError, OSError) as error:
        click.echo(f"Error: {sentence(error)}", err=True)
        context.exit(UNREADABLE)
    click.echo(json.dumps(result.as_json(), indent=2, ensure_ascii=False) if as_json else _as_text(result))
    context.exit(FAULTS if result.faults else WHOLE)


def _teller() -> Callable[[str, int], None]:
    def tell(step: str, done: int) -> None:
        if done == 0:
            click.echo(f"Checking {step} …", err=True)
        elif done % TELL_EVERY == 0:
            click.echo(f"  {done}", err=True)

    return tell


def _as_text(result: Result) -> str:
    checked = ", ".join(f"{number} {kind}" for kind, number in result.counts.items())
    number = len(result.faults)
    verdict = f"Checked: {checked}. " + ("All is whole." if not number else f"Faults: {number}.")
    return "\n".join([*(_line(fault) for fault in result.faults), verdict])


def _line(fault: Fault) -> str:
    return f"{fault.place}: {_WORDS[fault.kind]}" + (f" ({fault.detail})" if fault.detail else "")
