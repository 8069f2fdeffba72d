"""Blank CMRT and EMRT workbooks that an administrator brings: their lists of smelters by kind and edition."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Deed, ListedSmelter, MineralsTemplate, User
from portal.services import ledger, smelter_index
from portal.services.actors import COMMAND_LINE, user_actor
from portal.services.minerals_child import read_in_child
from portal.storage import Store
from questionnaires.minerals.consistency.versions import age
from questionnaires.minerals.model import Workbook
from questionnaires.minerals.refusals import NotReadable
from questionnaires.texts import Text

_COLUMNS = ("metal", "alias", "standard_name", "country", "smelter_id", "street", "city", "state")
_SENTENCES = {
    "filled": Text.of(
        "This workbook is filled in. Bring the blank template, as the Responsible Minerals Initiative publishes it.",
        nb="Denne arbeidsboken er fylt ut. Last opp den tomme malen, slik Responsible Minerals Initiative gir den ut.",
    ),
    "no_list": Text.of(
        "This workbook has no list of smelters in its sheet “Smelter Look-up”.",
        nb="Denne arbeidsboken har ingen liste over smelteverk i arket «Smelter Look-up».",
    ),
}


class TemplateRefused(Exception):
    """The file is no blank template; the code says why: filled, no_list, or one of `questionnaires.minerals`."""

    def __init__(self, code: str, unread: NotReadable | None = None) -> None:
        super().__init__(code)
        self.code, self._unread = code, unread

    def sentence(self, language: str) -> str:
        """Return the reason for the reader."""
        return self._unread.sentence(language) if self._unread else _SENTENCES[self.code].in_language(language)


def read_template(content: bytes) -> Workbook:
    """Return what a blank template says.

    Raises:
        TemplateRefused: see there.
    """
    try:
        found = read_in_child(content, with_references=True)
    except NotReadable as refusal:
        raise TemplateRefused(refusal.code, refusal) from refusal
    if _is_filled(found):
        raise TemplateRefused("filled")
    if not any(line.smelter_id for line in found.references):
        raise TemplateRefused("no_list")
    return found


def _is_filled(found: Workbook) -> bool:
    values = (*found.company.values(), *found.answers.values(), *found.company_answers.values())
    return any(values) or bool(found.smelters or found.products or found.mines)


def keep(
    session: Session, store: Store, content: bytes, template: Workbook, *, now: datetime, by: User | None
) -> MineralsTemplate:
    """Keep a template and its list, in place of an earlier file of the same edition; mentions are resolved anew.

    Args:
        session: a writing one.
        store: gets the file.
        content: the file.
        template: what `read_template` said of it.
        now: when.
        by: who; None: the command line.
    """
    sha256 = store.put(content)
    ledger.begin(session)
    row = _row_for(session, template)
    row.sha256, row.uploaded_at, row.by = sha256, now, by
    session.flush()
    lines = [
        {"template_id": row.id, "position": position, **{name: getattr(line, name) for name in _COLUMNS}}
        for position, line in enumerate(template.references)
    ]
    session.execute(sa.insert(ListedSmelter), lines)
    ledger.record(
        session, Deed.MINERALS_TEMPLATE_IMPORTED, ledger.subject_of("minerals-template", row.id),
        by=user_actor(by) if by else COMMAND_LINE, now=now,
        data={"sha256": sha256, "kind": str(template.kind), "version": template.version, "lines": len(lines)},
    )  # fmt: skip
    smelter_index.rebuild(session)
    return row


def _row_for(session: Session, template: Workbook) -> MineralsTemplate:
    kind, version = str(template.kind), template.version
    query = sa.select(MineralsTemplate).where(MineralsTemplate.kind == kind, MineralsTemplate.version == version)
    row = session.scalar(query)
    if row is None:
        row = MineralsTemplate(id=uuid.uuid4(), kind=kind, version=version)
        session.add(row)
    else:
        session.execute(sa.delete(ListedSmelter).where(ListedSmelter.template_id == row.id))
    return row


def all_templates(session: Session) -> list[tuple[MineralsTemplate, int]]:
    """Return the templates with how many smelters each lists, by kind, the newest edition first."""
    count = sa.func.count(sa.distinct(ListedSmelter.smelter_id)).filter(ListedSmelter.smelter_id != "")
    query = sa.select(MineralsTemplate, count).join(ListedSmelter).group_by(MineralsTemplate.id)
    found = [(row, smelters) for row, smelters in session.execute(query)]
    found.sort(key=lambda pair: age(pair[0].version), reverse=True)
    return sorted(found, key=lambda pair: pair[0].kind)
