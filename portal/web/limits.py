"""How much a request may carry: a form of fields little, a form with files a file and its fields."""

from __future__ import annotations

from flask import Request

FIELDS_BYTES = 2_000_000
"""A table of 500 rows, typed in full."""


class LimitedRequest(Request):
    """A request whose body is refused before it is read where it is larger than its kind may be."""

    @property
    def max_content_length(self) -> int | None:
        """The limit of this request's body, in bytes.

        Fields sent as one string are taken apart all at once, so their limit has to be the smaller one; beside a file
        of the largest size there must be room for the fields of its page.
        """
        largest = super().max_content_length
        if self.mimetype == "multipart/form-data":
            return None if largest is None else largest + FIELDS_BYTES
        return FIELDS_BYTES

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value
