"""What a file from outside is: its name's ending, its first bytes and its structure must tell the same story.

Nothing is unpacked here; of a workbook only the directory is read.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping

import filetype

from portal.config import MAXIMUM_UPLOAD_BYTES
from questionnaires.answers.cleaning import clean_line
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.files import LONGEST_FILE_NAME
from questionnaires.texts import Text

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA_TYPES = {
    ".pdf": PDF, ".xlsx": XLSX, ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
}  # fmt: skip
_ENDINGS = {PDF: ".pdf", XLSX: ".xlsx", "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
_MOST_ENTRIES = 2_000
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 100
_HEAD = 1_024
"""Readers of PDF look for its mark this far into a file."""
_TAIL = 2_048
_ZIP_END = b"PK\x05\x06"
_ZIP_ENTRY = b"PK\x01\x02"
_PARTS_NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}

_SENTENCES: Mapping[str, Text] = {
    "empty": Text.of("“{name}” is empty. Choose another file.", nb="«{name}» er tom. Velg en annen fil."),
    "too_large": Text.of(
        "“{name}” is larger than {megabytes} MB. Make it smaller, or split it, and upload it again.",
        nb="«{name}» er større enn {megabytes} MB. Gjør den mindre, eller del den, og last den opp igjen.",
    ),
    "unknown_kind": Text.of(
        "“{name}” is not a file of a kind we can take: a PDF, an Excel workbook (.xlsx) or a picture.",
        nb="«{name}» er ikke en fil av et slag vi kan ta imot: en PDF, en Excel-arbeidsbok (.xlsx) eller et bilde.",
    ),
    "other_kind": Text.of(
        "“{name}” is named as one kind of file, but is another. Save it again in the right format and upload that.",
        nb="«{name}» heter som én type fil, men er en annen. Lagre den på nytt i riktig format og last opp den.",
    ),
    "damaged": Text.of(
        "“{name}” is damaged or not complete. Open it on your computer, save it again, and upload that.",
        nb="«{name}» er skadet eller ikke hel. Åpne den på maskinen din, lagre den på nytt, og last opp den.",
    ),
    "macros": Text.of(
        "“{name}” holds macros. Save it as a workbook without macros (.xlsx) and upload that.",
        nb="«{name}» inneholder makroer. Lagre den som arbeidsbok uten makroer (.xlsx) og last opp den.",
    ),
    "protected": Text.of(
        "“{name}” is protected by a password. Save it without the password and upload that.",
        nb="«{name}» er beskyttet med passord. Lagre den uten passord og last opp den.",
    ),
    "unsafe": Text.of(
        "“{name}” is packed in a way we cannot take. Open it in Excel, save it as a new workbook, and upload that.",
        nb="«{name}» er pakket på en måte vi ikke kan ta imot. Åpne den i Excel, lagre den som ny arbeidsbok, og "
        "last opp den.",
    ),
}


class FileRefused(Exception):
    """A file cannot be taken; the code says why."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code, name)
        self.code = code
        self.name = name

    def message(self, language: str) -> str:
        """Return the sentence for the person who uploaded it."""
        megabytes = MAXIMUM_UPLOAD_BYTES // (1024 * 1024)
        return _SENTENCES[self.code].in_language(language).format(name=self.name, megabytes=megabytes)


def examine(name: str, content: bytes) -> str:
    """Return the media type of a file by name ending, first bytes and structure, which have to agree.

    Raises:
        FileRefused: it is empty, too large, of another kind, damaged, or packed to do harm.
    """
    code = _size_fault(content)
    if code:
        raise FileRefused(code, name)
    claimed = _MEDIA_TYPES.get(_ending(name))
    found = _kind_of(content)
    if claimed is None or found is None:
        raise FileRefused("unknown_kind", name)
    code = "other_kind" if claimed != found else _STRUCTURE.get(found, _image_fault)(content)
    if code:
        raise FileRefused(code, name)
    return claimed


def plain_name(written: str, content: bytes = b"") -> str:
    """Return a file name that is safe to keep and to show: the last part of a path, one clean line, its ending kept."""
    last = written.replace("\\", "/").rpartition("/")[2]
    try:
        line = clean_line(last, max(LONGEST_FILE_NAME, len(last))) or ""
    except AnswerError:
        line = ""
    stem, dot, ending = line.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = line, ""
    if not stem.strip(". "):
        stem = "file"
    suffix = f".{ending}" if ending else _ENDINGS.get(_kind_of(content) or "", "")
    return stem[: LONGEST_FILE_NAME - len(suffix)].strip() + suffix


def _size_fault(content: bytes) -> str | None:
    if not content:
        return "empty"
    return "too_large" if len(content) > MAXIMUM_UPLOAD_BYTES else None


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()


def _kind_of(content: bytes) -> str | None:
    """Return the media type that the first bytes stand for; a ZIP counts as a workbook until its directory is read."""
    if content.startswith(b"PK\x03\x04"):
        return XLSX
    if content.startswith(b"%PDF-"):
        return PDF
    found = filetype.guess_mime(content[:_HEAD])
    return found if found in _ENDINGS and found not in {PDF, XLSX} else None


def _pdf_fault(content: bytes) -> str | None:
    if b"%%EOF" not in content[-_TAIL:]:
        return "damaged"
    return "other_kind" if _ends_as_zip(content) else None


def _image_fault(content: bytes) -> str | None:
    return "other_kind" if b"%PDF-" in content[:_HEAD] or _ends_as_zip(content) else None


def _workbook_fault(content: bytes) -> str | None:
    if b"%PDF-" in content[:_HEAD]:
        return "other_kind"
    if content.count(_ZIP_ENTRY) > _MOST_ENTRIES:
        return "unsafe"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError, UnicodeError):
        return "damaged"
    return _directory_fault(entries, len(content))


def _directory_fault(entries: list[zipfile.ZipInfo], packed: int) -> str | None:
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "protected"
    if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * packed or any(map(_is_unsafe, entries)):
        return "unsafe"
    if len({name.lower() for name in names}) != len(names):
        return "unsafe"
    if any(name.lower().endswith("vbaproject.bin") or name.lower().startswith("xl/macrosheets/") for name in names):
        return "macros"
    return None if set(names) >= _PARTS_NEEDED else "other_kind"


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    parts = name.split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or ".." in parts or any(sign in name for sign in "\\:\0")


def _ends_as_zip(content: bytes) -> bool:
    """Return whether a ZIP's end record reaches to the last byte: a file that is two things at once."""
    place = content.rfind(_ZIP_END, max(0, len(content) - 65_557))
    if place < 0 or place + 22 > len(content):
        return False
    comment = int.from_bytes(content[place + 20 : place + 22], "little")
    return place + 22 + comment == len(content)


_STRUCTURE: Mapping[str, Callable[[bytes], str | None]] = {PDF: _pdf_fault, XLSX: _workbook_fault}
