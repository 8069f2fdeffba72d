"""Find a questionnaire by key and edition; keep what is published as it was published.

``python -m questionnaires.catalogue`` lists the editions; with ``--lock`` it publishes those that are new.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from questionnaires.editions import faults
from questionnaires.errors import DefinitionErrors, EditionChanged, Problem, QuestionnaireError, UnknownQuestionnaire
from questionnaires.loading import load_edition
from questionnaires.model import Questionnaire

DEFINITIONS = Path(__file__).parent / "definitions"
LOCK_NAME = "published.lock"


class Catalogue:
    """Editions by key and age, each checked by itself and against the ones before it."""

    def __init__(self, questionnaires: Iterable[Questionnaire], retired: Iterable[str] = ()) -> None:
        """Raise DefinitionErrors where a question changed from one edition to the next and does not say so.

        Args:
            questionnaires: the editions.
            retired: names of those that are asked no more.
        """
        editions: dict[str, dict[str, Questionnaire]] = {}
        for questionnaire in sorted(questionnaires, key=lambda one: (one.key, age(one.edition))):
            editions.setdefault(questionnaire.key, {})[questionnaire.edition] = questionnaire
        _refuse_faults(editions)
        self._editions, self._retired = editions, frozenset(retired)

    @classmethod
    def load(cls, folder: Path | None = None) -> Catalogue:
        """Load every ``<key>/<edition>/`` in the folder (None: the shipped definitions).

        The lock is the file ``published.lock`` beside the folder. Raises DefinitionErrors with the faults of
        all editions, and EditionChanged where a published edition was changed or is gone.
        """
        folder = folder or DEFINITIONS
        catalogue = cls(_load_all(folder))
        published = read_lock(folder.parent / LOCK_NAME)
        catalogue.refuse_changes(published)
        return catalogue

    def with_more(self, questionnaires: Iterable[Questionnaire]) -> Catalogue:
        """Return a catalogue that holds these editions too; raises DefinitionErrors where they do not fit."""
        return Catalogue((*self.all(), *questionnaires), self._retired)

    def find(self, key: str, edition: str) -> Questionnaire:
        """Return the edition; raises UnknownQuestionnaire."""
        editions = self._editions_of(key)
        if edition not in editions:
            raise UnknownQuestionnaire(f"{key} has no edition {edition}; it has {', '.join(editions)}")
        return editions[edition]

    def newest(self, key: str) -> Questionnaire:
        """Return the newest edition; raises UnknownQuestionnaire."""
        return list(self._editions_of(key).values())[-1]

    def offered(self, key: str) -> Questionnaire | None:
        """Return the edition that is asked from now on: the newest that is not retired, if there is one."""
        editions = reversed(self._editions.get(key, {}).values())
        return next((one for one in editions if one.name not in self._retired), None)

    def all_offered(self) -> tuple[Questionnaire, ...]:
        """Return what can be asked, one edition of each questionnaire, by key."""
        found = (self.offered(key) for key in sorted(self._editions))
        return tuple(one for one in found if one)

    def is_retired(self, name: str) -> bool:
        """Return whether an edition (`human-rights/2026-1`) is asked no more."""
        return name in self._retired

    def editions(self, key: str) -> tuple[Questionnaire, ...]:
        """Return all editions of a questionnaire, oldest first; raises UnknownQuestionnaire."""
        return tuple(self._editions_of(key).values())

    def between(self, key: str, first: str, last: str) -> tuple[Questionnaire, ...]:
        """Return the editions from one to another, both included, oldest first; raises UnknownQuestionnaire."""
        ends = age(self.find(key, first).edition), age(self.find(key, last).edition)
        return tuple(one for one in self.editions(key) if ends[0] <= age(one.edition) <= ends[1])

    def keys(self) -> tuple[str, ...]:
        """Return the keys, in alphabetical order."""
        return tuple(self._editions)

    def all(self) -> tuple[Questionnaire, ...]:
        """Return every edition, by key and age."""
        return tuple(one for editions in self._editions.values() for one in editions.values())

    def refuse_changes(self, published: Mapping[str, str]) -> None:
        """Raise EditionChanged where a published edition differs from the digest given, or is gone."""
        digests = {one.name: one.digest for one in self.all()}
        for name, digest in published.items():
            if name not in digests:
                raise EditionChanged(f"{name} is published and cannot be taken away; its folder is missing")
            if digests[name] != digest:
                raise EditionChanged(
                    f"{name} is published and cannot be changed: suppliers have signed it as it was. "
                    f"Undo the change, or copy the folder to a new edition and change that."
                )

    def _editions_of(self, key: str) -> dict[str, Questionnaire]:
        if key not in self._editions:
            raise UnknownQuestionnaire(f"there is no questionnaire {key}; there are {', '.join(self.keys())}")
        return self._editions[key]


def read_lock(path: Path) -> dict[str, str]:
    """Return the digests of the published editions by name; none where there is no lock file."""
    if not path.exists():
        return {}
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    faulty = [" ".join(words) for words in lines if len(words) != 2]
    if faulty:
        raise DefinitionErrors(Problem(path.name, "", f"“{line}” is not an edition and a digest") for line in faulty)
    names = [name for name, _ in lines]
    if len(set(names)) < len(names):
        raise DefinitionErrors([Problem(path.name, "", "an edition is listed twice")])
    return {line[0]: line[1] for line in lines}


def publish(folder: Path) -> list[str]:
    """Add the editions that are not yet published to the lock beside the folder; return their names.

    Existing lines are never touched. Raises EditionChanged where one of them no longer fits.
    """
    catalogue = Catalogue.load(folder)
    path = folder.parent / LOCK_NAME
    published = read_lock(path)
    new = [one for one in catalogue.all() if one.name not in published]
    with path.open("a", encoding="utf-8", newline="\n") as lock:
        lock.writelines(f"{one.name} {one.digest}\n" for one in new)
    return [one.name for one in new]


def main(arguments: Sequence[str] | None = None) -> int:
    """List the editions, or publish the new ones; return 1 where something is refused."""
    parser = argparse.ArgumentParser(prog="python -m questionnaires.catalogue", description=__doc__)
    parser.add_argument("--lock", action="store_true", help="publish the editions that are new")
    parser.add_argument("--folder", type=Path, default=DEFINITIONS, help="where the definitions are")
    options = parser.parse_args(arguments)
    try:
        if options.lock:
            lines = [f"published {name}" for name in publish(options.folder)] or ["nothing new to publish"]
        else:
            lines = _listing(options.folder)
    except QuestionnaireError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _refuse_faults(editions: Mapping[str, Mapping[str, Questionnaire]]) -> None:
    found = [fault for each in editions.values() for fault in faults(tuple(each.values()))]
    for one in (one for each in editions.values() for one in each.values()):
        if one.short_form and one.short_form.key not in editions:
            sentence = f"key: there is no questionnaire {one.short_form.key}; there are {', '.join(editions)}"
            found.append(Problem(one.name, "short_form", sentence, "key"))
    if found:
        raise DefinitionErrors(found)


def _listing(folder: Path) -> list[str]:
    published = read_lock(folder.parent / LOCK_NAME)
    return [
        f"{one.name}  {'published' if one.name in published else 'not published'}  {one.title.english}"
        for one in Catalogue.load(folder).all()
    ]


def _load_all(folder: Path) -> list[Questionnaire]:
    loaded: list[Questionnaire] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*/")):
        if path.name.startswith((".", "_")) or path.parent.name.startswith((".", "_")) or not path.is_dir():
            continue
        try:
            loaded.append(load_edition(path))
        except DefinitionErrors as error:
            problems.extend(error.problems)
    if problems:
        raise DefinitionErrors(problems)
    return loaded


def age(edition: str) -> tuple[int, ...]:
    """Return a key that puts 2026-10 after 2026-9."""
    return tuple(int(part) for part in edition.split("-"))


if __name__ == "__main__":
    sys.exit(main())
