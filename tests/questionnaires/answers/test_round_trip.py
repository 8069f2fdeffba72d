"""Whatever is read can be shown in the form again and read as the same, for every type and any text."""

from __future__ import annotations

import json
from collections.abc import Callable
from string import Formatter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from questionnaires.answers import AnswerError, AnswerType, FormFields
from questionnaires.answers.sentences import SENTENCES

TypeOf = Callable[[str], AnswerType]
Post = Callable[[dict[str, str | list[str]]], FormFields]

QUICKLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SINGLE = ["Q-ack", "Q-yn", "Q-ypn", "Q-one", "Q-whole", "Q-share", "Q-date", "Q-short", "Q-long"]
PIECES = some.one_of(
    some.text(max_size=50),
    some.text(alphabet="0123456789 .,-%'\u00a0", max_size=12),
    some.sampled_from(
        [
            "\ud800",
            "x\udfff",
            "yes",
            "no",
            "partly",
            "red",
            "tin",
            "gold",
            "none",
            "NO",
            "2026-11-21",
            "21.11.2026",
        ]
    ),
)


def _is_a_sentence(refused: AnswerError) -> None:
    for language in ("en", "nb"):
        assert refused.message(language).strip()
        assert "{" not in refused.message(language).replace(str(refused.parameters.get("written")), "")


def _holds_its_promises(answer_type: AnswerType, form: FormFields, name: str) -> None:
    """Reading either refuses with a sentence, or gives what is canonical, shown again, and JSON."""
    try:
        value = answer_type.read(form, name)
    except AnswerError as refused:
        _is_a_sentence(refused)
        return
    assert answer_type.parse(answer_type.field_values(value)) == value
    assert answer_type.parse(answer_type.field_values(None)) is None
    if value is None:
        assert answer_type.display(value, "en") == ""
        return
    answer_type.check(value)
    assert answer_type.display(value, "nb")
    assert json.loads(json.dumps(value)) == value
    json.dumps(value, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("question", SINGLE)
@given(written=some.lists(PIECES, max_size=3))
@QUICKLY
def test_a_single_answer_survives_the_round_trip(
    type_of: TypeOf, post: Post, question: str, written: list[str]
) -> None:
    _holds_its_promises(type_of(question), post({question: [*written]}), question)


@given(written=some.lists(some.sampled_from(["tin", "gold", "none", "", "lead"]), max_size=4))
@QUICKLY
def test_ticks_survive_the_round_trip(type_of: TypeOf, post: Post, written: list[str]) -> None:
    _holds_its_promises(type_of("Q-several"), post({"Q": [*written]}), "Q")


CELLS = some.fixed_dictionaries(
    {"name": some.text(max_size=20)},
    optional={
        "notes": some.text(max_size=30),
        "workers": some.one_of(some.integers(0, 10**6).map(str), PIECES),
        "weight": some.one_of(some.decimals(0, 5000, places=3).map(str), PIECES),
        "share": some.one_of(some.decimals(0, 100, places=3).map(str), PIECES),
        "since": some.dates().map(str),
        "country": some.sampled_from(["NO", "cn", "XX", ""]),
        "activity": some.sampled_from(["sewing", "dyeing", ""]),
        "own": some.sampled_from(["yes", "no", ""]),
    },
)


@given(rows=some.lists(CELLS, max_size=4))
@QUICKLY
def test_rows_survive_the_round_trip(type_of: TypeOf, post: Post, rows: list[dict[str, str]]) -> None:
    form = post({f"T-{number}-{id_}": cell for number, row in enumerate(rows) for id_, cell in row.items()})
    _holds_its_promises(type_of("Q-table"), form, "T")


@given(
    names=some.lists(some.text(max_size=15).map(lambda text: "T-" + text), max_size=5),
    cell=some.text(max_size=5),
)
@QUICKLY
def test_no_field_name_can_break_a_table(type_of: TypeOf, post: Post, names: list[str], cell: str) -> None:
    _holds_its_promises(type_of("Q-table"), post(dict.fromkeys(names, cell)), "T")


ANYTHING = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=5)),
    lambda inner: some.one_of(
        some.lists(inner, max_size=3), some.dictionaries(some.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("question", [*SINGLE, "Q-several", "Q-table", "Q-file"])
@given(value=ANYTHING)
@QUICKLY
def test_any_json_is_either_canonical_or_refused_by_name(type_of: TypeOf, question: str, value: object) -> None:
    answer_type = type_of(question)
    try:
        answer_type.check(value)  # type: ignore[arg-type]
    except AnswerError as refused:
        _is_a_sentence(refused)
        return
    assert answer_type.parse(answer_type.field_values(value)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_refusal_names_the_same_facts_in_both_languages(code: str) -> None:
    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    text = SENTENCES[code]
    assert text.languages == ("en", "nb")
    assert facts(text.in_language("en")) == facts(text.in_language("nb"))
