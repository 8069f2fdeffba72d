"""A supplier who signed last year's edition of a tiny questionnaire and is asked this year's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.installation import Installation
from portal.models import Answer, Assessment, Attachment, Declaration, Invitation, Supplier
from portal.services import attachments
from portal.services.attachments import Upload
from questionnaires.values import Answers
from tests.factories import Make
from tests.portal.uploads import PDF

TINY = Path(__file__).parents[1] / "questionnaires" / "tiny"
CERTIFICATE = {"kind": "ISO 9001", "number": "17", "issuer": "DNV", "valid_until": "2199-12-31"}
CARRYING: Answers = {
    "K-same": "no",
    "K-same#comment": "Next year",
    "K-worded": 12,
    "K-meant": "yes",
    "K-fresh": "2026-01-01",
    "K-cert": CERTIFICATE,
    "K-narrowed": 80,
    "K-gone": "yes",
}
YEARLY: Answers = {
    "Y-code": True,
    "Y-terms": True,
    "Y-policy": "yes",
    "Y-agency": "yes",
    "Y-which": [{"name": "Hire AS", "people": 4}, {"name": "Vikar AS"}],
    "Y-award": "Best mine",
    "Y-sign": {"name": "Kari Prøve", "title": "Head", "signed_on": "2026-03-01"},
}
POLICY, LICENCE = PDF + b"\n% policy", PDF + b"\n% licence"


def last_year(make: Make, key: str, answers: Answers, supplier: Supplier | None = None, **more: Any) -> Declaration:
    """Return a sealed declaration of the first edition, whose file is pretended."""
    request = make.request(make.campaign(keys=(key,), title="Last year"), supplier)
    make.answers(request.assessments[0], dict(answers))
    make.session.expire_all()
    return make.declaration(request.assessments[0], **more)


def this_year(make: Make, earlier: Declaration, edition: str = "2027-1") -> Invitation:
    """Return an invitation to the newer edition, with last year's declaration remembered as sending does."""
    before = earlier.assessment
    campaign = make.campaign(keys=(before.questionnaire,), title="This year")
    campaign.questionnaires[0].edition = edition
    request = make.request(campaign, before.request.supplier)
    request.assessments[0].carried_from = earlier
    make.session.commit()
    return make.invitation(request)


def with_files(make: Make, installation: Installation) -> Declaration:
    """Return last year's declaration of `yearly`: a document to one answer, and a file that is an answer."""
    request = make.request(make.campaign(keys=("yearly",), title="Last year"))
    assessment = request.assessments[0]
    make.answers(assessment, dict(YEARLY))
    questionnaire = installation.catalogue.find("yearly", "2026-1")
    for question, name, content in (("Y-policy", "policy.pdf", POLICY), ("Y-licence", "licence.pdf", LICENCE)):
        slot = questionnaire.question(question).file_slots[-1]
        upload = Upload(name, content)
        attachments.attach(make.session, installation.store, assessment, slot, upload, None, make.now)
        make.session.commit()
    return make.declaration(assessment)


def stored(make: Make, assessment_id: Any) -> dict[str, Any]:
    """Return the answers as they are in the tables now."""
    make.session.rollback()
    rows = make.session.query(Answer).filter_by(assessment_id=assessment_id)
    found = {row.question: row.value for row in rows}
    make.session.rollback()
    return found


def files(make: Make, assessment: Assessment) -> dict[str, str]:
    """Return the file names of an assessment by the key of their answer."""
    rows = make.session.query(Attachment).filter_by(assessment_id=assessment.id, removed_at=None)
    found = {row.question: row.filename for row in rows}
    make.session.rollback()
    return found
