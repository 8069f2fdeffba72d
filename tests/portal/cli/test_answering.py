from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from portal.cli import main
from portal.cli.answering import PortalGroup, sentence


@click.group(cls=PortalGroup)
@click.option("--debug", is_flag=True)
def group(debug: bool) -> None:
    del debug


@group.command()
def fail() -> None:
    raise RuntimeError("The tape is torn.\nSecond line")


def test_an_error_is_one_sentence_and_an_exit_code() -> None:
    result = CliRunner().invoke(group, ["fail"])
    assert (result.exit_code, result.stderr) == (1, "Error: The tape is torn.\n")


def test_debug_shows_where_it_comes_from() -> None:
    result = CliRunner().invoke(group, ["--debug", "fail"])
    assert isinstance(result.exception, RuntimeError)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyError(), "KeyError."),
        (
            OperationalError("SELECT 1", {}, Exception("no such table: users")),
            "The database is not ready; run `portal init` first.",
        ),
        (
            OperationalError("SELECT 1", {}, Exception("connection refused")),
            "The database does not answer: connection refused.",
        ),
    ],
)
def test_errors_of_all_kinds_become_sentences(error: Exception, expected: str) -> None:
    assert sentence(error) == expected


def test_every_command_explains_itself() -> None:
    for name in main.commands:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert len(result.stdout) > 60
