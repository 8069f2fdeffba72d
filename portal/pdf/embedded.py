"""Read the files that a declaration carries: its canonical answers, and all that its pages say."""

import io
import json

from pyhanko.pdf_utils.reader import PdfFileReader

ANSWERS, SHOWN = "answers.json", "declaration.json"


class NoSuchFile(Exception):
    """The document carries no such file, or cannot be read."""


def find_file(pdf: bytes, name: str = ANSWERS) -> bytes:
    """Return an embedded file; raise `NoSuchFile`. Verify the document first: this believes anything."""
    try:
        return file_in(PdfFileReader(io.BytesIO(pdf)), name)
    except NoSuchFile:
        raise
    except Exception as error:
        # Parsers raise errors of many kinds on hostile files.
        raise NoSuchFile(f"{type(error).__name__}: {error}") from error


def file_in(reader: PdfFileReader, name: str) -> bytes:
    """Return an embedded file of a document that is being read; raise `NoSuchFile`."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[index]).lstrip("/"): names[index + 1] for index in range(0, len(names), 2)}
        content: bytes = files[name]["/EF"]["/F"].data
    except Exception as error:
        raise NoSuchFile(f"{type(error).__name__}: {error}") from error
    return content


def declared_signatories(reader: PdfFileReader) -> tuple[str, ...]:
    """Return the names of all who are to sign, in order, as the document itself says; one where it is silent."""
    try:
        shown = json.loads(file_in(reader, SHOWN))
    except NoSuchFile:
        return ("",)
    return shown["signatory_name"], *(each["name"] for each in shown.get("other_signatories", ()))
