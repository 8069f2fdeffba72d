"""The table of a campaign's requests, on a page and as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from portal.models import Campaign, MailState, Request
from portal.services import progress, requests
from portal.services.asked_forms import AskedForm, Form, forms_of
from portal.services.campaigns import CampaignError
from portal.services.csv_files import as_csv
from portal.services.progress import RequestState, Standing
from portal.web.current import installation
from portal.web.filters import country, in_language

URGENCY = (
    RequestState.OVERDUE,
    RequestState.NOT_OPENED,
    RequestState.OPENED,
    RequestState.IN_PROGRESS,
    RequestState.AWAITING_SIGNATURES,
    RequestState.RETURNED,
    RequestState.SIGNING,
    RequestState.SIGNED,
    RequestState.APPROVED,
    RequestState.DRAFT,
    RequestState.WITHDRAWN,
)
"""In which order a coordinator looks at suppliers."""
STATES = {
    RequestState.DRAFT: lazy_gettext("Not sent"),
    RequestState.NOT_OPENED: lazy_gettext("Not opened"),
    RequestState.OPENED: lazy_gettext("Opened"),
    RequestState.IN_PROGRESS: lazy_gettext("In progress"),
    RequestState.AWAITING_SIGNATURES: lazy_gettext("Awaiting signatures"),
    RequestState.SIGNING: lazy_gettext("Being sealed"),
    RequestState.SIGNED: lazy_gettext("Signed"),
    RequestState.RETURNED: lazy_gettext("Returned"),
    RequestState.APPROVED: lazy_gettext("Approved"),
    RequestState.OVERDUE: lazy_gettext("Overdue"),
    RequestState.WITHDRAWN: lazy_gettext("Withdrawn"),
}
MAILS = {
    MailState.WAITING: lazy_gettext("Mail waiting"),
    MailState.SENT: lazy_gettext("Mail sent"),
    MailState.FAILED: lazy_gettext("Mail failed"),
}


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One supplier of a campaign."""

    request: Request
    standing: Standing
    mail: MailState | None
    asked: tuple[AskedForm, ...]
    """What the supplier is asked, or will be."""

    @property
    def has_short(self) -> bool:
        """Whether a short form stands in for a longer one."""
        return any(each.form is Form.SHORT for each in self.asked)

    @property
    def has_long_by_choice(self) -> bool:
        """Whether the buyer chose a long form although the short one was offered."""
        return any(each.form is Form.LONG_BY_CHOICE for each in self.asked)


def rows_of(session: Session, campaign: Campaign, now: datetime) -> list[ProgressRow]:
    """Return the rows, those that need attention first."""
    asked = requests.of_campaign(session, campaign)
    mails = progress.mail_states(session, asked)
    catalogue = installation().catalogue
    rows = [
        ProgressRow(request, progress.standing(request, now), mails.get(request), forms_of(request, catalogue))
        for request in asked
    ]
    return sorted(rows, key=_urgency)


def titles(campaign: Campaign) -> list[str]:
    """Return what is asked, in the reader's language."""
    catalogue = installation().catalogue
    return [in_language(catalogue.find(asked.key, asked.edition).title) for asked in campaign.questionnaires]


def short_titles(rows: Iterable[ProgressRow]) -> list[tuple[str, int]]:
    """Return the short forms that some are asked, in the reader's language, each with the number of suppliers."""
    counts = Counter(each.questionnaire.title for row in rows for each in row.asked if each.form is Form.SHORT)
    return [(in_language(title), count) for title, count in counts.items()]


def as_file(rows: Iterable[ProgressRow], separator: str) -> str:
    """Return the rows as CSV, in the reader's language; dates as 2026-12-31, which every spreadsheet sorts."""
    headings = [
        _("Supplier"), _("Country"), _("Criticality"), _("State"), _("Stage"), _("Due"), _("Days late"),
        _("Last activity"), _("Mail"), _("Questionnaires"), _("Reason for the long form"),
    ]  # fmt: skip
    return as_csv([headings, *(_cells(row) for row in rows)], separator=separator)


def read_date(text: str) -> date:
    """Return a date from a form.

    Raises:
        CampaignError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CampaignError("due_date_past") from error


def _cells(row: ProgressRow) -> list[str]:
    supplier, standing = row.request.supplier, row.standing
    activity = standing.last_activity
    return [
        supplier.name,
        country(supplier.country),
        supplier.criticality.value if supplier.criticality else "",
        str(STATES[standing.state]),
        str(STATES[standing.stage]),
        standing.due_on.isoformat(),
        str(standing.days_late or ""),
        activity.isoformat(sep=" ", timespec="minutes")[:16] if activity else "",
        str(MAILS[row.mail]) if row.mail else "",
        ", ".join(in_language(each.questionnaire.title) for each in row.asked),
        row.request.long_form_reason if row.has_long_by_choice else "",
    ]


def _urgency(row: ProgressRow) -> tuple[int, int, bool]:
    standing = row.standing
    return URGENCY.index(standing.state), -standing.days_late, row.mail is not MailState.FAILED
