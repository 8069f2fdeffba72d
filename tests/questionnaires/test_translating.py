"""What of an edition is translated: counted for drafts and editions alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from questionnaires.catalogue import DEFINITIONS
from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading import load_edition
from questionnaires.loading.edition import load_files
from questionnaires.translating import completeness, slots, source_of, tree_of

FOLDERS = [
    path.parent
    for root in (DEFINITIONS, Path(__file__).parent / "tiny")
    for path in sorted(root.glob("*/*/questionnaire.yaml"))
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_text_is_counted_as_the_loader_counts_it(folder: Path) -> None:
    edition = load_edition(folder)
    (whole,) = completeness(edition)
    draft = load_files(edition.name, {DEFINITION_FILE: edition.source[DEFINITION_FILE]}, draft=True)
    (empty,) = completeness(draft)
    assert (whole.language, whole.missing, whole.translated) == ("nb", (), whole.texts)
    assert (empty.translated, len(empty.missing)) == (0, len(draft.gaps))
    assert empty.texts == whole.texts


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_each_text_has_a_key_of_its_own_and_a_place_in_words(folder: Path) -> None:
    found = list(slots(source_of(load_edition(folder)).definition))
    assert len({slot.key for slot in found}) == len(found)
    assert all(slot.where for slot in found)


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("R-source/deviations/1", "{option}: from an unaudited mine."),
        ("R-metals/options/tin", "Tin"),
        ("sections/metal/title", "{option}"),
        ("title", "Repeating"),
    ],
)
def test_keys_are_named_as_people_look_for_them(key: str, texts: str) -> None:
    edition = load_edition(Path(__file__).parent / "tiny" / "repeating" / "2026-1")
    found = {slot.key: slot.english for slot in slots(source_of(edition).definition)}
    assert found[key] == texts


def test_a_question_may_have_the_name_of_a_part_of_the_file() -> None:
    definition = {
        "title": "T", "introduction": "I", "statement": "S",
        "sections": [{"id": "a", "title": "A", "questions": [{"id": "sections", "text": "Q", "type": "yes_no"}]}],
    }  # fmt: skip
    assert [slot.key for slot in slots(definition)][-1] == "questions/sections/text"


def test_an_only_text_may_stand_bare_or_under_its_key() -> None:
    folder = Path(__file__).parent / "tiny" / "commenting" / "2026-1"
    edition = load_edition(folder)
    nb = edition.source["nb.yaml"].decode()
    assert (bare := completeness(edition)[0].missing) == ()
    deeper = load_files(edition.name, {**edition.source, "nb.yaml": _deeper(nb).encode()})
    assert completeness(deeper)[0].missing == bare
    assert source_of(deeper).texts("nb") == source_of(edition).texts("nb")


def _deeper(nb: str) -> str:
    changed = re.sub(r"comment: ([^,}\n]+)", r"comment: {label: \1}", nb)
    assert changed != nb
    return changed


def test_gaps_in_a_list_of_sentences_stay_in_their_places() -> None:
    assert tree_of({("questions", "A", "deviations", 2): "c", ("questions", "A", "text"): "a"}) == {
        "questions": {"A": {"deviations": [None, None, "c"], "text": "a"}}
    }
