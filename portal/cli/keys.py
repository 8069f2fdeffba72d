"""`portal keys`: another seal, a seal revoked, a look at whether it seals."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.models import Deed
from portal.pdf.seal_changes import renew_seal, revoke_seal
from portal.pdf.seal_check import SENTENCES
from portal.pdf.seal_keys import open_vault
from portal.pdf.token_key import TokenKey
from portal.services import ledger, seal_checks
from portal.services.actors import COMMAND_LINE


@click.group()
def keys() -> None:
    """Change, revoke and check the seal."""


@keys.command("new-seal")
def new_seal() -> None:
    """Put another seal in place, under the same root; what the old one sealed stays proven.

    With PORTAL_SEAL_KEY the certificate is made for the key in the token or at the service; a token without the key
    makes it.
    """
    installation = open_installation()
    settings, now = installation.settings, clock()
    vault = open_vault(settings.seal_key, settings.seal_secret) if settings.seal_key else None
    if isinstance(vault, TokenKey) and vault.make():
        click.echo("The token has made a new key.")
    with installation.new_session.begin() as session:
        ledger.begin(session)
        certificate = renew_seal(settings.keys_dir, settings.organisation, settings.seal_passphrase, vault, now)
        data = {"certificate": _digest(certificate), "until": certificate.not_valid_after_utc.isoformat()}
        ledger.record(session, Deed.SEAL_CHANGED, _subject(certificate), by=COMMAND_LINE, now=now, data=data)
    click.echo(
        f"The new seal is valid until {certificate.not_valid_after_utc:%Y-%m-%d}; the worker uses it from now on."
    )
    click.echo(
        f"The old one lies beside it in {settings.keys_dir}: a private key that is no longer used can be deleted."
    )


@keys.command("revoke-seal")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="From when on it is not believed, in UTC."
)
@click.confirmation_option(prompt="Nothing can be sealed from now on, until `portal keys new-seal`. Revoke the seal?")
def revoke(since: datetime | None) -> None:
    """Revoke the seal, as when its key was stolen. What a time stamp or the ledger proves to be older stays proven."""
    installation = open_installation()
    settings, now = installation.settings, clock()
    moment = since.replace(tzinfo=UTC) if since else now
    if moment > now:
        raise click.BadParameter("it is in the future", param_hint="--since")
    with installation.new_session.begin() as session:
        ledger.begin(session)
        certificate = revoke_seal(settings.keys_dir, settings.seal_passphrase, moment, now)
        data = {"certificate": _digest(certificate), "since": moment.isoformat()}
        ledger.record(session, Deed.SEAL_REVOKED, _subject(certificate), by=COMMAND_LINE, now=now, data=data)
    click.echo(f"Revoked since {moment:%Y-%m-%d %H:%M:%S} UTC; the list lies in {settings.keys_dir / 'seal-root.crl'}.")


@keys.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Say whether the seal can seal now: certificate, key, clock. The exit code is 1 where it cannot."""
    installation = open_installation()
    found = seal_checks.look(lambda: installation.signer, clock())
    for each in found:
        click.echo(f"{each.problem.value}: {each.detail or SENTENCES[each.problem]}", err=True)
    if found:
        context.exit(1)
    click.echo("The seal can seal.")


def _subject(certificate: x509.Certificate) -> str:
    return ledger.subject_of("seal", f"{certificate.serial_number:x}")


def _digest(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
