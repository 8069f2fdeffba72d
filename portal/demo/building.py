"""Builds the demo: 52 invented suppliers, one user for each role, and a campaign with every state on show."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.demo.acting import DemoReview, DemoSupplierActs, seal_all
from portal.demo.company import DemoSupplier, demo_suppliers
from portal.installation import Installation
from portal.models import (
    Campaign,
    CompanySize,
    Criticality,
    Declaration,
    Invitation,
    Request,
    RiskTier,
    Role,
    Supplier,
    SupplierType,
    User,
)
from portal.pdf.signing import Signatory
from portal.services import campaigns, requests, suppliers, users
from portal.services.actors import PORTAL, user_actor
from portal.services.campaigns import CampaignTerms
from portal.services.suppliers import ContactFacts, SupplierFacts

ACCOUNTS = "demo-accounts.json"
SEED = 20261121
QUESTIONNAIRES = ("code-of-conduct", "conflict-minerals", "human-rights")
"""What the demo asks its suppliers; the library has more."""
SENT_BEFORE = timedelta(days=21)
LASTS = timedelta(days=35)
OPENED, BEGUN, SIGNED = 34, 26, 15
"""Of the suppliers in the order of their names' drawing: so many opened, began, signed; the rest did not open."""
TWO_SIGN = SIGNED - 1
"""Which of them needs two signatures, and waits for the second."""
OVERDUE = 5
APPROVED, HANDED_OVER, RETURNED = 3, 2, 2
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who can sign in to the demo, and how."""

    role: str
    email: str
    password: str


def accounts_of(data_dir: Path) -> list[DemoAccount]:
    """Return the accounts of a demo; none while it is not built."""
    path = data_dir / ACCOUNTS
    return [DemoAccount(**account) for account in json.loads(path.read_text())] if path.exists() else []


def build_demo(installation: Installation, now: datetime, say: Say) -> None:
    """Build the demo, unless it is built."""
    data_dir = installation.settings.data_dir
    if accounts_of(data_dir):
        return
    say("Building the demo company, once …")
    accounts = [DemoAccount(role.value, f"{role.value}@demo.example", _password()) for role in Role]
    with installation.new_session.begin() as session:
        people = {Role(account.role): _add_user(session, account, now) for account in accounts}
        campaign_id = _ask(session, installation, people[Role.BUYER], now)
    _answer(installation, campaign_id, now, say)
    with installation.new_session.begin() as session:
        _review(session, installation, campaign_id, now)
    _keep(data_dir / ACCOUNTS, accounts)


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3)) + "-demo"


def _add_user(session: Session, account: DemoAccount, now: datetime) -> User:
    name = f"{account.role.title()} (demo)"
    return users.add_user(session, account.email, Role(account.role), name, account.password, now=now, by=PORTAL)


def _ask(session: Session, installation: Installation, buyer: User, now: datetime) -> uuid.UUID:
    """Fill the register and send the campaign, three weeks ago."""
    then = now - SENT_BEFORE
    register = [_add_supplier(session, row, buyer, then) for row in demo_suppliers()]
    terms = CampaignTerms(
        title=f"Self-declaration {now.year} (demo)",
        reporting_year=now.year,
        due_on=(then + LASTS).date(),
        questionnaires=QUESTIONNAIRES,
        message="This is a demo. Nobody gets this mail.",
    )
    campaign = campaigns.create(session, terms, installation.catalogue, now=then, by=buyer)
    campaigns.choose(session, campaign, register, now=then, by=buyer)
    campaigns.send(session, campaign, installation.catalogue, now=then, by=buyer)
    for request in list(campaign.requests)[-OVERDUE:]:
        request.due_on = (now - timedelta(days=3)).date()
    return campaign.id


def _add_supplier(session: Session, row: DemoSupplier, buyer: User, now: datetime) -> Supplier:
    facts = SupplierFacts(
        name=row.name,
        country=row.country,
        national_id=row.national_id,
        criticality=Criticality(row.criticality),
        product_groups=(row.product_group,),
        supplier_type=SupplierType(row.supplier_type),
        size=CompanySize(row.size),
        tier=RiskTier(row.tier),
        minerals_relevant=row.minerals_relevant,
        external_id=row.external_id,
        owner_id=buyer.id,
    )
    supplier = suppliers.add(session, facts, now=now, by=user_actor(buyer))
    contact = ContactFacts(row.contact_name, row.contact_email, row.language)
    suppliers.add_contact(session, supplier, contact, now=now, by=user_actor(buyer))
    return supplier


def _answer(installation: Installation, campaign_id: uuid.UUID, now: datetime, say: Say) -> None:
    """Let the suppliers work: some open, some begin, some sign."""
    acts = DemoSupplierActs(installation, Random(SEED))  # noqa: S311  invented answers, the same each time
    waiting: list[uuid.UUID] = []
    with installation.new_session.begin() as session:
        for place, invitation in enumerate(_invitations(session, campaign_id, acts.random)):
            if place < OPENED:
                acts.open(session, invitation, now - timedelta(days=18 - place % 9))
            if SIGNED <= place < BEGUN:
                acts.answer(session, invitation, now - timedelta(days=7), deviating=0.1, until=3 + place % 6)
            if place < SIGNED:
                acts.answer(session, invitation, now - timedelta(days=5), deviating=(0.0, 0.06, 0.15)[place % 3])
                waiting += acts.sign(
                    session, invitation, now, _second_director(invitation) if place == TWO_SIGN else ()
                )
    say(f"Signing and sealing {len(waiting)} declarations …")
    seal_all(installation, waiting)


def _second_director(invitation: Invitation) -> tuple[Signatory]:
    """Return who must sign too, and has not yet."""
    email = f"second.{invitation.email}"
    return (Signatory("Demo Director", "Chair of the board (demo)", email, invitation.request.supplier.name),)


def _invitations(session: Session, campaign_id: uuid.UUID, random: Random) -> Iterator[Invitation]:
    query = sa.select(Invitation).join(Request).where(Request.campaign_id == campaign_id).order_by(Invitation.email)
    drawn = list(session.scalars(query))
    random.shuffle(drawn)
    yield from drawn


def _review(session: Session, installation: Installation, campaign_id: uuid.UUID, now: datetime) -> None:
    """Let the buyer and the approver work on some of what came in."""
    campaign = session.get_one(Campaign, campaign_id)
    approver = session.scalars(sa.select(User).where(User.role == Role.APPROVER)).one()
    review = DemoReview(installation, campaign.created_by, approver)
    signed = [request for request in requests.of_campaign(session, campaign) if _declarations(request)]
    for request in signed[: APPROVED + HANDED_OVER]:
        for declaration in _declarations(request):
            review.decide(session, declaration, now)
    for request in signed[:APPROVED]:
        for declaration in _declarations(request):
            review.approve(session, declaration, now)
    for request in signed[APPROVED : APPROVED + HANDED_OVER]:
        for declaration in _declarations(request):
            review.hand_over(session, declaration, now)
    deviating = [
        each for request in signed[APPROVED + HANDED_OVER :] for each in _declarations(request) if each.deviations
    ]
    for declaration in deviating[:RETURNED]:
        review.give_back(session, declaration, now)


def _declarations(request: Request) -> list[Declaration]:
    return [each for assessment in request.assessments for each in assessment.declarations if each.signed_at]


def _keep(path: Path, accounts: list[DemoAccount]) -> None:
    """Write the passwords down, for the next start; the folder is open to nobody else."""
    path.write_text(json.dumps([asdict(account) for account in accounts], indent=2))
    path.chmod(0o600)
