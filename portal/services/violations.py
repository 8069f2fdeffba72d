"""What a database refused, by the name of the rule that was broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


class Refused(Exception):
    """A named rule of the database was broken; what was being written is undone, the transaction lives on."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@contextmanager
def named(session: Session) -> Iterator[None]:
    """Flush what is done inside, and undo just that where the database refuses it.

    Raises:
        Refused: with the name of the constraint, as the models give it.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise Refused(rule_of(error)) from error


def rule_of(error: IntegrityError) -> str:
    """Return the name of the broken constraint; SQLite names a CHECK, but of a UNIQUE only the columns."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return str(name)
    text = str(error.orig)
    unique = re.search(r"UNIQUE constraint failed: (.+)", text)
    if unique:
        table = unique[1].partition(".")[0]
        columns = [column.rpartition(".")[2].strip() for column in unique[1].split(",")]
        return f"uq_{table}_{'_'.join(columns)}"
    check = re.search(r"CHECK constraint failed: (\S+)", text)
    return check[1] if check else "foreign_key"
