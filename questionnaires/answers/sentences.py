"""Every sentence that refuses an answer, in English and bokmål."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.texts import Text

SENTENCES: Mapping[str, Text] = {
    "more_than_one": Text.of(
        "Two different answers arrived for this question. Choose one and save again.",
        nb="Det kom to ulike svar på dette spørsmålet. Velg ett og lagre på nytt.",
    ),
    "wrong_shape": Text.of(
        "This is not an answer to a question of this kind.",
        nb="Dette er ikke et svar på et spørsmål av denne typen.",
    ),
    "not_text": Text.of(
        "The text contains characters that cannot be stored. Write it again without them.",
        nb="Teksten inneholder tegn som ikke kan lagres. Skriv den på nytt uten dem.",
    ),
    "too_long": Text.of(
        "The text is {length} characters long. Shorten it to {at_most} or fewer.",
        nb="Teksten er på {length} tegn. Kort den ned til {at_most} eller færre.",
    ),
    "unknown_option": Text.of(
        "Choose one of the alternatives in the list.",
        nb="Velg ett av alternativene i listen.",
    ),
    "exclusive": Text.of(
        "“{option}” cannot be combined with other alternatives. Tick either that one or the others.",
        nb="«{option}» kan ikke kombineres med andre alternativer. Kryss av for det eller for de andre.",
    ),
    "too_few_options": Text.of(
        "Tick at least {minimum} alternatives.",
        nb="Kryss av for minst {minimum} alternativer.",
    ),
    "not_whole": Text.of(
        "Write a whole number with digits only, for example 25.",
        nb="Skriv et helt tall med bare sifre, for eksempel 25.",
    ),
    "not_decimal": Text.of(
        "Write a number, for example 12.5.",
        nb="Skriv et tall, for eksempel 12,5.",
    ),
    "ambiguous": Text.of(
        "“{written}” can be read in two ways. Write {whole} if you mean the whole number, or {decimal} "
        "if you mean the decimal number.",
        nb="«{written}» kan leses på to måter. Skriv {whole} hvis du mener hele tallet, eller {decimal} "
        "hvis du mener desimaltallet.",
    ),
    "too_many_decimals": Text.of(
        "Write the number with at most {decimals} decimals.",
        nb="Skriv tallet med høyst {decimals} desimaler.",
    ),
    "too_low": Text.of(
        "The number must be {at_least} or higher.",
        nb="Tallet må være {at_least} eller høyere.",
    ),
    "too_high": Text.of(
        "The number must be {at_most} or lower.",
        nb="Tallet må være {at_most} eller lavere.",
    ),
    "not_percentage": Text.of(
        "Write a percentage between 0 and 100, for example 40 or 12.5.",
        nb="Skriv en prosentandel mellom 0 og 100, for eksempel 40 eller 12,5.",
    ),
    "not_date": Text.of(
        "Write a date that exists, as day.month.year, for example 21.11.2026.",
        nb="Skriv en dato som finnes, som dag.måned.år, for eksempel 21.11.2026.",
    ),
    "date_range": Text.of(
        "The year must be between {earliest} and {latest}.",
        nb="Årstallet må være mellom {earliest} og {latest}.",
    ),
    "after_today": Text.of(
        "The date cannot be later than today.",
        nb="Datoen kan ikke være senere enn i dag.",
    ),
    "not_country": Text.of(
        "Choose a country from the list.",
        nb="Velg et land fra listen.",
    ),
    "too_few_rows": Text.of(
        "Fill in at least {minimum} rows.",
        nb="Fyll ut minst {minimum} rader.",
    ),
    "too_many_rows": Text.of(
        "The table has {rows} rows. It can hold at most {maximum}.",
        nb="Tabellen har {rows} rader. Den har plass til høyst {maximum}.",
    ),
    "share_or_percent": Text.of(
        "“{written}” can be read in two ways. Write {percent} if you mean {percent} per cent.",
        nb="«{written}» kan leses på to måter. Skriv {percent} hvis du mener {percent} prosent.",
    ),
    "not_a_tick": Text.of(
        "Write yes if it is so, and leave the cell empty if not.",
        nb="Skriv ja hvis det er slik, og la cellen stå tom hvis ikke.",
    ),
    "not_email": Text.of(
        "Write one mail address, as name@company.example.",
        nb="Skriv én e-postadresse, som navn@firma.example.",
    ),
    "not_web_address": Text.of(
        "Write the address of a page on the web, as https://company.example/policy.",
        nb="Skriv adressen til en side på nettet, som https://firma.example/retningslinjer.",
    ),
    "part": Text.of("{part}: {problem}", nb="{part}: {problem}"),
    "cells": Text.of("{cells}", nb="{cells}"),
    "cell": Text.of("Row {row}, {column}: {problem}", nb="Rad {row}, {column}: {problem}"),
    "cell_missing": Text.of("Fill in this cell.", nb="Fyll ut denne cellen."),
    "part_missing": Text.of("Fill this in.", nb="Fyll ut dette."),
    "more_cells": Text.of(
        "There are {count} more cells to look at.",
        nb="Det er {count} celler til å se på.",
    ),
    "one_more_cell": Text.of("There is one more cell to look at.", nb="Det er én celle til å se på."),
    "too_many_files": Text.of(
        "You have added {files} files. At most {maximum} can be kept here.",
        nb="Du har lagt ved {files} filer. Det er plass til høyst {maximum} her.",
    ),
    "wrong_kind": Text.of(
        "“{name}” is not a file of a kind we can take here. Upload {kinds}.",
        nb="«{name}» er ikke en fil av et slag vi kan ta imot her. Last opp {kinds}.",
    ),
    "same_file": Text.of(
        "“{name}” has been added twice. Remove one of them.",
        nb="«{name}» er lagt ved to ganger. Fjern den ene.",
    ),
}
"""By code; what stands in braces is given by the error's parameters."""
