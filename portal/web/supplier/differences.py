"""What a filled workbook says, beside what is there: old and new, as the reader sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.services.answer_import import Fate, Line
from portal.web.forms import fingerprint, was_name
from portal.web.languages import choose_language
from questionnaires.values import Answers


@dataclass(frozen=True, slots=True)
class ShownLine:
    """What a workbook says about a question, beside what is there."""

    line: Line
    before: str
    """Of the parts that differ; empty where there is nothing."""
    after: str
    was_name: str
    was: str
    """The fingerprint of what is there now."""
    is_ticked: bool
    changed_meanwhile: bool
    """Since the page was shown the last time."""


def shown_lines(
    lines: Iterable[Line], answers: Answers, ticked: Collection[str] | None, unseen: Collection[str]
) -> list[ShownLine]:
    """Return lines ready to be shown.

    Args:
        lines: of a plan.
        answers: as they are now.
        ticked: the questions whose boxes were ticked; None before anybody could: what is new is ticked then.
        unseen: the questions that somebody has answered since the page was shown.
    """
    return [
        ShownLine(
            line=line,
            before=_in_words(line, answers),
            after=_in_words(line, line.said),
            was_name=was_name(line.question),
            was=fingerprint(line.question, answers),
            is_ticked=line.fate is Fate.NEW if ticked is None else line.question.id in ticked,
            changed_meanwhile=line.question.id in unseen,
        )
        for line in lines
    ]


def _in_words(line: Line, values: Answers) -> str:
    """Return the answer and the comment, as far as the line speaks of them."""
    question, parts = line.question, []
    if question.id in line.said:
        parts.append(question.type.display(values.get(question.id), choose_language()))
    if question.comment_key in line.said and (comment := values.get(question.comment_key)):
        parts.append(str(_("Comment: %(comment)s", comment=comment)))
    return "\n".join(part for part in parts if part)
