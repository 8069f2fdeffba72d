"""What stands in a workbook to start from: one section with two questions that load."""

from __future__ import annotations

from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading.edition import load_files
from questionnaires.texts import BOKMAAL
from questionnaires.translating import Source, source_of

_NAME = "my-questionnaire/2026-1"
_DEFINITION = """\
key: my-questionnaire
edition: "2026-1"
title: The title of your questionnaire
introduction: A few sentences about what you ask, and why.
minutes: 5
statement: We declare that the answers are correct and complete to the best of our knowledge.
sections:
  - id: hiring
    title: Hiring
    introduction: How people are hired.
    questions:
      - id: EX-01
        text: Do agencies hire workers for you?
        type: yes_no
        not_known: true
      - id: EX-02
        text: Who keeps the workers' identity papers?
        help: Papers in a locker that only the worker can open are with the worker.
        type: one_of
        ask_if: {question: EX-01, answer_in: ["yes", not_known]}
        options:
          - {code: worker, text: The worker}
          - {code: us, text: We do}
        comment: {when: [us], label: Please explain why., required: true}
        basis: ILO C29
        deviations:
          - when: {answer_in: [us]}
            severity: major
            raised: [{if: {fact: tier, answer_in: [high]}, to: zero_tolerance}]
            sentence: The company, not the worker, keeps the identity papers.
"""
_BOKMAAL = """\
title: Tittelen på spørreskjemaet
introduction: Noen setninger om hva dere spør om, og hvorfor.
statement: Vi erklærer at svarene er riktige og fullstendige så langt vi kjenner til.
sections: {hiring: {title: Ansettelse, introduction: Hvordan folk ansettes.}}
questions:
  EX-01: {text: Ansetter bemanningsforetak folk for dere?}
  EX-02:
    text: Hvem oppbevarer arbeidernes legitimasjon?
    help: Papirer i et skap som bare arbeideren kan åpne, er hos arbeideren.
    options: {worker: Arbeideren, us: Vi}
    comment: Forklar hvorfor.
    deviations: ["Virksomheten, ikke arbeideren, oppbevarer legitimasjonen."]
"""


def example() -> Source:
    """Return a small definition in English and bokmål."""
    files = {DEFINITION_FILE: _DEFINITION.encode(), f"{BOKMAAL}.yaml": _BOKMAAL.encode()}
    return source_of(load_files(_NAME, files))
