"""One mapping of a definition, read key by key, with its translations beside it.

Reading never stops at a fault: it is noted and a stand-in returned, so that the author sees all at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite

from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading.problems import Problems
from questionnaires.texts import Text

OPTION_MARK = "{option}"
IN_ENGLISH = "[en] "
"""Stands before an English text in the place of a translation that a draft lacks."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_YES_NO_TRAP = 'YAML reads yes, no, on and off without quotes as true or false; write "yes" or "no" in quotes'


def found_under(values: object, key: object) -> object:
    """Return what a mapping holds under a key; None where it is no mapping, or the key no word."""
    return values.get(key) if isinstance(values, dict) and isinstance(key, str) else None


def as_list(value: object) -> list[object]:
    """Return the list, an empty one in place of anything else."""
    return value if isinstance(value, list) else []


class Entry:
    """A mapping with a place in the edition, its translations, and where its faults are noted."""

    def __init__(
        self,
        place: str,
        values: object,
        twins: Mapping[str, object],
        problems: Problems,
        option: Text | None = None,
    ) -> None:
        self.place = place
        self._values = values if isinstance(values, dict) else {}
        self._twins = twins
        self._problems = problems
        self._option = option
        self._asked: dict[str, None] = {}
        self._translated: set[str] = set()
        self._parts: set[str] = set()
        if not isinstance(values, dict):
            self.refuse("must hold keys and values")

    def refuse(self, sentence: str, key: str = "", file: str = DEFINITION_FILE) -> None:
        """Note a fault at this place, and of which key and file it is."""
        self._problems.add(self.place, sentence, key, file)

    def has(self, key: str) -> bool:
        """Return whether the key is written."""
        self._asked[key] = None
        return self._values.get(key) is not None

    def raw(self, key: str) -> object:
        """Return what is written under the key, whatever it is; None where nothing is."""
        self._asked[key] = None
        return self._values.get(key)

    def text(self, key: str) -> Text:
        """Return a text that must be there, in English and every translation."""
        if not self.has(key):
            self.refuse(f"{key} is missing", key)
        return self.optional_text(key) or Text.of("")

    def optional_text(self, key: str) -> Text | None:
        """Return a text in all languages, None where it is not written."""
        if not self.has(key):
            return None
        self._translated.add(key)
        english = self._words(key, self._values[key])
        translations = {code: self._translation(key, code, english) for code in self._twins}
        return self._filled(key, Text.of(english, **translations))

    def string(self, key: str, default: str = "") -> str:
        """Return words that are the same in every language."""
        return self._words(key, self._values[key]) if self.has(key) else default

    def code(self, key: str) -> str:
        """Return a code that must be there: letters, digits, - and _."""
        if not self.has(key):
            self.refuse(f"{key} is missing", key)
            return ""
        return self.as_code(key, self._values[key])

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of codes, empty where it is not written."""
        return self.as_codes(key, self._values[key]) if self.has(key) else ()

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of words that are the same in every language, empty where it is not written."""
        if not self.has(key):
            return ()
        listed = self.listed(key)
        if not listed:
            self.refuse(f"{key} must be a list of words, such as [a, b]", key)
        return tuple(self._words(key, value) for value in listed)

    def as_codes(self, key: str, value: object) -> tuple[str, ...]:
        """Return the value as codes; a fault is told under the key."""
        if not isinstance(value, list) or not value:
            self.refuse(f"{key} must be a list of codes, such as [a, b]", key)
            return ()
        return tuple(self.as_code(key, code) for code in value)

    def as_code(self, key: str, value: object) -> str:
        """Return the value as a code; a fault is told under the key."""
        if isinstance(value, bool):
            self.refuse(f"{key} holds {str(value).lower()}, not a code: {_YES_NO_TRAP}", key)
        elif not isinstance(value, str):
            self.refuse(f"{key} holds {value!r}, not a code: write it in quotes", key)
        elif not _CODE.fullmatch(value):
            self.refuse(f'{key} holds "{value}"; a code has letters, digits, - and _ only', key)
        return value if isinstance(value, str) else str(value).lower()

    def whole(self, key: str, default: int) -> int:
        """Return a whole number, the default where it is not written."""
        if not self.has(key):
            return default
        value = self._values[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(f"{key} must be a whole number", key)
            return default
        return value

    def whole_within(self, key: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number between two others; the default where none is written."""
        value = self.whole(key, default)
        if not lowest <= value <= highest:
            self.refuse(f"{key} must lie between {lowest} and {highest}", key)
        return value

    def number(self, key: str, default: Decimal) -> Decimal:
        """Return a number, the default where it is not written."""
        return self.as_number(key, self._values[key]) if self.has(key) else default

    def as_number(self, key: str, value: object) -> Decimal:
        """Return the value as a number; a fault is told under the key."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.refuse(f"{key} must be a number", key)
            return Decimal(0)
        return Decimal(str(value))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false, the default where it is not written."""
        if not self.has(key):
            return default
        value = self._values[key]
        if not isinstance(value, bool):
            self.refuse(f"{key} must be true or false", key)
        return value is True

    def date(self, key: str, default: date) -> date:
        """Return a date, the default where it is not written; YAML reads 2026-02-01 as one by itself."""
        value = self.raw(key)
        if value is None:
            return default
        try:  # a moment, 2026-02-01 12:00, is no date
            return value if type(value) is date else date.fromisoformat(str(value))
        except ValueError:
            self.refuse(f"{key} must be a date, as 2026-02-01", key)
            return default

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """Return one of the allowed words; None (and a fault noted) for any other."""
        value = self.code(key) if self.has(key) else None
        if value is None:
            self.refuse(f"{key} is missing; allowed: {', '.join(allowed)}", key)
        elif value not in allowed:
            self.refuse(f"unknown {key} {value}; allowed: {', '.join(allowed)}", key)
            return None
        return value

    def entry(self, key: str) -> Entry | None:
        """Return the mapping under the key, None where there is none."""
        if not self.has(key):
            return None
        return self.child(self.inside(key), self._values[key], self.twins(key))

    def inside(self, part: str) -> str:
        """Return the place of a part of this mapping."""
        return f"{self.place}: {part}" if self.place else part

    def child(self, place: str, values: object, twins: Mapping[str, object]) -> Entry:
        """Return a mapping inside this one."""
        return Entry(place, values, twins, self._problems, self._option)

    def repeated(self, option: Text) -> Entry:
        """Return the same mapping for one option of the question its section is repeated for."""
        return Entry(self.place, self._values, self._twins, self._problems, option)

    def listed(self, key: str) -> list[object]:
        """Return the list under the key, empty where it is not written."""
        value = self.raw(key)
        if value is not None and not isinstance(value, list):
            self.refuse(f"{key} must be a list", key)
        return as_list(value)

    def entries(self, key: str, id_key: str) -> list[Entry]:
        """Return the mappings listed under the key, each with the translations kept under its id."""
        self.translates(key)
        twins = self.twins(key)
        entries, ids = [], []
        for position, values in enumerate(self.listed(key), start=1):
            found = found_under(values, id_key)
            ids.append(str(found))
            own = {code: found_under(twin, found) for code, twin in twins.items()}
            entries.append(self.child(self.inside(f"{key} {found or position}"), values, own))
        for twice in sorted({known for known in ids if ids.count(known) > 1}):
            self.refuse(f"{key}: {twice} is there twice", key)
        self.refuse_strangers(key, ids)
        return entries

    def in_order(self, key: str) -> list[Entry]:
        """Return the mappings listed under the key, each with the translation in the same position."""
        self.translates(key)
        listed = self.listed(key)
        for code, twin in self.twins(key).items():
            if isinstance(twin, list) and len(twin) > len(listed):
                sentence = f"{code}.yaml has {len(twin)} {key} where questionnaire.yaml has {len(listed)}"
                self.refuse(sentence, key, f"{code}.yaml")
        return [
            self.child(self.inside(f"{key} {index + 1}"), values, self._twins_at(key, index))
            for index, values in enumerate(listed)
        ]

    def twins(self, key: str) -> dict[str, object]:
        """Return what each translation says under the key."""
        return {code: found_under(twin, key) for code, twin in self._twins.items()}

    def translates(self, *keys: str) -> None:
        """Allow keys in the translations whose texts are read in another way than by ``text``."""
        self._parts.update(keys)
        self._translated.update(keys)

    def refuse_strangers(self, key: str, ids: Iterable[str]) -> None:
        """Refuse translations under the key of what is not in the definition."""
        known = set(ids)
        for code, twin in self.twins(key).items():
            for stranger in sorted({str(found) for found in twin} - known) if isinstance(twin, dict) else ():
                sentence = f"{code}.yaml translates {key} {stranger}, which questionnaire.yaml does not have"
                self.refuse(sentence, key, f"{code}.yaml")

    @property
    def asked(self) -> tuple[str, ...]:
        """The keys that something has asked for so far: those that may be written here."""
        return tuple(self._asked)

    def close(self) -> None:
        """Refuse every key that nothing has asked for."""
        for key in self._values:
            if key not in self._asked:
                self.refuse(f"unknown key {key}; allowed: {', '.join(self.asked)}", key)
        for code, twin in self._twins.items():
            if twin is not None and not isinstance(twin, dict) and len(self._translated - self._parts) != 1:
                self.refuse(f"{code}.yaml must hold keys and values here", file=f"{code}.yaml")
            for key in twin if isinstance(twin, dict) else ():
                if key not in self._translated:
                    allowed = ", ".join(sorted(self._translated))
                    self.refuse(f"{code}.yaml: unknown key {key}; allowed: {allowed}", key, f"{code}.yaml")

    def _words(self, key: str, value: object, file: str = DEFINITION_FILE) -> str:
        where = "" if file == DEFINITION_FILE else f"{file}: "
        if isinstance(value, bool):
            self.refuse(f"{where}{key} holds {str(value).lower()}, not text: {_YES_NO_TRAP}", key, file)
        elif not isinstance(value, str):
            self.refuse(f"{where}{key} must be text; write it in quotes", key, file)
        elif not value.strip():
            self.refuse(f"{where}{key} is empty", key, file)
        return value.strip() if isinstance(value, str) else ""

    def _translation(self, key: str, code: str, english: str) -> str:
        """Return the translation of the key; a translation that is a bare text translates the only text.

        Where a draft has none yet the English text stands in, marked as such.
        """
        twin = self._twins[code]
        value = twin.get(key) if isinstance(twin, dict) else twin
        if value is None:
            self._problems.lacks(self.place, key, code)
            return IN_ENGLISH + english
        return self._words(key, value, f"{code}.yaml")

    def _filled(self, key: str, text: Text) -> Text:
        if self._option:
            return text.filled(option=self._option)
        if OPTION_MARK in text.english:
            self.refuse(f"{OPTION_MARK} stands in a section that is not repeated", key)
        return text

    def _twins_at(self, key: str, index: int) -> dict[str, object]:
        return {
            code: twin[index] if isinstance(twin, list) and index < len(twin) else None
            for code, twin in self.twins(key).items()
        }
