"""CMRT and EMRT workbooks that come with a form: read and checked before anything is written."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import request

from portal.clock import clock
from portal.extensions import db
from portal.models import Attachment
from portal.services import minerals_workbooks, smelters
from portal.services.minerals_workbooks import Examined
from portal.web.current import installation
from portal.web.forms import field_of
from portal.web.languages import choose_language
from portal.web.supplier.sheets import Sheet, find_sheet
from questionnaires.minerals.prefill import file_question
from questionnaires.minerals.refusals import NotReadable


@dataclass(frozen=True, slots=True)
class Workbooks:
    """Files by their SHA-256."""

    question: str = ""
    """Which takes them."""
    examined: dict[str, Examined] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Why a file is no workbook that can be read, in the reader's language."""
    kept: list[Attachment] = field(default_factory=list)
    """Those whose reports were kept in this request."""

    def problem(self, slot: str, content: bytes) -> str | None:
        """Return why a file is refused as the answer to a question."""
        return self.refused.get(_digest(content)) if slot == self.question else None

    def keep(self, sheet: Sheet, attachment: Attachment, explanations: Mapping[str, str] | None = None) -> None:
        """Keep what was found in a file that is attached; nothing where it answers another question."""
        examined = self.examined.get(attachment.sha256)
        if examined and attachment.question == self.question:
            minerals_workbooks.keep(db.session, attachment, examined, sheet.invitation, clock(), explanations)
            self.kept.append(attachment)


def examine_uploads(request_id: uuid.UUID, questionnaire: str, name: str | None = None) -> Workbooks:
    """Examine the workbooks that came with a form, in a reading transaction; nothing where it brought none.

    Args:
        request_id: of the visit; whoever may not answer there gets nothing examined.
        questionnaire: its key.
        name: of the field; None for that of the file question.
    """
    question = file_question(questionnaire)
    uploads = request.files.getlist(name or field_of(question)) if question else []
    if question is None or not any(upload.filename for upload in uploads):
        return Workbooks()
    sheet = find_sheet(request_id, questionnaire)
    if sheet.open_questions is not None and question not in sheet.open_questions:
        return Workbooks()
    contents = []
    for upload in uploads:
        contents.append(upload.read())
        upload.seek(0)
    return examine(sheet, question, [content for content in contents if content])


def examine(sheet: Sheet, question: str, contents: Iterable[bytes]) -> Workbooks:
    """Examine some files."""
    known = smelters.known(db.session, clock().date(), installation().settings.minerals)
    found = Workbooks(question)
    for content in contents:
        digest = _digest(content)
        try:
            found.examined[digest] = minerals_workbooks.examine(content, sheet.questionnaire.key, known)
        except NotReadable as refusal:
            found.refused[digest] = refusal.sentence(choose_language())
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
