"""Check definitions before anybody is asked by them: every fault at once, with the file or cell where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from questionnaires.catalogue import LOCK_NAME, Catalogue, age, read_lock
from questionnaires.editions import faults
from questionnaires.errors import DEFINITION_FILE, DefinitionErrors, Problem, QuestionnaireError
from questionnaires.loading import load_edition
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from questionnaires.workbooks.definition import read_definition
from questionnaires.workbooks.places import WorkbookErrors
from questionnaires.workbooks.sheets import Sheets

Where = Callable[[Problem], str]
"""Names the file or cell in which a problem is mended."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem, and where it is mended."""

    where: str
    """A file's path, or a workbook's and a cell: ``draft.xlsx Questions!F7``."""
    problem: Problem

    def __str__(self) -> str:
        """Return one line: ``definitions/human-rights/2026-1/nb.yaml: HR-30 [help]: nb.yaml lacks help``."""
        key = f" [{self.problem.key}]" if self.problem.key else ""
        return f"{self.where}: {self.problem.place or 'the edition'}{key}: {self.problem.sentence}"


@dataclass
class Check:
    """What was found in some definitions so far."""

    draft: bool = False
    """Whether translations may be missing."""
    faults: list[Fault] = field(default_factory=list)
    gaps: list[Fault] = field(default_factory=list)
    """Translations that drafts lack."""
    editions: dict[str, Questionnaire] = field(default_factory=dict)
    """By name, those that loaded."""
    _places: dict[str, Where] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    """The keys of those that did not load."""

    def add_edition(self, folder: Path) -> None:
        """Check the folder of one edition."""
        whole = folder.resolve()
        name = f"{whole.parent.name}/{whole.name}"
        self._take(name, lambda problem: str(folder / problem.file), lambda: load_edition(whole, draft=self.draft))

    def add_files(self, name: str, files: Mapping[str, bytes]) -> None:
        """Check the files of one edition by their names; `name` is its key and edition."""
        self._take(name, lambda problem: problem.file, lambda: load_files(name, files, draft=self.draft))

    def add_workbook(self, path: str, sheets: Sheets) -> None:
        """Check a definition as a workbook, by its name and its cells."""
        try:
            read = read_definition(sheets)
        except WorkbookErrors as error:
            self._broken |= {problem.edition.partition("/")[0] for problem in error.problems}
            self.faults += [Fault(with_cell(path, error.cell_of(each)), each) for each in error.problems]
            return
        where: Where = lambda problem: with_cell(path, read.cell_of(problem))  # noqa: E731
        self._take(read.name, where, lambda: load_files(read.name, read.files, draft=self.draft))

    def compare(self) -> None:
        """Check editions of the same questionnaire against each other, where all of them loaded."""
        by_key: dict[str, list[Questionnaire]] = {}
        for edition in sorted(self.editions.values(), key=lambda one: age(one.edition)):
            by_key.setdefault(edition.key, []).append(edition)
        for key, editions in by_key.items():
            if len(editions) > 1 and key not in self._broken:
                self._note(faults(editions))

    def compare_with(self, catalogue: Catalogue) -> None:
        """Check that what loaded fits to editions that are published, and is not one of them."""
        published = {one.name for one in catalogue.all()} & self.editions.keys()
        for name in sorted(published):
            sentence = f"edition: {name} is published and cannot be changed; give this one a new edition"
            self._note([Problem(name, "", sentence, "edition")])
        if published or self._broken:
            return
        try:
            catalogue.with_more(self.editions.values())
        except DefinitionErrors as error:
            self._note(error.problems)

    def compare_whole(self, folder: Path) -> None:
        """Check that the definitions of a folder fit together as the portal demands when it starts."""
        if self._broken:
            self.compare()
            return
        try:
            Catalogue(self.editions.values()).refuse_changes(read_lock(folder.parent / LOCK_NAME))
        except DefinitionErrors as error:
            self._note(error.problems)
        except QuestionnaireError as error:
            self.faults.append(Fault(str(folder), Problem("", "", str(error))))

    def _take(self, name: str, where: Where, load: Callable[[], Questionnaire]) -> None:
        self._places[name] = where
        try:
            edition = load()
        except DefinitionErrors as error:
            self._broken.add(name.partition("/")[0])
            self._note(error.problems)
            return
        self.editions[name] = edition
        self.gaps += [Fault(where(problem), problem) for problem in edition.gaps]

    def _note(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            where = self._places.get(problem.edition)
            self.faults.append(Fault(where(problem) if where else problem.edition, problem))


@dataclass(frozen=True, slots=True)
class Found:
    """The editions below a folder."""

    editions: tuple[Path, ...]
    is_whole: bool = False
    """Whether the folder holds all definitions of an installation: ``<key>/<edition>/``."""


def find_editions(folder: Path) -> Found:
    """Return the editions in a folder: itself, all of a questionnaire, or all of an installation; or none."""
    if (folder / DEFINITION_FILE).exists():
        return Found((folder,))
    if any(folder.glob("*/*.yaml")):
        return Found(tuple(_visible(folder, "*/")))
    if any(folder.glob("*/*/*.yaml")):
        return Found(tuple(_visible(folder, "*/*/")), is_whole=True)
    return Found((folder,) if any(folder.glob("*.yaml")) else ())


def _visible(folder: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(folder.glob(pattern)):
        parts = path.relative_to(folder).parts
        if path.is_dir() and not any(part.startswith((".", "_")) for part in parts):
            yield path


def with_cell(path: str, cell: str | None) -> str:
    """Return a workbook's path and the cell in it, if there is one."""
    return f"{path} {cell}" if cell else path
