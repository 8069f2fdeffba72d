"""`portal users`: accounts of the people who work in the portal."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.cli.answering import open_installation
from portal.clock import clock
from portal.models import Role, User
from portal.services import users as accounts
from portal.services.actors import COMMAND_LINE
from portal.services.passwords import make_password


@click.group()
def users() -> None:
    """Add, list and close accounts."""


@users.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person does.")
@click.option("--name", default="", help="The person's name, as others will see it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add an account. Without a password typed in, a random one is made and shown once."""
    installation = open_installation()
    typed = _read_password(password_stdin)
    password = typed or make_password()
    with installation.new_session.begin() as session:
        accounts.add_user(
            session,
            email,
            Role(role),
            name,
            password,
            now=clock(),
            by=COMMAND_LINE,
            organisation=installation.settings.organisation,
        )
    click.echo(f"Added {email} as {role}.")
    if not typed:
        click.echo(f"Password: {password}")


@users.command(name="list")
def list_users() -> None:
    """List all accounts."""
    with open_installation().new_session() as session:
        for user in session.scalars(sa.select(User).order_by(User.email)):
            closed = f"  closed {user.disabled_at:%Y-%m-%d}" if user.disabled_at else ""
            click.echo(f"{user.email}  {user.role.value}  {user.name}{closed}".rstrip())


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close an account; all its sign-ins end at once."""
    with open_installation().new_session.begin() as session:
        accounts.disable_user(session, _find(session, email), now=clock(), by=COMMAND_LINE)
    click.echo(f"Closed {email}.")


@users.command()
@click.argument("email")
def enable(email: str) -> None:
    """Open a closed account again."""
    with open_installation().new_session.begin() as session:
        accounts.enable_user(session, _find(session, email), now=clock(), by=COMMAND_LINE)
    click.echo(f"Opened {email}.")


@users.command(name="password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def reset_password(email: str, password_stdin: bool) -> None:
    """Give somebody who forgot it another password; all their sign-ins end."""
    installation = open_installation()
    typed = _read_password(password_stdin)
    password = typed or make_password()
    with installation.new_session.begin() as session:
        user = _find(session, email)
        organisation = installation.settings.organisation
        accounts.reset_password(session, user, password, now=clock(), by=COMMAND_LINE, organisation=organisation)
    click.echo(f"Changed the password of {email}.")
    if not typed:
        click.echo(f"Password: {password}")


def _find(session: Session, email: str) -> User:
    user = accounts.find_by_email(session, email)
    if user is None:
        raise accounts.AccountError("unknown")
    return user


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        return ""
    return str(
        click.prompt(
            "Password (empty for a random one)",
            default="",
            hide_input=True,
            show_default=False,
            confirmation_prompt="The same again",
        )
    )
