"""What people type into forms, without the characters that a database or a mail cannot bear."""

from __future__ import annotations

from portal.mail.message import one_line


def tidy(text: str | None) -> str | None:
    """Return the text on one line, without control characters."""
    return one_line(text) if text else text


def tidy_lines(text: str | None) -> str | None:
    """Return the text line by line, each without control characters."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip() if text else text
