"""Reading conditions: ``ImageType value 1 is ORIGINAL or MIXED and PixelData is present``."""

from __future__ import annotations

import re
from functools import lru_cache

from iodkit.attributes.conditions.expressions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Exceeds,
    HasValue,
    Is,
    Not,
    Operand,
    Present,
    Statement,
)
from iodkit.errors import InvalidValueError

__all__ = ["parse_condition"]

_TOKEN = re.compile(r'\s*("[^"]*"|[(),]|[^\s(),"]+)')
_VERBS = ("is", "has", "value", "contains")


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        ``A is present``, ``A is not present``, ``A has a value``, ``A has no value``,
        ``A is X or "Y Z"``, ``A value 1 is X``, ``A is not X``, ``A is greater than 1``,
        ``A is less than 1``, ``A contains (code, scheme)``, a statement in quotes that no object
        can decide, joined by ``and`` (which binds closer), ``or``, ``not (…)`` and parentheses.
        `A` is a keyword, or several with dots for what is in a sequence.

    Returns
    -------
    Condition
        The condition; ``str`` of it is read as the same condition again.

    Raises
    ------
    InvalidValueError
        It is not in this language.
    """
    return _Parser(text).parse()


class _Parser:
    """A recursive descent over the words of one condition."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.findall(text)
        self._next = 0
        if text.count('"') % 2:
            raise self._error("quotes that are closed")

    def parse(self) -> Condition:
        condition = self._any_of()
        if self._next < len(self._tokens):
            raise self._error("the end")
        return condition

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._skip("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._term()]
        while self._skip("and"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _term(self) -> Condition:
        if self._skip("not"):
            return Not(self._term())
        if self._skip("("):
            condition = self._any_of()
            self._want(")")
            return condition
        token = self._take("a condition")
        if token.startswith('"'):
            return Statement(token[1:-1])
        return self._test(self._operand(token))

    def _operand(self, token: str) -> Operand:
        path = tuple(token.split("."))
        if not all(name.isidentifier() for name in path):
            raise self._error("the keyword of an attribute")
        if not self._skip("value"):
            return Operand(path)
        number = self._take("the number of a value")
        if not number.isdigit() or number == "0":
            raise self._error("the number of a value, from 1")
        return Operand(path, int(number))

    def _test(self, operand: Operand) -> Condition:
        verb = self._take(" or ".join(_VERBS))
        if verb == "has":
            article = self._take("a value, or no value")
            if article not in {"a", "no"}:
                raise self._error("a value, or no value")
            self._want("value")
            return HasValue(operand, article == "no")
        if verb == "contains":
            return self._contains(operand)
        if verb != "is":
            raise self._error(" or ".join(_VERBS))
        negated = self._skip("not")
        if self._skip("present"):
            return Present(operand, negated)
        if not negated and self._peek() in {"greater", "less"}:
            return self._exceeds(operand)
        return Is(operand, self._values(), negated)

    def _contains(self, operand: Operand) -> Condition:
        self._want("(")
        code = _unquoted(self._take("a code"))
        self._want(",")
        scheme = _unquoted(self._take("a coding scheme"))
        self._want(")")
        return Contains(operand, code, scheme)

    def _exceeds(self, operand: Operand) -> Condition:
        below = self._take("greater or less") == "less"
        self._want("than")
        try:
            return Exceeds(operand, float(self._take("a number")), below)
        except ValueError:
            raise self._error("a number") from None

    def _values(self) -> tuple[str, ...]:
        values = [self._value()]
        while self._peek() == "or" and self._is_value(self._next + 1):
            self._next += 1
            values.append(self._value())
        return tuple(values)

    def _value(self) -> str:
        token = self._take("a value")
        if token in {"(", ")", ","}:
            raise self._error("a value")
        return _unquoted(token)

    def _is_value(self, index: int) -> bool:
        """Whether there is a value, and not the beginning of another test."""
        token, after = self._peek(index), self._peek(index + 1)
        return token not in {"", "(", ")", "not"} and after not in _VERBS

    def _peek(self, index: int | None = None) -> str:
        index = self._next if index is None else index
        return self._tokens[index] if index < len(self._tokens) else ""

    def _skip(self, token: str) -> bool:
        found = self._peek() == token
        self._next += found
        return found

    def _take(self, expected: str) -> str:
        token = self._peek()
        if not token:
            raise self._error(expected)
        self._next += 1
        return token

    def _want(self, token: str) -> None:
        if not self._skip(token):
            raise self._error(repr(token))

    def _error(self, expected: str) -> InvalidValueError:
        at = " ".join(self._tokens[: self._next])
        return InvalidValueError(
            f"not a condition, at {at!r}",
            attribute="condition",
            found=self._text,
            expected=expected,
        )


def _unquoted(token: str) -> str:
    return token[1:-1] if token.startswith('"') else token
