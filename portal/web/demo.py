"""The mailbox of the demo: outgoing mail that nobody sends. The page exists in demo mode only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal.web.access import Audience, open_to
from portal.web.current import installation

bp = Blueprint("demo", __name__, url_prefix="/demo")
PAGE = 50
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the mailbox shows it."""

    number: str
    sent: str
    to: str
    subject: str
    body: Markup
    attachments: tuple[str, ...]


@bp.get("/mailbox")
@open_to(Audience.ANYONE)
def mailbox() -> ResponseReturnValue:
    """List the newest mails, or those to one address."""
    wanted = request.args.get("to", "").strip().lower()
    letters = []
    for path in sorted(installation().settings.mailbox_dir.glob("*.eml"), reverse=True):
        letter = _read(path)
        if wanted in letter.to.lower():
            letters.append(letter)
        if len(letters) == PAGE:
            break
    return render_template("demo/mailbox.html", letters=letters, wanted=wanted)


@bp.get("/mailbox/<number>")
@open_to(Audience.ANYONE)
def letter(number: str) -> ResponseReturnValue:
    """Show one mail, its links to be followed."""
    path = installation().settings.mailbox_dir / f"{number}.eml"
    if not number.isascii() or not number.isdigit() or not path.is_file():
        abort(404)
    return render_template("demo/letter.html", letter=_read(path))


def _read(path: Path) -> Letter:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return Letter(
        number=path.stem,
        sent=str(message["Date"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        body=_with_links(text),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _with_links(text: str) -> Markup:
    """Escape a text and make its addresses links."""
    pieces, end = [], 0
    for match in ADDRESS.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        pieces.append(Markup('<a class="ds-link" href="{0}">{0}</a>').format(match.group()))
        end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])
