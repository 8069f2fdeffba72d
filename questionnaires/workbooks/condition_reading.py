"""Conditions as people write them in a cell, read into what the YAML would say.

The grammar, with ``{ }`` for any number of times and ``[ ]`` for what may be left out::

    condition   = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | primary
    primary     = "(" condition ")" | "always" | "never" | subject predicate
    subject     = question | "supplier." fact
    predicate   = ( "=" | "!=" | "lacks" ) codes
                | ( "<" | ">" ) ( number | question )
                | ( "<=" | ">=" ) number
                | ( "before" | "after" ) ( day | question )
                | [ "not" ] "answered"
                | "has" ( "any" "row" | test { "," test } )
    test        = column ( ( "=" | "!=" ) codes
                         | "<" ( number | column ) | ( ">" | "<=" | ">=" ) number
                         | "before" ( day | column ) | "after" day
                         | [ "not" ] "empty" )
    codes       = code { "," code }
    day         = 2026-12-31 | "today" | number ( "days" | "months" | "years" ) ( "ahead" | "ago" )

    when        = own { "and" own }            of a deviation: about its own question
    own         = [ question ] predicate       where the question is left out

    raised      = severity "if" condition      one to a line

"and" binds closer than "or". Question, column and code are written as in their sheets; one that is a word of the
grammar, or holds a space, stands in quotation marks: ``supplier.product_groups = "Circuit boards", cables``. A mark
inside them is doubled. Words of the grammar may have capital letters; ``<>`` means ``!=``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from questionnaires.workbooks.tokens import FACT_PREFIX, NUMBER, ConditionError, Token, cut

Read = dict[str, Any]
"""A condition, or a part of one, as YAML has it."""

_CODE_WORDS = {"=": "answer_in", "!=": "not_in", "lacks": "missing_any"}
_NUMBER_WORDS = {"<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}
_SECOND_QUESTION = {"<": "below_question", ">": "above_question", "before": "below_question", "after": "above_question"}
_SECOND_COLUMN = {"<": "below_column", "before": "below_column"}
_PREDICATES = (*_CODE_WORDS, *_NUMBER_WORDS, "before", "after", "answered", "not answered", "has")
_TESTS = ("=", "!=", *_NUMBER_WORDS, "before", "after", "empty", "not empty")
_DEEPEST = 40
_UNIT = re.compile("(day|month|year)s?")
_RAISED = re.compile(r"\s*(\S.*?)\s+if\s+", re.IGNORECASE)


def read_condition(text: str) -> Read:
    """Return what a condition says; raises ConditionError."""
    parser = _Parser(text)
    found = parser.condition()
    parser.end("and, or, or the end")
    return found


def read_when(text: str, own: str) -> Read:
    """Return what a deviation says about its own question; raises ConditionError."""
    parser = _Parser(text)
    found = parser.about_own(own)
    parser.end("and, or the end; conditions on other questions stand under “and”")
    return found


def read_raised(text: str) -> list[Read]:
    """Return what makes a deviation more serious, from one line each; raises ConditionError."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        head = _RAISED.match(line)
        if head is None:
            raise ConditionError(f"line {number}: expected a severity, “if” and a condition: major if EX-01 = yes")
        try:
            condition = read_condition(" " * head.end() + line[head.end() :])
        except ConditionError as error:
            raise ConditionError(f"line {number}, {error}") from error
        found.append({"if": condition, "to": head[1].casefold().replace(" ", "_")})
    return found


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = cut(text)
        self._at = 0
        self._depth = 0

    def condition(self) -> Read:
        parts = [self._conjunction()]
        while self._take("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else {"any": parts}

    def about_own(self, own: str) -> Read:
        found: Read = {}
        while True:
            start = self._token()
            if start and start.is_name:
                self._at += 1
                if start.text != own:
                    raise ConditionError(
                        f"at character {start.position}: this is about {own} itself, not about “{start.text}”; "
                        f"conditions on other questions stand under “and”"
                    )
            said = self._predicate()
            for word in said.keys() & found.keys():
                raise ConditionError(f"{word.replace('_', ' ')} is said twice; only one of them can be meant")
            found |= said
            if not self._take("and"):
                return found

    def end(self, expected: str) -> None:
        if self._token():
            raise self._expected(expected)

    def _conjunction(self) -> Read:
        parts = [self._negation()]
        while self._take("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _negation(self) -> Read:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError(f"more than {_DEEPEST} brackets stand inside each other")
        found = {"not": self._negation()} if self._take("not") else self._primary()
        self._depth -= 1
        return found

    def _primary(self) -> Read:
        if self._take("("):
            found = self.condition()
            if not self._take(")"):
                raise self._expected("and, or, or a closing bracket")
            return found
        if self._take("always"):
            return {"all": []}
        if self._take("never"):
            return {"any": []}
        subject = self._name("a question such as EX-01, or supplier.tier")
        if not subject.quoted and subject.meaning.startswith(FACT_PREFIX):
            return {"fact": subject.meaning.removeprefix(FACT_PREFIX), **self._predicate()}
        return {"question": subject.text, **self._predicate()}

    def _predicate(self) -> Read:
        sign = self._sign(_PREDICATES)
        if sign in _CODE_WORDS:
            return {_CODE_WORDS[sign]: self._codes()}
        if sign == "has":
            return {"rows": self._rows()}
        if sign in ("answered", "not answered"):
            return {sign.replace(" ", "_"): True}
        return self._limit(sign, _SECOND_QUESTION, "question")

    def _rows(self) -> Read | list[Read]:
        if self._take("any"):
            if not self._take("row"):
                raise self._expected("row")
            return []
        tests = [self._test()]
        while self._take(","):
            tests.append(self._test())
        return tests[0] if len(tests) == 1 else tests

    def _test(self) -> Read:
        column = self._name("a column").text
        sign = self._sign(_TESTS)
        if sign in _CODE_WORDS:
            return {"column": column, _CODE_WORDS[sign]: self._codes(in_row=True)}
        if sign in ("empty", "not empty"):
            return {"column": column, "empty": sign == "empty"}
        return {"column": column, **self._limit(sign, _SECOND_COLUMN, "column")}

    def _codes(self, *, in_row: bool = False) -> list[str]:
        codes = [self._code()]
        while self._is(",") and not (in_row and self._starts_test(1)):
            self._at += 1
            codes.append(self._code())
        return codes

    def _code(self) -> str:
        token = self._token()
        if token is None or not token.is_code:
            raise self._expected("a code")
        self._at += 1
        return token.text

    def _starts_test(self, ahead: int) -> bool:
        """Return whether a column and a sign follow: the comma before them ends a list of codes."""
        name, sign = self._token(ahead), self._token(ahead + 1)
        return bool(name and sign and name.is_name and sign.meaning in (*_TESTS, "not"))

    def _limit(self, sign: str, second: Mapping[str, str], what: str) -> Read:
        """Return a comparison with a number, a day, or another question or column."""
        is_day = sign in ("before", "after")
        plain: Callable[[], Read | None] = self._day if is_day else self._number
        value = plain()
        if value is not None:
            return {sign if is_day else _NUMBER_WORDS[sign]: value["limit"]}
        example = "a day such as 2026-12-31, today or 3 months ahead" if is_day else "a number"
        if sign in second:
            return {second[sign]: self._name(f"{example}, or a {what}").text}
        raise self._expected(example)

    def _number(self) -> Read | None:
        token = self._token()
        if token is None or token.quoted or not NUMBER.fullmatch(token.text):
            return None
        self._at += 1
        comma, after = self._token(), self._token(1)
        if comma and after and comma.meaning == "," and comma.joined and after.joined and after.text[0].isdigit():
            raise ConditionError(f"at character {comma.position}: decimals stand after a point, as in 12.5")
        return {"limit": float(token.text) if "." in token.text else int(token.text)}

    def _day(self) -> Read | None:
        if self._take("today"):
            return {"limit": "today"}
        if counted := self._number():
            words = [self._name("days, months or years"), self._name("ahead or ago")]
            unit = _UNIT.fullmatch(words[0].meaning)
            if not unit or words[1].meaning not in ("ahead", "ago"):
                self._at -= 2 if not unit else 1
                raise self._expected("days, months or years" if not unit else "ahead or ago")
            return {"limit": f"{counted['limit']} {unit[1]}s {words[1].meaning}"}
        token = self._token()
        if token is None or token.quoted or not token.text[0].isdigit():
            return None
        try:
            found = date.fromisoformat(token.text)
        except ValueError:
            raise self._expected("a day such as 2026-12-31") from None
        self._at += 1
        return {"limit": found}

    def _name(self, expected: str) -> Token:
        token = self._token()
        if token is None or not token.is_name:
            raise self._expected(expected)
        self._at += 1
        return token

    def _sign(self, allowed: tuple[str, ...]) -> str:
        """Return what is said of an answer or a cell, one of the allowed, and step over it."""
        first, second = self._token(), self._token(1)
        if first and first.meaning == "not" and second and f"not {second.meaning}" in allowed:
            self._at += 2
            return f"not {second.meaning}"
        if first is None or first.meaning not in allowed:
            raise self._expected(f"one of {', '.join(allowed)}")
        self._at += 1
        return first.meaning

    def _take(self, meaning: str) -> bool:
        found = self._is(meaning)
        self._at += found
        return found

    def _is(self, meaning: str) -> bool:
        token = self._token()
        return token is not None and token.meaning == meaning

    def _token(self, ahead: int = 0) -> Token | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _expected(self, what: str) -> ConditionError:
        token = self._token()
        if token is None:
            return ConditionError(f"ends where {what} was expected")
        return ConditionError(f"at character {token.position}: expected {what}; “{token.text}” stands there")
