"""The faults found in an edition, gathered so that its author sees all of them at once."""

from __future__ import annotations

from questionnaires.errors import DEFINITION_FILE, DefinitionErrors, Problem


class Problems:
    """The faults of one edition; in a draft a translation may be missing without being one."""

    def __init__(self, edition: str, *, draft: bool = False) -> None:
        self.edition = edition
        self.draft = draft
        self._found: dict[Problem, None] = {}
        self._gaps: dict[Problem, None] = {}

    def add(self, place: str, sentence: str, key: str = "", file: str = DEFINITION_FILE) -> None:
        """Keep a fault; the same one found twice (a section that is repeated) is told once."""
        self._found[Problem(self.edition, place, sentence, key, file)] = None

    def lacks(self, place: str, key: str, language: str) -> None:
        """Note a missing translation: a fault, or in a draft a gap."""
        file = f"{language}.yaml"
        kept = self._gaps if self.draft else self._found
        kept[Problem(self.edition, place, f"{file} lacks {key}", key, file)] = None

    @property
    def gaps(self) -> tuple[Problem, ...]:
        """The translations that a draft lacks."""
        return tuple(self._gaps)

    def refuse(self) -> None:
        """Raise DefinitionErrors if there is any fault."""
        if self._found:
            raise DefinitionErrors(self._found)
