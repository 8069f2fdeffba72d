"""An edition as its preview shows it: in one of its languages, to be read, or with answers that are tried."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from babel import Locale, UnknownLocaleError
from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.services.trials import Trial
from portal.web import forms
from portal.web.administrator.condition_words import Speaker
from portal.web.administrator.trial_facts import FactField, addendum_clauses, fact_fields
from portal.web.languages import LANGUAGES, choose_language
from portal.web.supplier.questions import set_question
from questionnaires import journey
from questionnaires.answers import Clause, Table
from questionnaires.conditions import Condition
from questionnaires.journey import AskedSection
from questionnaires.loading.entry import IN_ENGLISH
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.texts import ENGLISH, Text

_TAG_OR_BARE = re.compile(r"(<(?:option|textarea)\b.*?</(?:option|textarea)>|<[^>]*>)", re.DOTALL)
"""Where no tag can be put: within tags, and in elements that hold nothing but text."""


@dataclass(frozen=True)
class Shown:
    """All that the pages of a preview need."""

    questionnaire: Questionnaire
    language: str
    """One of the edition's; the words around it stay in the reader's."""
    today: date
    trial: Trial | None = None
    """What is tried; None where the texts are only read, and every question is shown."""
    ticket: str = ""
    """What was tried, signed."""
    form: forms.Form | None = None
    """What was posted, to be shown again where it did not fit."""
    reading: forms.Reading = field(default_factory=forms.Reading)
    fact_problems: dict[str, str] = field(default_factory=dict)
    more_rows: str = ""

    @cached_property
    def asked_of(self) -> Questionnaire:
        """The edition as it is asked of the supplier that is tried."""
        return self.questionnaire.asked_of(self.trial.facts if self.trial else {})

    @cached_property
    def way(self) -> journey.Walk:
        """The way through it with the answers that are tried."""
        return journey.walk(self.asked_of, self.trial.answers if self.trial else {})

    @cached_property
    def sections(self) -> Sequence[AskedSection]:
        """The pages that are shown, with their questions."""
        if self.trial:
            return self.way.sections
        return tuple(AskedSection(section, section.questions) for section in self.questionnaire.sections)

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """The edition's languages, each named in itself."""
        return [(code, language_name(code)) for code in self.questionnaire.languages]

    @cached_property
    def untranslated(self) -> int:
        """How many texts of a draft have no translation into the language yet."""
        return sum(gap.file == f"{self.language}.yaml" for gap in self.questionnaire.gaps)

    @property
    def facts(self) -> list[FactField]:
        """The fields about the supplier."""
        return fact_fields(self.questionnaire, self.trial or Trial(self.today), choose_language())

    @property
    def addendum(self) -> Sequence[Clause]:
        """The clauses that a supplier's own code may lack."""
        return addendum_clauses(self.questionnaire)

    def page(self, shown: AskedSection) -> forms.Page:
        """Return a section as its questions are shown."""
        answers = self.trial.answers if self.trial else {}
        keys = forms.asked_keys(self.asked_of, answers) if self.trial else _all_keys(shown.questions)
        return forms.Page(
            section=shown.section,
            questions=shown.questions,
            answers=answers,
            asked=keys,
            form=self.form,
            reading=self.reading,
            more_rows=self.more_rows,
            takes_files=False,
        )

    def question(self, shown: forms.Field) -> Markup:
        """Return a question just as the supplier sees it, the words around it in its language too."""
        with force_locale(self.language if self.language in LANGUAGES else ENGLISH):
            html = set_question(shown, self.language, {}, "")
        return self._marked(html)

    def words(self, text: Text | None) -> Markup:
        """Return a text in the language; one that is not translated is marked."""
        return self._marked(escape(text.in_language(self.language))) if text else Markup("")

    def plain(self, text: Text) -> str:
        """Return a text where no mark can be put."""
        return text.in_language(self.language)

    def asked_if(self, condition: Condition) -> str:
        """Return in words when something is asked."""
        return Speaker(self.questionnaire, self.language).say(condition)

    def notes(self, question: Question) -> list[str]:
        """Return what the supplier does not read: when the question and its parts are asked."""
        speaker, found = Speaker(self.questionnaire, self.language), []
        if question.ask_if:
            found.append(_("Asked only if %(condition)s.", condition=speaker.say(question.ask_if)))
        if question.comment and question.comment.when:
            said = speaker.answers(question.id, question.comment.when)
            found.append(_("The comment is asked only if the answer is %(said)s.", said=said))
        for column in question.type.columns if isinstance(question.type, Table) else ():
            if column.ask_if:
                said, name = speaker.say(column.ask_if), column.text.in_language(self.language)
                found.append(_("The column “%(name)s” is asked only if %(condition)s.", name=name, condition=said))
        return [str(note) for note in found]

    def address(self, endpoint: str, section: Section | None = None, language: str = "") -> str:
        """Return the address of a page of this preview."""
        one, named = self.questionnaire, section.id if section else None
        return url_for(endpoint, key=one.key, edition=one.edition, section=named, language=language or self.language)

    def _marked(self, html: Markup) -> Markup:
        if not self.questionnaire.gaps or IN_ENGLISH not in html:
            return html
        tag = Markup('<span class="ds-tag" data-color="warning" data-size="sm">{}</span> ').format(_("not translated"))
        pieces = _TAG_OR_BARE.split(str(html))  # every second piece is one that takes no tag
        marked = (piece if at % 2 else piece.replace(IN_ENGLISH, tag) for at, piece in enumerate(pieces))
        return Markup("").join(Markup(piece) for piece in marked)  # noqa: S704 - it was markup before


def language_name(code: str) -> str:
    """Return what a language calls itself."""
    try:
        return LANGUAGES.get(code) or (Locale(code).get_display_name() or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


def _all_keys(questions: Sequence[Question]) -> frozenset[str]:
    keys = ((question.id, question.comment_key, question.documents_key) for question in questions)
    return frozenset(key for three in keys for key in three)
