"""The command line: `portal COMMAND`. A new command is one line at the end of this module."""

from __future__ import annotations

import click

from portal.cli.answering import PortalGroup
from portal.cli.backup import backup, restore
from portal.cli.demo import demo
from portal.cli.erasing import erase, retention
from portal.cli.init import init
from portal.cli.keys import keys
from portal.cli.ledger import ledger
from portal.cli.minerals import minerals
from portal.cli.minerals_lists import import_statuses, import_template
from portal.cli.questionnaires import questionnaires
from portal.cli.serve import serve
from portal.cli.suppliers import suppliers
from portal.cli.trust import trust
from portal.cli.users import users
from portal.cli.verify import verify
from portal.cli.verify_all import verify_all
from portal.cli.worker import worker

__all__ = ["main"]


@click.group(cls=PortalGroup)
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
@click.version_option(package_name="supplier-portal")
def main(debug: bool) -> None:
    """The supplier self-assessment portal: ask, answer, sign, review, mend, prove."""
    del debug


main.add_command(demo)
main.add_command(init)
main.add_command(users)
main.add_command(suppliers)
main.add_command(worker)
main.add_command(serve)
main.add_command(verify)
main.add_command(trust)
main.add_command(verify_all)
main.add_command(ledger)
main.add_command(keys)
main.add_command(backup)
main.add_command(restore)
main.add_command(questionnaires)
main.add_command(erase)
main.add_command(retention)
main.add_command(minerals)
minerals.add_command(import_template)
minerals.add_command(import_statuses)
