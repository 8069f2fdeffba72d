"""`portal ledger`: the chain of records, checked."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.models.engine import reading
from portal.services import checkpoints, notes
from portal.services import ledger as records
from portal.services.checkpoint_keys import CheckpointVerifier
from portal.services.notes import Head

REASONS = {
    "gap": "a row is missing",
    "chain": "it does not follow the row before it",
    "leaf": "its hash does not belong to its record",
    "record": "its columns differ from its record",
    "personal-data": "its personal data differ from what the record commits to",
    "checkpoint": "the rows before it are not those that a checkpoint has signed",
    "cut": "it and all after it are gone, though a checkpoint has signed them",
}


@click.group()
def ledger() -> None:
    """Check the ledger."""


@ledger.command()
@click.option(
    "--against",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept outside of the portal; may be given several times.",
)
@click.pass_context
def verify(context: click.Context, against: tuple[Path, ...]) -> None:
    """Check every row of the ledger, and that it begins with what checkpoints have signed.

    The exit code is 1 when a row does not fit, or a checkpoint does not.
    """
    installation = open_installation()
    given = [read_checkpoint(path, installation.checkpoint_verifier) for path in against]
    reading.set(True)
    with installation.new_session() as session:
        known = checkpoints.heads(session)
        unlike = [head for head in given if known.setdefault(head.size, head.root) != head.root]
        checked = records.check(session, known)
    for head in unlike:
        click.echo(f"The database has another checkpoint of {head.size} rows than the one given.", err=True)
    if checked.broken:
        click.echo(f"Broken at row {checked.broken.seq}: {REASONS[checked.broken.reason]}.", err=True)
    if checked.broken or unlike:
        context.exit(1)
    click.echo(
        f"The ledger holds: {checked.size} rows, each follows from the one before; {len(known)} checkpoints fit."
    )


@ledger.command()
def checkpoint() -> None:
    """Sign the ledger's head now; the worker does so by itself after deeds, and daily."""
    installation = open_installation()
    stamp = installation.stamp if installation.settings.tsa_url else None
    made = checkpoints.make(
        installation.new_session, installation.checkpoint_signer, stamp, installation.keeping, clock()
    )
    click.echo(f"Signed: {made.size} rows, root {made.root}.")
    click.echo(f"A copy lies in {installation.keeping.folder}.")


@ledger.command()
def key() -> None:
    """Print the public key of the checkpoints, as other verifiers of signed notes take it."""
    verifier = open_installation().checkpoint_verifier
    click.echo(notes.verifier_key(verifier.name, verifier.key))


def read_checkpoint(path: Path, verifier: CheckpointVerifier) -> Head:
    """Return what a checkpoint in a file says; one that this portal has not signed is refused."""
    try:
        return notes.verify(path.read_text("utf-8"), verifier.name, verifier.key)
    except (notes.NoteError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {error}") from error
