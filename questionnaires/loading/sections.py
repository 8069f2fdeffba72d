"""From the sections of a definition to pages of questions, repeated ones written out."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.answers import AnswerType, Option, SeveralOf
from questionnaires.conditions import AllOf, Comparison, Condition
from questionnaires.loading.conditions import Surroundings, read_condition
from questionnaires.loading.entry import Entry, as_list, found_under
from questionnaires.loading.questions import Draft, draft_question, finish_question
from questionnaires.model import Section


@dataclass(frozen=True, slots=True)
class _SectionDraft:
    section: Section
    drafts: tuple[Draft, ...]
    names: dict[str, str]
    """In a repeated section: the ids as written to the ids of this repetition."""


class SectionsReader:
    """Reads the sections in order and remembers the questions met so far."""

    def __init__(self, root: Entry, edition: str) -> None:
        self._root = root
        self._edition = edition
        self.known: dict[str, AnswerType] = {}
        """Answer types by question id, of the questions met so far."""
        self._written = [
            str(question.get("id"))
            for section in root.listed("sections")
            for question in as_list(found_under(section, "questions"))
            if isinstance(question, dict)
        ]

    def read(self) -> tuple[Section, ...]:
        """Return all sections; a repeated one once for each option."""
        self._root.translates("questions")
        self._root.refuse_strangers("questions", self._written)
        for twice in sorted({written for written in self._written if self._written.count(written) > 1}):
            self._root.refuse(f"{twice}: the id is used twice", "id")
        entries = self._root.entries("sections", "id")
        if not entries:
            self._root.refuse("sections is empty", "sections")
        drafts = [draft for entry in entries for draft in self._drafts(entry)]
        return tuple(self._finished(draft) for draft in drafts)

    def _drafts(self, entry: Entry) -> list[_SectionDraft]:
        if not entry.has("repeat_for"):
            return [self._draft(entry, None, None)]
        subject = entry.code("repeat_for")
        answer_type = self.known.get(subject)
        if not isinstance(answer_type, SeveralOf):
            entry.refuse(f"repeat_for {subject}: names no earlier several_of question", "repeat_for")
            return []
        options = [option for option in answer_type.options if not option.exclusive]
        return [self._draft(entry, subject, option) for option in options]

    def _draft(self, entry: Entry, subject: str | None, option: Option | None) -> _SectionDraft:
        """Return the section, or its repetition for one option of the subject."""
        if option:
            entry = entry.repeated(option.text)
        suffix = f"-{option.code}" if option else ""
        ask_if = self._ask_if(entry, subject, option)
        names: dict[str, str] = {}
        drafts = [self._question(question, suffix, names) for question in self._questions(entry)]
        section = Section(
            id=entry.code("id") + suffix,
            title=entry.text("title"),
            questions=(),
            introduction=entry.optional_text("introduction"),
            ask_if=ask_if,
        )
        entry.has("repeat_for")
        entry.close()
        return _SectionDraft(section, tuple(drafts), names)

    def _ask_if(self, entry: Entry, subject: str | None, option: Option | None) -> Condition | None:
        written = entry.entry("ask_if")
        own = read_condition(written, self._around({})) if written else None
        if subject is None or option is None:
            return own
        ticked = Comparison(subject, "answer_in", (option.code,))
        return AllOf((ticked, own)) if own else ticked

    def _questions(self, section: Entry) -> list[Entry]:
        listed = section.listed("questions")
        if not listed:
            section.refuse("questions is empty", "questions")
        texts = self._root.twins("questions")
        entries = []
        for position, values in enumerate(listed, start=1):
            found = found_under(values, "id")
            twins = {code: found_under(twin, found) for code, twin in texts.items()}
            entries.append(section.child(str(found or section.inside(f"question {position}")), values, twins))
        return entries

    def _question(self, entry: Entry, suffix: str, names: dict[str, str]) -> Draft:
        written = str(entry.raw("id"))
        draft = draft_question(entry, written + suffix, self._around(names))
        if suffix and draft.question.id in self.known:
            entry.refuse(f"id {draft.question.id} is used twice, once by the repetition", "id")
        self.known[draft.question.id] = draft.question.type
        names[written] = draft.question.id
        return draft

    def _around(self, names: dict[str, str]) -> Surroundings:
        return Surroundings(self.known, self._written, names)

    def _finished(self, draft: _SectionDraft) -> Section:
        around = Surroundings(self.known, names=draft.names)
        section = draft.section
        return Section(
            id=section.id,
            title=section.title,
            questions=tuple(finish_question(question, self._edition, around) for question in draft.drafts),
            introduction=section.introduction,
            ask_if=section.ask_if,
        )
