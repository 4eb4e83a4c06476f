"""What conditions are made of, how they are evaluated in three values, and how they read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydicom.datadict import keyword_for_tag
from pydicom.uid import UID

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "Contains",
    "Exceeds",
    "HasValue",
    "Is",
    "Lookup",
    "Not",
    "Operand",
    "Present",
    "Statement",
    "Truth",
    "same_value",
]

Truth = bool | None
"""True, false, or None: it cannot be decided."""

_BARE = re.compile(r"[\w.+/-]+")
_WORDS = {"is", "has", "contains", "value", "not", "and", "or", "present", "greater", "less"}


class Lookup(Protocol):
    """Where the operands of a condition are looked up, seen from the item that it is about."""

    def values(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the values of an attribute as texts.

        Parameters
        ----------
        path : tuple of str
            Keywords: of sequences on the way, and of the attribute.

        Returns
        -------
        tuple of str | None
            Its values, of a sequence the numbers of its items; none for an empty attribute, and
            None if it is absent.

        Raises
        ------
        LookupError
            It cannot be said what the values are.
        """

    def codes(self, path: tuple[str, ...]) -> tuple[tuple[str, str], ...] | None:
        """Return the codes in the items of a sequence.

        Parameters
        ----------
        path : tuple of str
            Keywords, the last that of the sequence.

        Returns
        -------
        tuple of tuple of str | None
            Value and scheme of each; None if it is absent.

        Raises
        ------
        LookupError
            It cannot be said what the items are.
        """


class Condition(ABC):
    """A condition that is true, false, or cannot be decided; ``str`` gives it in the language."""

    __slots__ = ()

    @abstractmethod
    def evaluate(self, lookup: Lookup) -> Truth:
        """Decide the condition.

        Parameters
        ----------
        lookup : Lookup
            Where the values are.

        Returns
        -------
        bool | None
            None if it cannot be decided.
        """

    def operands(self) -> Iterator[Operand]:
        """Yield the attributes that it looks at."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Operand:
    """An attribute, or one of its values.

    Parameters
    ----------
    path : tuple of str
        Keywords, the last that of the attribute.
    position : int | None, optional
        Number of the value, from 1; None for all of them.
    """

    path: tuple[str, ...]
    position: int | None = None

    def __str__(self) -> str:
        name = ".".join(self.path)
        return name if self.position is None else f"{name} value {self.position}"

    def read(self, lookup: Lookup) -> tuple[str, ...] | None:
        """Return the values, or the one that is meant; None if the attribute is absent."""
        values = lookup.values(self.path)
        if values is None or self.position is None:
            return values
        return values[self.position - 1 : self.position]


@dataclass(frozen=True, slots=True)
class _Test(Condition):
    """A test of one attribute; what cannot be read makes it undecided."""

    operand: Operand

    def evaluate(self, lookup: Lookup) -> Truth:
        try:
            return self._test(lookup)
        except LookupError:
            return None

    def _test(self, lookup: Lookup) -> Truth:
        raise NotImplementedError

    def operands(self) -> Iterator[Operand]:
        yield self.operand


@dataclass(frozen=True, slots=True)
class Present(_Test):
    """The attribute is there, be it empty: ``PixelData is present``."""

    negated: bool = False

    def _test(self, lookup: Lookup) -> Truth:
        return (self.operand.read(lookup) is not None) is not self.negated

    def __str__(self) -> str:
        return f"{self.operand} is {'not ' * self.negated}present"


@dataclass(frozen=True, slots=True)
class HasValue(_Test):
    """The attribute is there and not empty: ``PatientID has a value``."""

    negated: bool = False

    def _test(self, lookup: Lookup) -> Truth:
        return bool(self.operand.read(lookup)) is not self.negated

    def __str__(self) -> str:
        return f"{self.operand} has {'no' if self.negated else 'a'} value"


@dataclass(frozen=True, slots=True)
class Is(_Test):
    """One of the values is one of these: ``ImageType value 1 is ORIGINAL or MIXED``.

    An absent attribute is none of them.  ``is not`` presupposes a value: without one it cannot be
    decided.  UIDs and tags may be named by their keyword, numbers are compared as numbers.
    """

    values: tuple[str, ...] = ()
    negated: bool = False

    def _test(self, lookup: Lookup) -> Truth:
        found = self.operand.read(lookup)
        if not found:
            return None if self.negated else False
        matches = any(same_value(one, wanted) for one in found for wanted in self.values)
        return matches is not self.negated

    def __str__(self) -> str:
        return f"{self.operand} is {'not ' * self.negated}{' or '.join(map(quote, self.values))}"


@dataclass(frozen=True, slots=True)
class Exceeds(_Test):
    """Some value is above, or below, a number: ``SamplesPerPixel is greater than 1``."""

    limit: float = 0
    below: bool = False

    def _test(self, lookup: Lookup) -> Truth:
        found = self.operand.read(lookup)
        if not found:
            return False
        try:
            numbers = [float(value) for value in found]
        except ValueError:
            return None
        return any(number < self.limit if self.below else number > self.limit for number in numbers)

    def __str__(self) -> str:
        return f"{self.operand} is {'less' if self.below else 'greater'} than {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Contains(_Test):
    """An item of the sequence is this code: ``ViewCodeSequence contains (399162004, SCT)``."""

    code: str = ""
    scheme: str = ""

    def _test(self, lookup: Lookup) -> Truth:
        found = lookup.codes(self.operand.path)
        return found is not None and (self.code, self.scheme) in found

    def __str__(self) -> str:
        return f"{self.operand} contains ({quote(self.code)}, {quote(self.scheme)})"


@dataclass(frozen=True, slots=True)
class Statement(Condition):
    """What the object does not say: ``"contrast media were applied"``; never decided."""

    text: str

    def evaluate(self, lookup: Lookup) -> Truth:
        """Return None, whatever the object holds."""

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The opposite: ``not (A is present)``."""

    part: Condition

    def evaluate(self, lookup: Lookup) -> Truth:
        """Return the opposite; None if the part cannot be decided."""
        truth = self.part.evaluate(lookup)
        return None if truth is None else not truth

    def operands(self) -> Iterator[Operand]:
        """Yield the attributes that the part looks at."""
        yield from self.part.operands()

    def __str__(self) -> str:
        return f"not ({self.part})"


