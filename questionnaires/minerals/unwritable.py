"""Why a declaration cannot be written into a template."""

from __future__ import annotations

from typing import ClassVar


class NotWritable(Exception):
    """It does not fit; the code says why, the sentence stands in `sentences/`, under `unwritable`."""

    CODES: ClassVar = frozenset(
        {
            "other_kind", "other_generation", "not_blank", "structure", "too_many_smelters", "too_many_products",
            "not_same",
        }
    )  # fmt: skip
    """`not_same`: read back, the written file says something else."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
