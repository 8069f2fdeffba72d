"""Read the canonical answers that a declaration carries."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader

ANSWERS = "answers.json"


class NoAnswers(Exception):
    """The file carries no answers, or cannot be read."""


def find_answers(pdf: bytes) -> bytes:
    """Return the embedded answers.json; raise `NoAnswers`. Verify the file first: this believes anything."""
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[index]).lstrip("/"): names[index + 1] for index in range(0, len(names), 2)}
        content: bytes = files[ANSWERS]["/EF"]["/F"].data
    except Exception as error:
        # Parsers raise errors of many kinds on hostile files.
        raise NoAnswers(f"{type(error).__name__}: {error}") from error
    return content
