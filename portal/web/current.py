"""What a view needs at hand: the installation's parts, and who is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, request
from flask_login import current_user

from portal.installation import Installation
from portal.jobs import Queue
from portal.models import User
from portal.services.actors import Actor, user_actor

if TYPE_CHECKING:
    from portal.web.access import SignedIn


def installation() -> Installation:
    """Return the parts of this installation."""
    return cast(Installation, current_app.extensions["installation"])


def queue() -> Queue:
    """Return the queue that wakes the worker."""
    return cast(Queue, current_app.extensions["queue"])


def signed_in_user() -> User:
    """Return the user; only on pages that are open to users alone."""
    return cast("SignedIn", current_user).user


def actor() -> Actor:
    """Return the signed-in user as an actor."""
    return user_actor(signed_in_user())


def browser_facts() -> dict[str, str]:
    """Return what the server saw of the reader, for the evidence."""
    return {"address": request.remote_addr or "", "browser": request.user_agent.string[:300]}
