"""Read the files that a declaration carries: its canonical answers, and all that its pages say."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader

ANSWERS, SHOWN = "answers.json", "declaration.json"


class NoSuchFile(Exception):
    """The document carries no such file, or cannot be read."""


def find_file(pdf: bytes, name: str = ANSWERS) -> bytes:
    """Return an embedded file; raise `NoSuchFile`. Verify the document first: this believes anything."""
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[index]).lstrip("/"): names[index + 1] for index in range(0, len(names), 2)}
        content: bytes = files[name]["/EF"]["/F"].data
    except Exception as error:
        # Parsers raise errors of many kinds on hostile files.
        raise NoSuchFile(f"{type(error).__name__}: {error}") from error
    return content
