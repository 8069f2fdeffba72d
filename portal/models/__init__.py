"""The tables, one module per noun."""

from portal.models.assessments import Answer, Assessment, Attachment, Return
from portal.models.base import Base
from portal.models.campaigns import Campaign, CampaignQuestionnaire, Request
from portal.models.checkpoints import Checkpoint
from portal.models.code_mappings import CodeMapping, Coverage
from portal.models.declarations import (
    CoSignatory,
    Declaration,
    DeclarationState,
    Level,
    Preview,
    Renewal,
    Signing,
    VoidReason,
)
from portal.models.editions import EditionState, QuestionnaireEdition
from portal.models.invitations import ContactSuggestion, Invitation, InvitationRole, SupplierSession
from portal.models.ledger import Deed, LedgerEvent, LedgerPersonalData
from portal.models.legal_holds import LegalHold
from portal.models.mails import MailState, OutgoingMail
from portal.models.minerals import MineralsWorkbook
from portal.models.reviews import AnswerCheck, CheckLevel, Deviation, DeviationState, Note, Review
from portal.models.smelters import (
    Doubt,
    ListedSmelter,
    MatchDecision,
    MineralsTemplate,
    SmelterMatch,
    SmelterMention,
    SmelterStatus,
    StatusList,
)
from portal.models.suppliers import CompanySize, Contact, Criticality, RiskTier, Supplier, SupplierType
from portal.models.users import Role, User, UserSession

__all__ = [
    "Answer",
    "AnswerCheck",
    "Assessment",
    "Attachment",
    "Base",
    "Campaign",
    "CampaignQuestionnaire",
    "CheckLevel",
    "Checkpoint",
    "CoSignatory",
    "CodeMapping",
    "CompanySize",
    "Contact",
    "ContactSuggestion",
    "Coverage",
    "Criticality",
    "Declaration",
    "DeclarationState",
    "Deed",
    "Deviation",
    "DeviationState",
    "Doubt",
    "EditionState",
    "Invitation",
    "InvitationRole",
    "LedgerEvent",
    "LedgerPersonalData",
    "LegalHold",
    "Level",
    "ListedSmelter",
    "MailState",
    "MatchDecision",
    "MineralsTemplate",
    "MineralsWorkbook",
    "Note",
    "OutgoingMail",
    "Preview",
    "QuestionnaireEdition",
    "Renewal",
    "Request",
    "Return",
    "Review",
    "RiskTier",
    "Role",
    "Signing",
    "SmelterMatch",
    "SmelterMention",
    "SmelterStatus",
    "StatusList",
    "Supplier",
    "SupplierSession",
    "SupplierType",
    "User",
    "UserSession",
    "VoidReason",
]