@dataclass(frozen=True, slots=True)
class _Joined(Condition):
    parts: tuple[Condition, ...]

    def operands(self) -> Iterator[Operand]:
        for part in self.parts:
            yield from part.operands()

    def _join(self, word: str) -> str:
        bare = (Not, _Test)
        shown = (str(part) if isinstance(part, bare) else _wrapped(part) for part in self.parts)
        return f" {word} ".join(shown)


@dataclass(frozen=True, slots=True)
class AllOf(_Joined):
    """All of several: ``A is present and B is YES``."""

    def evaluate(self, lookup: Lookup) -> Truth:
        """Return False if a part is false, True if all are true."""
        truths = [part.evaluate(lookup) for part in self.parts]
        if False in truths:
            return False
        return None if None in truths else True

    def __str__(self) -> str:
        return self._join("and")


@dataclass(frozen=True, slots=True)
class AnyOf(_Joined):
    """At least one of several: ``A is present or B is YES``."""

    def evaluate(self, lookup: Lookup) -> Truth:
        """Return True if a part is true, False if all are false."""
        truths = [part.evaluate(lookup) for part in self.parts]
        if True in truths:
            return True
        return None if None in truths else False

    def __str__(self) -> str:
        return self._join("or")


def quote(value: str) -> str:
    """Write a value in the language, in quotes if it is not one plain word.

    Parameters
    ----------
    value : str
        The value.

    Returns
    -------
    str
        For example ``'"PALETTE COLOR"'``.
    """
    plain = _BARE.fullmatch(value) and value not in _WORDS
    return value if plain else f'"{value}"'


def _wrapped(part: Condition) -> str:
    return f"({part})"


def same_value(found: str, wanted: str) -> bool:
    """Whether a value is the one that a table names.

    Parameters
    ----------
    found : str
        A value of an object, as a text.
    wanted : str
        A value of a table; of UIDs and tags, also their keyword.

    Returns
    -------
    bool
        True for the same text, and for the same number written in another way.
    """
    if found == wanted:
        return True
    if found.startswith("1.2.840.10008."):
        return UID(found).keyword == wanted
    if found.startswith("("):
        return keyword_for_tag(found[1:-1].replace(",", "")) == wanted
    try:
        return float(found) == float(wanted)
    except ValueError:
        return False
