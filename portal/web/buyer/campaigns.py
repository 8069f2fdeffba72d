"""Campaigns: the list, making one, and how far it has come."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import selectinload
from wtforms import DateField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal.clock import clock
from portal.extensions import db
from portal.models import Campaign
from portal.services import campaigns, progress, requests
from portal.services.campaigns import CampaignError, CampaignTerms
from portal.services.progress import RequestState
from portal.web.access import open_to
from portal.web.asking import chosen
from portal.web.buyer import bp, progress_table
from portal.web.buyer.campaign_words import explain
from portal.web.buyer.rights import READERS, SENDERS
from portal.web.current import installation, queue, signed_in_user
from portal.web.filters import in_language
from portal.web.languages import choose_language
from portal.web.paging import page_of_query
from portal.web.transactions import after_commit, mark_failed
from portal.web.typed import tidy, tidy_lines

PER_PAGE = 25
FIELD_OF = {
    "questionnaires_missing": "questionnaires",
    "questionnaires_fixed": "questionnaires",
    "questionnaires_retired": "questionnaires",
}


class CampaignForm(FlaskForm):  # type: ignore[misc]
    """What is asked, and by when."""

    title = StringField(lazy_gettext("Title"), [DataRequired(), Length(max=200)], filters=[tidy])
    reporting_year = IntegerField(lazy_gettext("Reporting year"), [InputRequired(), NumberRange(2000, 2100)])
    questionnaires = SelectMultipleField(
        lazy_gettext("Questionnaires"), [InputRequired()], widget=ListWidget(), option_widget=CheckboxInput()
    )
    due_on = DateField(lazy_gettext("To be signed by"), [InputRequired()])
    message = TextAreaField(lazy_gettext("Your own words in the mail"), [Length(max=4000)], filters=[tidy_lines])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        offered = installation().catalogue.all_offered()
        self.questionnaires.choices = [(one.key, in_language(one.title)) for one in offered]

    def terms(self, fixed: tuple[str, ...] = ()) -> CampaignTerms:
        """Return what was filled in; `fixed` are the questionnaires of a campaign that is sent."""
        keys = fixed or tuple(self.questionnaires.data or ())
        return CampaignTerms(
            title=self.title.data or "",
            reporting_year=self.reporting_year.data or 0,
            due_on=self.due_on.data or clock().date(),
            questionnaires=keys,
            message=self.message.data or "",
        )


@bp.get("/campaigns", endpoint="campaigns")
@open_to(*READERS)
def list_campaigns() -> ResponseReturnValue:
    """Show all campaigns, newest first, and how many are done."""
    query = sa.select(Campaign).options(selectinload(Campaign.created_by))
    page = page_of_query(db.session, query.order_by(Campaign.created_at.desc(), Campaign.id), PER_PAGE)
    now = clock()
    counts = {
        campaign.id: progress.counts(
            progress.standing(request, now) for request in requests.of_campaign(db.session, campaign)
        )
        for campaign in page.items
    }
    return render_template("buyer/campaigns/list.html", page=page, counts=counts, State=RequestState)


@bp.get("/campaigns/new", endpoint="new_campaign")
@open_to(*SENDERS)
def new() -> ResponseReturnValue:
    """Show an empty form."""
    form = CampaignForm(data={"reporting_year": clock().year})
    return render_template("buyer/campaigns/edit.html", form=form, campaign=None)


@bp.post("/campaigns/new", endpoint="add_campaign")
@open_to(*SENDERS)
def add() -> ResponseReturnValue:
    """Make a campaign."""
    form = CampaignForm()
    if form.validate():
        try:
            campaign = campaigns.create(
                db.session, form.terms(), installation().catalogue, now=clock(), by=signed_in_user()
            )
        except CampaignError as error:
            _refuse(form, error)
        else:
            return redirect(url_for("buyer.audience", campaign_id=campaign.id), 303)
    return render_template("buyer/campaigns/edit.html", form=form, campaign=None), 422


@bp.get("/campaigns/<uuid:campaign_id>/edit", endpoint="edit_campaign")
@open_to(*SENDERS)
def edit(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show a campaign in a form."""
    campaign = find(campaign_id)
    form = CampaignForm(obj=campaign, data={"questionnaires": [asked.key for asked in campaign.questionnaires]})
    _fix(form, campaign)
    return render_template("buyer/campaigns/edit.html", form=form, campaign=campaign)


