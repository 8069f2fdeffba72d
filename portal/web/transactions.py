"""One request, one transaction: it commits when the view answers, and rolls back when it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request

from portal.extensions import db
from portal.models.engine import reading

View = TypeVar("View", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}


def leaves_a_trace(view: View) -> View:
    """Mark a GET page that writes one ledger event: a download of evidence. HEAD brings no file and writes nothing."""
    cast(Any, view).leaves_a_trace = True
    return view


def begins_reading(view: View) -> View:
    """Mark a POST page that reads first and calls `begin_writing` before it writes, so that slow work holds no lock."""
    cast(Any, view).begins_reading = True
    return view


def begin_writing() -> None:
    """End the reading: the next query begins a writing transaction, and what was read must be found again in it."""
    db.session.rollback()
    reading.set(False)


def after_commit(deed: Callable[[], None]) -> None:
    """Do something once the request has committed: waking the worker, as a rule."""
    g.setdefault("after_commit", []).append(deed)


def join(app: Flask) -> None:
    """Wrap every request of the application in a transaction."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def mark_failed() -> None:
    """Roll back: what this request began must not be kept."""
    db.session.rollback()
    g.pop("after_commit", None)


def _begin() -> None:
    reading.set(_is_marked("begins_reading") or (request.method in SAFE and not _is_marked("leaves_a_trace")))


def _is_marked(mark: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def _end(response: Response) -> Response:
    if reading.get() or request.method == "HEAD":
        db.session.rollback()
    else:
        db.session.commit()
        for deed in g.pop("after_commit", []):
            deed()
    return response


def _forget(error: BaseException | None) -> None:
    del error
    reading.set(False)
