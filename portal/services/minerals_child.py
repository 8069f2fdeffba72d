"""Read CMRT and EMRT workbooks of strangers in processes of their own, with little memory and time.

The child is run as `python -m portal.services.minerals_child`; a question is one byte, what is wanted, and the file;
the answer is JSON: the workbook, or why it is not read. To write, the declaration stands before the blank template,
and the answer is the file.
"""

from __future__ import annotations

import json
import logging
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

from portal.children import ChildError, Children, answer_all
from questionnaires.minerals.json_form import from_json, to_json
from questionnaires.minerals.model import Workbook
from questionnaires.minerals.references import References, complete
from questionnaires.minerals.refusals import CODES, NotReadable
from questionnaires.minerals.unwritable import NotWritable

MEMORY: Final = 512_000_000
"""Address space of a child, in bytes."""
CPU_SECONDS: Final = 8
"""For each file; one takes a tenth of a second."""
TIMEOUT_SECONDS: Final = 9
LONGEST_ANSWER: Final = 30_000_000
"""In bytes: a workbook of 50,000 smelters has less."""
_PLAIN, _WITH_REFERENCES, _WRITE = b"0", b"1", b"2"
_LENGTH: Final = 4
"""Bytes that say how long the declaration is."""

_FILE: Final = b"PK"

_logger = logging.getLogger(__name__)


def readers(at_most: int = 0) -> Children:
    """Return children that read workbooks, many files one after another."""
    return Children(__name__, at_most=at_most)


def read_in_child(
    content: bytes,
    known: References | None = None,
    *,
    with_references: bool = False,
    children: Children | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Workbook:
    """Return what the workbook says; see `questionnaires.minerals.reading.read`.

    Without `children` the file gets a child for itself.

    Raises:
        NotReadable: also when the child dies of the file.
    """
    if not content:
        raise NotReadable("empty")
    question = (_WITH_REFERENCES if with_references else _PLAIN) + content
    try:
        ask = children.ask if children else readers(at_most=1).ask_once
        answer = ask(question, timeout)
    except ChildError as error:
        _logger.warning("reading a workbook of %d bytes was stopped", len(content), exc_info=True)
        raise NotReadable("stopped") from error
    workbook = _believed(answer)
    return replace(workbook, smelters=complete(workbook.smelters, known)) if known else workbook


def write_in_child(template: bytes, declaration: Workbook, *, children: Children | None = None) -> bytes:
    """Return the blank template with the declaration in it; see `questionnaires.minerals.writing.write`.

    Raises:
        NotReadable: the template, also when the child dies of it.
        NotWritable: it does not fit.
    """
    said = _as_bytes(to_json(declaration))
    question = _WRITE + len(said).to_bytes(_LENGTH, "big") + said + template
    try:
        ask = children.ask if children else readers(at_most=1).ask_once
        answer = ask(question, TIMEOUT_SECONDS)
    except ChildError as error:
        _logger.warning("writing into a template of %d bytes was stopped", len(template), exc_info=True)
        raise NotReadable("stopped") from error
    if answer.startswith(_FILE):
        return answer
    code = _refused(answer)
    raise NotWritable(code) if code in NotWritable.CODES else NotReadable(code if code in CODES else "unreadable")


def _refused(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["refused"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "unreadable"


def read_workbooks(
    contents: Iterable[bytes], children: Children, known: References | None = None
) -> Iterator[Workbook | NotReadable]:
    """Give what each file says, or why it is not read, in their order; only a few are held at a time."""

    def read(content: bytes) -> Workbook | NotReadable:
        try:
            return read_in_child(content, known, children=children)
        except NotReadable as refusal:
            return refusal

    waiting: deque[Future[Workbook | NotReadable]] = deque()
    with ThreadPoolExecutor(children.at_most) as pool:
        for content in contents:
            waiting.append(pool.submit(read, content))
            if len(waiting) > 2 * children.at_most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _believed(answer: bytes) -> Workbook:
    """Return the workbook of an answer. Raises NotReadable, also for an answer that no child of ours gives."""
    try:
        if len(answer) > LONGEST_ANSWER:
            raise NotReadable("too_large")
        found: dict[str, Any] = json.loads(answer)
        if "refused" not in found:
            return from_json(found)
        code = found["refused"]
        refusal = NotReadable(code if code in CODES else "unreadable", **dict(found["facts"]))
        refusal.sentence()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        _logger.warning("what a child said of a workbook cannot be believed", exc_info=True)
        raise NotReadable("unreadable") from error
    raise refusal


def _template_and_declaration(question: bytes) -> tuple[bytes, Workbook]:
    end = _LENGTH + int.from_bytes(question[:_LENGTH], "big")
    return question[end:], from_json(json.loads(question[_LENGTH:end]))


def _as_bytes(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def main() -> int:
    """Read what is asked; return the exit code."""
    # Imported here: whoever only starts children need not load the reader of spreadsheets.
    from questionnaires.minerals.reading import read  # noqa: PLC0415
    from questionnaires.minerals.writing import write  # noqa: PLC0415

    def answer(question: bytes) -> bytes:
        try:
            if question[:1] == _WRITE:
                return write(*_template_and_declaration(question[1:]))
            found = to_json(read(question[1:], with_references=question[:1] == _WITH_REFERENCES))
        except NotWritable as refusal:
            found = {"refused": refusal.code}
        except NotReadable as refusal:
            found = {"refused": refusal.code, "facts": dict(refusal.facts)}
        return _as_bytes(found)

    return answer_all(answer, memory=MEMORY, cpu_seconds=CPU_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
