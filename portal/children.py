"""Children: processes of this program that work on what strangers send, with little memory and time.

A reader may die of a file, or be made to do the stranger's will. So a child gets no secrets and no network of its own
accord, answers with bytes that the parent reads with distrust, and takes nothing with it when it dies: the next
question gets a new child.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Self

_PROJECT: Final = Path(__file__).resolve().parents[1]
_LENGTH: Final = 8
"""Bytes that say how long a question or an answer is."""
LARGEST_ANSWER: Final = 200_000_000
"""In bytes: a child that says more is not believed."""


class ChildError(Exception):
    """The child died, took too long, or said nothing that can be read."""


class Child:
    """One process, asked one question after another."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start `python -m MODULE ARGUMENTS`, which calls `answer_all`. Raises ChildError."""
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_PROJECT,
                env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            )  # fmt: skip
        except OSError as error:
            raise ChildError(str(error)) from error
        self.asked = 0

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Return the answer.

        Raises:
            ChildError: there is none within that time; the child is gone then.
        """
        self.asked += 1
        watch = threading.Timer(seconds, self._process.kill)
        watch.start()
        try:
            _write(self._pipe(self._process.stdin), question)
            return _read(self._pipe(self._process.stdout))
        except (OSError, EOFError) as error:
            self.end()
            raise ChildError(str(error) or "it died or took too long") from error
        finally:
            watch.cancel()

    def end(self) -> None:
        """Stop the process and wait for it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                self._pipe(pipe).close()
            except OSError:  # what was not written any more
                continue
        self._process.wait()

    def is_alive(self) -> bool:
        """Return whether it can be asked."""
        return self._process.poll() is None

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101  both were asked for
        return pipe


class Children:
    """Children of one kind that are kept: starting one takes longer than most questions."""

    def __init__(self, module: str, *arguments: str, at_most: int = 0, questions_each: int = 200) -> None:
        """Keep at most so many (0: one for each processor), each for so many questions."""
        self._command = (module, *arguments)
        self.at_most = at_most or os.cpu_count() or 1
        self._questions_each = questions_each
        self._places = threading.BoundedSemaphore(self.at_most)
        self._idle: list[Child] = []

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Ask whoever is free, and wait for one if nobody is; raises ChildError. From any thread."""
        with self._places, self._free() as child:
            return child.ask(question, seconds)

    @contextmanager
    def _free(self) -> Iterator[Child]:
        try:
            child = self._idle.pop()
        except IndexError:
            child = Child(*self._command)
        try:
            yield child
        finally:
            if child.is_alive() and child.asked < self._questions_each:
                self._idle.append(child)
            else:
                child.end()

    def ask_once(self, question: bytes, seconds: float) -> bytes:
        """Ask a child that is for this question alone; raises ChildError."""
        with self:
            return self.ask(question, seconds)

    def close(self) -> None:
        """End all that are idle."""
        while self._idle:
            self._idle.pop().end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def answer_all(answer: Callable[[bytes], bytes], *, memory: int, cpu_seconds: int) -> int:
    """Be a child: answer what comes on standard input until it ends; return the exit code.

    Args:
        answer: makes an answer of a question; what it raises ends the child.
        memory: address space, in bytes.
        cpu_seconds: for each question.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            question = _read(sys.stdin.buffer)
        except EOFError:
            return 0
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_seconds, -1))
        _write(sys.stdout.buffer, answer(question))


def _write(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(_LENGTH))
    pipe.write(content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    length = int.from_bytes(_read_exactly(pipe, _LENGTH))
    if length > LARGEST_ANSWER:
        raise EOFError("it says too much")
    return _read_exactly(pipe, length)


def _read_exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
