"""A questionnaire of a company's own in two editions, with its translation, small enough to read here."""

from __future__ import annotations

from questionnaires.loading import load_files
from questionnaires.model import Questionnaire

KEY = "house-rules"
FIRST = """
key: house-rules
edition: "2026-1"
title: House rules
introduction: Three questions about your house.
minutes: 3
statement: We declare that this is right.
sections:
  - id: house
    title: Your house
    questions:
      - id: H-rules
        text: Do you have house rules?
        type: yes_no
        deviations:
          - {when: {answer_in: ["no"]}, severity: major, sentence: There are no house rules.}
      - {id: H-rooms, text: How many rooms are there?, type: whole_number}
      - {id: H-keys, text: Who keeps the keys?, type: short_text}
"""
FIRST_NB = """
title: Husregler
introduction: Tre spørsmål om huset deres.
statement: Vi erklærer at dette er riktig.
sections: {house: {title: Huset deres}}
questions:
  H-rules: {text: Har dere husregler?, deviations: [Det finnes ingen husregler.]}
  H-rooms: {text: Hvor mange rom er det?}
  H-keys: {text: Hvem har nøklene?}
"""
SECOND = (
    FIRST.replace("2026-1", "2027-1")
    .replace("{id: H-rooms, text: How many rooms are there?", "{id: H-rooms, changed: meaning, text: How many halls?")
    .replace("    questions:\n", "    questions:\n      - {id: H-door, text: Is the door open?, type: yes_no}\n")
    .replace("      - {id: H-keys, text: Who keeps the keys?, type: short_text}\n", "")
    + "      - {id: H-keys, text: Who keeps the keys?, type: short_text}\n"
)
SECOND_NB = FIRST_NB.replace("Hvor mange rom er det?", "Hvor mange haller?") + "  H-door: {text: Er døra åpen?}\n"


def files(definition: str = FIRST, translation: str = FIRST_NB) -> list[tuple[str, bytes]]:
    """Return an edition as somebody uploads it."""
    return [("questionnaire.yaml", definition.encode()), ("nb.yaml", translation.encode())]


def edition(definition: str = FIRST, translation: str = FIRST_NB) -> Questionnaire:
    """Return an edition as it loads."""
    year = "2027-1" if "2027-1" in definition else "2026-1"
    return load_files(f"{KEY}/{year}", dict(files(definition, translation)))
