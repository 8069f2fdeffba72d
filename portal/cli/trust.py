"""`portal trust`: whose certificates are known where suppliers sign with certificates of their own."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.installation import Installation
from portal.models import Deed
from portal.pdf import trusted, trusted_lists
from portal.pdf.trusted import TRUSTED, TRUSTED_LISTS
from portal.pdf.trusted_lists import TrustedList, TrustedListError
from portal.services import ledger
from portal.services.actors import COMMAND_LINE


@click.group()
def trust() -> None:
    """Say whose certificates are known where suppliers sign with certificates of their own."""


@trust.command(name="list")
def list_roots() -> None:
    """Show each trusted root: its name, how long it is valid, its SHA-256, its file."""
    installation = open_installation()
    roots = trusted.load(installation.settings.keys_dir)
    for root in roots:
        ends = root.certificate.not_valid_after_utc
        click.echo(f"{root.name}\n  valid until {ends:%Y-%m-%d}{_ended(ends)}\n  {root.sha256}\n  {root.source}")
    click.echo(f"{len(roots)} trusted roots." if roots else f"No trusted roots in {TRUSTED}/ or {TRUSTED_LISTS}/.")


@trust.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Take in an EU trusted list (XML), or root certificates (PEM or DER); nothing is fetched.

    Of a list come the services that issue qualified certificates and are granted; a newer list takes the place of an
    older one. The list's own signature is not checked: get it from its country's address, and compare the SHA-256.
    """
    installation = open_installation()
    content = file.read_bytes()
    place, kept, count = _from_list(content) if _is_xml(content) else _certificates(file, content)
    _write(installation.settings.keys_dir / place, kept)
    _record(installation, place, content, count)
    click.echo(f"Certificates in {place}: {count}. Start the portal and its worker again to go by them.")


def _write(path: Path, content: bytes) -> None:
    """Put the file in place whole: the portal may be reading."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _is_xml(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _from_list(content: bytes) -> tuple[str, bytes, int]:
    try:
        found = trusted_lists.read(content)
    except TrustedListError as error:
        raise click.ClickException(f"{error}.") from error
    _tell(found)
    return f"{TRUSTED_LISTS}/{found.territory}.pem", found.as_pem(), len(found.certificates)


def _tell(found: TrustedList) -> None:
    click.echo(f"Trusted list {found.territory} no. {found.sequence}, issued {found.issued}.")
    click.echo(f"SHA-256 {found.sha256}; its signature was not checked.")
    if found.next_update and datetime.fromisoformat(found.next_update) < clock():
        click.echo(f"A newer list has been out since {found.next_update}.", err=True)


def _certificates(file: Path, content: bytes) -> tuple[str, bytes, int]:
    try:
        certificates = trusted.read(file)
    except ValueError as error:
        raise click.ClickException(f"{file} is neither a trusted list nor a certificate.") from error
    return (
        f"{TRUSTED}/{hashlib.sha256(content).hexdigest()[:16]}.pem",
        b"".join(each.public_bytes(Encoding.PEM) for each in certificates),
        len(certificates),
    )


def _ended(ends: datetime) -> str:
    return " (ended)" if ends < clock() else ""


def _record(installation: Installation, place: str, content: bytes, count: int) -> None:
    data = {"file": place, "sha256": hashlib.sha256(content).hexdigest(), "certificates": count}
    with installation.new_session.begin() as session:
        ledger.begin(session)
        ledger.record(session, Deed.ROOTS_TRUSTED, "installation:portal", by=COMMAND_LINE, now=clock(), data=data)
