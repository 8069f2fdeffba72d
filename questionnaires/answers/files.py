"""Answers that are files. The files themselves are taken in by the web; here stands what is said of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from questionnaires.answers.base import AnswerType, FieldValues, FormFields
from questionnaires.answers.cleaning import clean_line
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.locales import number_in_words
from questionnaires.texts import Text
from questionnaires.values import LARGEST_WHOLE_NUMBER, Value


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file a question may ask for."""

    text: Text
    media_types: frozenset[str]


FILE_KINDS: Mapping[str, FileKind] = {
    "pdf": FileKind(Text.of("a PDF", nb="en PDF"), frozenset({"application/pdf"})),
    "xlsx": FileKind(
        Text.of("an Excel workbook (.xlsx)", nb="en Excel-arbeidsbok (.xlsx)"),
        frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    ),
    "image": FileKind(
        Text.of("a picture (JPEG or PNG)", nb="et bilde (JPEG eller PNG)"),
        frozenset({"image/jpeg", "image/png"}),
    ),
}
"""By the name in the YAML."""

LONGEST_FILE_NAME = 200

_KEYS = {"sha256", "name", "size", "media_type"}
_SHA256 = re.compile("[0-9a-f]{64}")
_OR = {"en": " or ", "nb": " eller "}


@dataclass(frozen=True, slots=True)
class Files(AnswerType):
    """Files; the canonical form is a list of {"sha256", "name", "size", "media_type"}."""

    kinds: tuple[str, ...] = tuple(FILE_KINDS)
    maximum_files: int = 5
    name: ClassVar[str] = "file"
    read_from_form: ClassVar[bool] = False

    @property
    def media_types(self) -> frozenset[str]:
        """The media types a file may have."""
        return frozenset().union(*(FILE_KINDS[kind].media_types for kind in self.kinds))

    @property
    def kinds_in_words(self) -> Text:
        """The kinds as part of a sentence: "a PDF or an Excel workbook (.xlsx)"."""
        words = {
            language: either.join(FILE_KINDS[kind].text.in_language(language) for kind in self.kinds)
            for language, either in _OR.items()
        }
        return Text.of(words.pop("en"), **words)

    def read(self, form: FormFields, name: str) -> Value:  # noqa: ARG002 - a form carries no file's record
        """Return None: what is on file is known to the web, and a form's word is not taken for it."""
        return None

    def posted(self, form: FormFields, name: str) -> FieldValues:  # noqa: ARG002 - see ``read``
        """Return no files."""
        return {"files": []}

    def parse(self, fields: FieldValues) -> Value:
        """Return the files listed, checked; None for an empty list."""
        files = [dict(file) for file in fields["files"]]
        if not files:
            return None
        self.check(files)
        return files

    def check(self, value: Value) -> None:
        """Refuse what is no list of file records, too many, the same twice, and kinds not asked for."""
        if not isinstance(value, list) or not value or not all(_is_record(file) for file in value):
            raise AnswerError("wrong_shape")
        if len(value) > self.maximum_files:
            raise AnswerError("too_many_files", files=len(value), maximum=self.maximum_files)
        seen: set[str] = set()
        for file in value:
            if file["media_type"] not in self.media_types:
                raise AnswerError("wrong_kind", name=file["name"], kinds=self.kinds_in_words)
            if file["sha256"] in seen:
                raise AnswerError("same_file", name=file["name"])
            seen.add(file["sha256"])

    def display(self, value: Value, language: str) -> str:
        """Return one line a file: its name and its size in kilobytes, rounded up."""
        files = value if isinstance(value, list) else []
        return "\n".join(
            f"{file['name']} ({number_in_words(-(-file['size'] // 1000), language)}\u00a0kB)" for file in files
        )

    def field_values(self, value: Value) -> FieldValues:
        """Return the file records."""
        return {"files": [dict(file) for file in value] if isinstance(value, list) else []}


def _is_record(file: Any) -> bool:
    if not isinstance(file, dict) or set(file) != _KEYS:
        return False
    texts = (file["sha256"], file["name"], file["media_type"])
    if not all(isinstance(text, str) for text in texts) or not _SHA256.fullmatch(file["sha256"]):
        return False
    size = file["size"]
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= LARGEST_WHOLE_NUMBER
    return is_size and _is_file_name(file["name"])


def _is_file_name(name: str) -> bool:
    try:
        return clean_line(name, LONGEST_FILE_NAME) == name
    except AnswerError:
        return False
