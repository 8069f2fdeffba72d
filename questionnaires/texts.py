"""Words for people, in every language an edition is written in."""

from __future__ import annotations

from dataclasses import dataclass

ENGLISH = "en"
BOKMAAL = "nb"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in English and its translations."""

    english: str
    translations: tuple[tuple[str, str], ...] = ()
    """Pairs of language code and text, English not among them."""

    @classmethod
    def of(cls, english: str, **translations: str) -> Text:
        """Make a text: ``Text.of("Yes", nb="Ja")``."""
        return cls(english, tuple(sorted(translations.items())))

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages the text exists in, English first."""
        return (ENGLISH, *(code for code, _ in self.translations))

    def in_language(self, code: str) -> str:
        """Return the text in the language, or in English where there is no such translation.

        A regional code (``nb_NO``, ``en-GB``) is read as its language.
        """
        language = code[:2].lower()
        for known, text in self.translations:
            if known == language:
                return text
        return self.english

    def filled(self, **parts: Text) -> Text:
        """Return the text with ``{name}`` replaced by the part of that name, in each language."""
        return Text(
            _filled(self.english, ENGLISH, parts),
            tuple((code, _filled(text, code, parts)) for code, text in self.translations),
        )


def _filled(text: str, language: str, parts: dict[str, Text]) -> str:
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part.in_language(language))
    return text
