"""From edition to edition: questions keep their identity, last year's answers are offered and never given."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from questionnaires import deviations
from questionnaires.carry_over import Mark, Offer, carried, marks
from questionnaires.catalogue import Catalogue
from questionnaires.errors import DefinitionErrors
from questionnaires.loading import load_edition
from questionnaires.model import Questionnaire, Severity
from questionnaires.values import Value

TINY = Path(__file__).parent / "tiny"
DAY = date(2027, 3, 1)
LAST_YEAR: dict[str, Value] = {
    "K-same": "no",
    "K-same#comment": "Next year",
    "K-worded": 12,
    "K-meant": "yes",
    "K-fresh": "2026-01-01",
    "K-cert": {"kind": "ISO", "number": "1", "issuer": "Us", "valid_until": "2027-02-28"},
    "K-narrowed": 80,
    "K-gone": "yes",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two editions of the tiny questionnaire that carries over, to be changed."""
    return shutil.copytree(TINY / "carrying", tmp_path / "definitions" / "carrying").parent


@pytest.fixture
def editions(folder: Path) -> tuple[Questionnaire, ...]:
    """Both editions, oldest first."""
    return Catalogue.load(folder).between("carrying", "2026-1", "2027-1")


def _change(folder: Path, before: str, after: str, edition: str = "2027-1") -> None:
    path = folder / "carrying" / edition / "questionnaire.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "type: whole_number, changed: wording}",
            "type: whole_number}",
            "K-worded: the words differ from the edition before: write changed: wording, or changed: meaning",
        ),
        ("changed: meaning", "changed: wording", "K-meant: answers mean something else than in the edition before"),
        ("Do you have a policy?\n", "Have you a policy?\n", "K-same: the words differ from the edition before"),
        ("hotline?, type: yes_no", "hotline?, type: yes_no, changed: wording", "K-new: changed: no earlier edition"),
    ],
)
def test_an_unmarked_change_is_refused_with_its_question(folder: Path, before: str, after: str, problem: str) -> None:
    _change(folder, before, after)
    with pytest.raises(DefinitionErrors) as refused:
        Catalogue.load(folder)
    assert any(f"carrying/2027-1: {problem}" in str(found) for found in refused.value.problems)


def test_an_id_is_never_used_again_for_another_question(folder: Path) -> None:
    shutil.copytree(folder / "carrying" / "2027-1", folder / "carrying" / "2028-1")
    for before, after in (
        ('"2027-1"', '"2028-1"'),
        ("K-new", "K-gone"),
        (", changed: wording", ""),
        ("        changed: wording\n", ""),
        ("        changed: meaning\n", ""),
    ):
        _change(folder, before, after, "2028-1")
    nb = folder / "carrying" / "2028-1" / "nb.yaml"
    nb.write_text(nb.read_text("utf-8").replace("K-new", "K-gone"), "utf-8")
    with pytest.raises(DefinitionErrors, match="carrying/2028-1: K-gone: the words differ"):
        Catalogue.load(folder)


def test_last_years_answers_are_offered_as_far_as_they_still_answer(editions: tuple[Questionnaire, ...]) -> None:
    found = carried(editions, LAST_YEAR, DAY)
    assert {question: one.offer for question, one in found.items()} == {
        "K-same": Offer.CONFIRM,
        "K-worded": Offer.CONFIRM,
        "K-meant": Offer.BESIDE,
        "K-fresh": Offer.BESIDE,
        "K-cert": Offer.BESIDE,  # expired the day before
        "K-narrowed": Offer.BESIDE,  # above this year's limit
    }
    assert found["K-same"].comment == "Next year"
    assert found["K-meant"].question.text.english == "Do you audit your suppliers?"


def test_a_certificate_that_is_still_valid_is_offered(editions: tuple[Questionnaire, ...]) -> None:
    assert carried(editions, LAST_YEAR, date(2027, 2, 28))["K-cert"].offer is Offer.CONFIRM


def test_what_became_of_each_answer_is_marked(editions: tuple[Questionnaire, ...]) -> None:
    earlier = carried(editions, LAST_YEAR, DAY)
    answers = {**LAST_YEAR, "K-worded": 13, "K-new": "yes", "K-meant": "partly", "K-narrowed": 40}
    assert marks(editions[-1], earlier, answers) == {
        "K-same": Mark.CONFIRMED,
        "K-worded": Mark.CHANGED,
        "K-meant": Mark.NEW,
        "K-fresh": Mark.NEW,
        "K-cert": Mark.NEW,
        "K-narrowed": Mark.NEW,
        "K-new": Mark.NEW,
    }
    assert marks(editions[-1], earlier, {"K-same": "no"}) == {"K-same": Mark.CHANGED}, "another comment is a change"
    assert marks(editions[-1], earlier, {}) == {}, "nothing is answered by carrying over"


def test_a_mark_in_an_edition_between_counts_too(folder: Path) -> None:
    shutil.copytree(folder / "carrying" / "2027-1", folder / "carrying" / "2028-1")
    _change(folder, '"2027-1"', '"2028-1"', "2028-1")
    for mark in (", changed: wording", "        changed: wording\n", "        changed: meaning\n"):
        _change(folder, mark, "", "2028-1")
    editions = Catalogue.load(folder).between("carrying", "2026-1", "2028-1")
    assert [one.edition for one in editions] == ["2026-1", "2027-1", "2028-1"]
    assert carried(editions, LAST_YEAR, DAY)["K-meant"].offer is Offer.BESIDE


def test_a_replay_says_what_another_edition_would_find_and_changes_nothing(tmp_path: Path) -> None:
    before = load_edition(TINY / "deviating" / "2026-1")
    folder = shutil.copytree(TINY / "deviating" / "2026-1", tmp_path / "deviating" / "2026-1")
    path = folder / "questionnaire.yaml"
    path.write_text(path.read_text("utf-8").replace("severity: zero_tolerance", "severity: major"), "utf-8")
    after = load_edition(folder)
    answers: dict[str, Value] = {"D-name": "Kari", "D-age": 12}
    found = deviations.replay(before, after, answers, DAY)
    assert [(then.severity, now.severity) for then, now in found.changed] == [(Severity.ZERO_TOLERANCE, Severity.MAJOR)]
    assert (found.came, found.gone) == ((), ())
    assert deviations.replay(before, before, answers, DAY).same == deviations.find(before, answers, DAY)
    assert deviations.replay(before, after, {}, DAY) == deviations.Replay((), (), (), deviations.find(after, {}, DAY))


def test_a_draft_may_lack_translations_and_shows_that_it_does(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "commenting" / "2026-1", tmp_path / "commenting" / "2026-1")
    (folder / "nb.yaml").write_text("title: Kommentarer\n", "utf-8")
    with pytest.raises(DefinitionErrors, match=r"nb\.yaml lacks"):
        load_edition(folder)
    draft = load_edition(folder, draft=True)
    assert draft.title.in_language("nb") == "Kommentarer"
    assert draft.questions[0].text.in_language("nb") == "[en] " + draft.questions[0].text.english
    assert {(gap.file, gap.place, gap.key) for gap in draft.gaps} >= {("nb.yaml", "", "introduction")}
    (folder / "nb.yaml").unlink()
    assert len(load_edition(folder, draft=True).gaps) == len(draft.gaps) + 1
