"""`portal backup` and `portal restore`: what is needed to prove everything on another machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from portal.cli.answering import open_installation
from portal.cli.ledger import REASONS, read_checkpoint
from portal.clock import clock
from portal.config import SettingsError
from portal.installation import Installation
from portal.services import backups, installing, restoring
from portal.services.backup_manifest import BackupDamaged
from portal.services.notes import Head
from portal.services.restoring import Backup, Restored


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="Also the keys and secrets; keep such a backup as you keep them.")
@click.pass_context
def backup(context: click.Context, folder: Path, with_keys: bool) -> None:
    """Copy database and files into a new folder while the portal runs, with the SHA-256 of everything.

    The exit code is 1 when something was not whole before: it is in the backup as it is.
    """
    installation = open_installation()
    keys_dir = installation.settings.keys_dir if with_keys else None
    made = backups.make(installation.engine, installation.store, keys_dir, folder, clock())
    click.echo(f"Made: {folder}, {made.facts.size} rows of the ledger and {made.files} files.")
    if not with_keys:
        click.echo(f"The keys are not in it; keep a copy of {installation.settings.keys_dir} apart.")
    for sha256 in made.damaged:
        click.echo(f"{sha256}: its bytes have changed, before this backup.", err=True)
    for sha256 in made.missing:
        click.echo(f"{sha256}: it was missing before this backup.", err=True)
    if made.broken:
        click.echo(f"The ledger is broken at row {made.broken.seq}: {REASONS[made.broken.reason]}.", err=True)
    context.exit(1 if made.damaged or made.missing or made.broken else 0)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--against",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept outside of the portal; may be given several times.",
)
@click.pass_context
def restore(context: click.Context, folder: Path, against: tuple[Path, ...]) -> None:
    """Bring a backup back into an empty installation, while no worker runs.

    Every byte is checked first, the ledger afterwards; mails that waited are not sent. The exit code is 1 when
    the backup is damaged (nothing is changed then), or when the ledger does not hold, or is older than a checkpoint.
    """
    found = _examine(context, folder)
    installation = _installation(found)
    restoring.refuse_unless_empty(found, installation.engine, installation.store)
    signed = [*_copies(installation), *(read_checkpoint(path, installation.checkpoint_verifier) for path in against)]
    done = restoring.restore(found, installation.engine, installation.settings.files_dir, signed, clock())
    made_at = f"{found.facts.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Restored as of {made_at}: {done.checked.size} rows of the ledger and {len(found.files)} files.")
    if done.held:
        click.echo(f"Held: {done.held} mails that waited; they may have gone out since, and each can be sent again.")
    for line in _troubles(done):
        click.echo(line, err=True)
    context.exit(0 if done.is_whole else 1)


def _examine(context: click.Context, folder: Path) -> Backup:
    try:
        return restoring.examine(folder)
    except BackupDamaged as error:
        for fault in error.faults:
            click.echo(f"{fault}.", err=True)
        click.echo("The backup is damaged; nothing was restored.", err=True)
        context.exit(1)


def _installation(found: Backup) -> Installation:
    """Put the keys back first, where the backup has them: the settings cannot be read without."""
    data_dir = Path(os.environ.get("PORTAL_DATA_DIR", "var")).resolve()
    installing.make_folders(data_dir)
    restoring.put_keys(found, data_dir / "keys")
    try:
        return open_installation()
    except SettingsError as error:
        raise click.ClickException(f"{error} Or put the copy of keys/ back that was kept apart.") from error


def _copies(installation: Installation) -> Iterator[Head]:
    """Read the copies of checkpoints that lie in their folder; one that is not ours says nothing."""
    for path in sorted(installation.settings.checkpoints_dir.glob("*.txt")):
        try:
            yield read_checkpoint(path, installation.checkpoint_verifier)
        except click.ClickException as error:
            click.echo(f"Left aside: {error.message}", err=True)


def _troubles(done: Restored) -> Iterator[str]:
    broken = done.checked.broken
    if broken and broken.reason != "cut":
        yield f"The ledger is broken at row {broken.seq}: {REASONS[broken.reason]}."
    if done.is_older:
        yield (
            f"This is an old backup: it ends after {done.checked.size} rows, and a checkpoint has signed "
            f"{done.newest}. What was done since is not in it; look for a newer one."
        )
    for head in done.unlike:
        yield f"A checkpoint of {head.size} rows that was given is of another ledger."
