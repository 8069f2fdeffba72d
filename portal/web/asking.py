"""What an address asks for: choices and ids that may be missing or made up."""

from __future__ import annotations

import enum
import uuid
from typing import TypeVar

from flask import request

from portal.mail.message import one_line

Choice = TypeVar("Choice", bound=enum.StrEnum)


def handed_on(*without: str) -> dict[str, list[str]]:
    """Return what the address asks for, to be handed on in a link; names that `url_for` takes for its own are left out.

    Args:
        without: names that the link gives itself.
    """
    return {
        name: values
        for name, values in request.args.lists()
        if name not in without and name != "endpoint" and not name.startswith("_")
    }


def words(name: str) -> str:
    """Return what the address says, on one line and without the characters that a database cannot bear."""
    return one_line(request.args.get(name, ""))[:200]


def chosen(kind: type[Choice], name: str) -> Choice | None:
    """Return the choice named in the address, or None where there is none, or none such."""
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None


def chosen_id(name: str) -> uuid.UUID | None:
    """Return the id named in the address, or None."""
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def chosen_year(name: str = "year") -> int | None:
    """Return the year named in the address, or None."""
    value = request.args.get(name, "")
    return int(value) if len(value) == 4 and value.isascii() and value.isdigit() else None
