"""Answers that are only tried: they travel in the reader's own form, signed, and are kept nowhere."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.config import Settings
from questionnaires.model import Questionnaire
from questionnaires.values import Value

SECONDS_TO_TRY = 12 * 60 * 60
MOST_CHARACTERS = 500_000
"""Of a ticket: it comes back with a page of answers, and both have to fit into one form."""


class TrialGone(Exception):
    """What was tried cannot be read: changed, another person's, too old, or of other texts than those shown now."""


class TrialTooLarge(Exception):
    """The answers do not fit into a form."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What somebody tries a questionnaire with."""

    day: date
    """The day that dates are compared with."""
    facts: Mapping[str, Value] = field(default_factory=dict)
    """What is taken to be known of the supplier."""
    answers: Mapping[str, Value] = field(default_factory=dict)
    """In canonical form, by key."""


class Trials:
    """Tickets that hold a trial; each is good for one person and one text of one edition."""

    def __init__(self, settings: Settings, questionnaire: Questionnaire, user_id: uuid.UUID) -> None:
        self._bound = [questionnaire.name, questionnaire.digest, user_id.hex]
        self._serialiser = URLSafeTimedSerializer(
            list(settings.secrets.intent),
            salt="portal.questionnaire-trial",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def seal(self, trial: Trial) -> str:
        """Return the ticket; raises TrialTooLarge."""
        content = [*self._bound, trial.day.isoformat(), dict(trial.facts), dict(trial.answers)]
        ticket = str(self._serialiser.dumps(content))
        if len(ticket) > MOST_CHARACTERS:
            raise TrialTooLarge
        return ticket

    def open(self, ticket: str) -> Trial:
        """Return what the ticket holds; raises TrialGone."""
        if len(ticket) > MOST_CHARACTERS:
            raise TrialGone
        try:
            *bound, day, facts, answers = self._serialiser.loads(ticket, max_age=SECONDS_TO_TRY)
        except BadSignature as error:
            raise TrialGone from error
        if bound != self._bound:
            raise TrialGone
        return Trial(date.fromisoformat(day), facts, answers)
