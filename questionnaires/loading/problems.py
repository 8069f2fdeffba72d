"""The faults found in an edition, gathered so that its author sees all of them at once."""

from __future__ import annotations

from questionnaires.errors import DefinitionErrors


class Problems:
    """Sentences about one edition, each beginning with the edition's name."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        self._sentences: dict[str, None] = {}

    def add(self, place: str, sentence: str) -> None:
        """Keep a fault; the same one found twice (a section that is repeated) is told once."""
        self._sentences[": ".join(part for part in (self.edition, place, sentence) if part)] = None

    def refuse(self) -> None:
        """Raise DefinitionErrors if there is any fault."""
        if self._sentences:
            raise DefinitionErrors(self._sentences)
