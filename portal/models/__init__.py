"""The tables, one module per noun."""

from portal.models.assessments import Answer, Assessment, Attachment, Return
from portal.models.base import Base
from portal.models.campaigns import Campaign, CampaignQuestionnaire, Request
from portal.models.declarations import Declaration, DeclarationState, Level, Preview, Signing
from portal.models.invitations import ContactSuggestion, Invitation, InvitationRole, SupplierSession
from portal.models.ledger import Deed, LedgerEvent, LedgerPersonalData
from portal.models.mails import MailState, OutgoingMail
from portal.models.reviews import Deviation, DeviationState, Note, Review
from portal.models.suppliers import Contact, Criticality, Supplier, SupplierType
from portal.models.users import Role, User, UserSession

__all__ = [
    "Answer",
    "Assessment",
    "Attachment",
    "Base",
    "Campaign",
    "CampaignQuestionnaire",
    "Contact",
    "ContactSuggestion",
    "Criticality",
    "Declaration",
    "DeclarationState",
    "Deed",
    "Deviation",
    "DeviationState",
    "Invitation",
    "InvitationRole",
    "LedgerEvent",
    "LedgerPersonalData",
    "Level",
    "MailState",
    "Note",
    "OutgoingMail",
    "Preview",
    "Request",
    "Return",
    "Review",
    "Role",
    "Signing",
    "Supplier",
    "SupplierSession",
    "SupplierType",
    "User",
    "UserSession",
]