@bp.post("/campaigns/<uuid:campaign_id>/edit", endpoint="change_campaign")
@open_to(*SENDERS)
def change(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Change a campaign."""
    campaign, form = find(campaign_id), CampaignForm()
    fixed = _fix(form, campaign)
    if form.validate():
        try:
            catalogue, by = installation().catalogue, signed_in_user()
            campaigns.change(db.session, campaign, form.terms(fixed), catalogue, now=clock(), by=by)
        except CampaignError as error:
            _refuse(form, error)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("buyer.campaign", campaign_id=campaign_id), 303)
    return render_template("buyer/campaigns/edit.html", form=form, campaign=find(campaign_id)), 422


@bp.get("/campaigns/<uuid:campaign_id>", endpoint="campaign")
@open_to(*READERS)
def show(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show who is late, who is under way and who is done."""
    campaign = find(campaign_id)
    rows = progress_table.rows_of(db.session, campaign, clock())
    wanted = chosen(RequestState, "state")
    return render_template(
        "buyer/campaigns/campaign.html",
        campaign=campaign,
        titles=progress_table.titles(campaign),
        short_titles=progress_table.short_titles(rows),
        rows=[row for row in rows if wanted in (None, row.standing.state)],
        counts=progress.counts(row.standing for row in rows),
        total=len(rows),
        done=sum(row.standing.stage in progress.DONE for row in rows),
        wanted=wanted,
        State=RequestState,
        waiting=progress.WAITING,
    )


@bp.get("/campaigns/<uuid:campaign_id>/requests.csv", endpoint="campaign_csv")
@open_to(*READERS)
def table(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Send the table as a file for a spreadsheet."""
    rows = progress_table.rows_of(db.session, find(campaign_id), clock())
    wanted = chosen(RequestState, "state")
    text = progress_table.as_file(
        [row for row in rows if wanted in (None, row.standing.state)], ";" if choose_language() == "nb" else ","
    )
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="requests.csv")
    return response


@bp.post("/campaigns/<uuid:campaign_id>/resend", endpoint="resend_many")
@open_to(*SENDERS)
def resend(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Mail new links to the suppliers that were ticked."""
    ticked = set(request.form.getlist("request"))
    asked = [each for each in requests.of_campaign(db.session, find(campaign_id)) if str(each.id) in ticked]
    count = requests.resend(db.session, asked, now=clock(), by=signed_in_user())
    after_commit(queue().wake_outbox)
    if count:
        flash(ngettext("One new link is on its way.", "%(num)d new links are on their way.", count), "success")
    else:
        flash(_("Nobody was ticked who has something left to do. Tick suppliers in the table first."), "warning")
    return redirect(url_for("buyer.campaign", campaign_id=campaign_id, state=request.args.get("state")), 303)


@bp.post("/campaigns/<uuid:campaign_id>/due-date", endpoint="move_due_dates")
@open_to(*SENDERS)
def move_due_dates(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Give everybody whose turn it is another date."""
    campaign = find(campaign_id)
    try:
        due_on = progress_table.read_date(request.form.get("due_on", ""))
        moved = requests.move_all_due_dates(db.session, campaign, due_on, now=clock(), by=signed_in_user())
    except CampaignError as error:
        mark_failed()
        flash(explain(error), "danger")
    else:
        flash(ngettext("One supplier has a new date.", "%(num)d suppliers have a new date.", moved), "success")
    return redirect(url_for("buyer.campaign", campaign_id=campaign_id), 303)


def find(campaign_id: uuid.UUID) -> Campaign:
    """Return the campaign, or answer that there is none."""
    return db.session.get(Campaign, campaign_id) or abort(404)


def _fix(form: CampaignForm, campaign: Campaign) -> tuple[str, ...]:
    """Take the questionnaires out of the form of a campaign that is sent; return their keys."""
    if campaign.sent_at is None:
        return ()
    del form.questionnaires
    return tuple(asked.key for asked in campaign.questionnaires)


def _refuse(form: CampaignForm, error: CampaignError) -> None:
    mark_failed()
    form[FIELD_OF.get(error.code, "due_on")].errors = [explain(error)]
