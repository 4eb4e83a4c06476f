"""Character sets that items of functional groups have of their own (PS3.3 C.12.1.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydicom.charset import convert_encodings

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iodkit.frames.levels import ItemLevel, Spans

__all__ = ["Charsets", "find_charsets"]

_CHARACTER_SET = 0x00080005


@dataclass(frozen=True, slots=True, eq=False)
class Charsets:
    """The character set of each item of a level.

    Attributes
    ----------
    encodings : tuple of tuple of str
        Python's codec names of each character set that occurs.
    codes : numpy.ndarray or None
        Index into `encodings` for each item; None if all items have the first.
    """

    encodings: tuple[tuple[str, ...], ...]
    codes: NDArray[np.intp] | None = None

    def of_item(self, index: int) -> tuple[str, ...]:
        """Name Python's codecs for the text of an item."""
        return self.encodings[0 if self.codes is None else int(self.codes[index])]

    def split(self, items: NDArray[np.int64]) -> Iterator[tuple[slice | NDArray[np.intp], int]]:
        """Divide items by character set: places in `items`, and an index into `encodings`."""
        if self.codes is None:
            yield slice(None), 0
            return
        codes = self.codes[items]
        for code in np.unique(codes).tolist():
            yield np.flatnonzero(codes == code), code


def find_charsets(levels: Sequence[ItemLevel], encodings: tuple[str, ...]) -> Charsets:
    """Find the character sets of the items of a level.

    An item has its own Specific Character Set, or else that of the item or dataset around it.

    Parameters
    ----------
    levels : sequence of ItemLevel
        The level, last, and those above it.
    encodings : tuple of str
        Python's codec names for the text of the dataset.

    Returns
    -------
    Charsets
        Those of the items of the last level.

    Raises
    ------
    InvalidValueError
        If an item names a character set that does not exist.
    """
    found = {encodings: 0}
    codes: NDArray[np.intp] | None = None
    for depth, level in enumerate(levels):
        if codes is not None and depth:
            codes = codes[level.owners]
        own = level.elements.get(_CHARACTER_SET)
        if own is None:
            continue
        codes = np.zeros(len(level), np.intp) if codes is None else codes.copy()
        codes[own.owner] = [
            found.setdefault(named or encodings, len(found)) for named in _named(level, own)
        ]
    return Charsets(tuple(found), codes)


def _named(level: ItemLevel, span: Spans) -> Iterator[tuple[str, ...]]:
    """Python's codec names for each Specific Character Set; none where it is empty."""
    known: dict[bytes, tuple[str, ...]] = {}
    for start, length in zip(span.offset.tolist(), span.length.tolist(), strict=True):
        value = level.buffer[start : start + length]
        if value not in known:
            terms = value.decode("latin-1").rstrip("\0 ")
            known[value] = _convert(terms) if terms else ()
        yield known[value]


def _convert(terms: str) -> tuple[str, ...]:
    try:
        return tuple(convert_encodings([term.strip() for term in terms.split("\\")]))
    except (LookupError, ValueError) as error:
        raise InvalidValueError(
            f"the character set of an item is not known: {error}",
            attribute="SpecificCharacterSet",
            found=terms,
            clause="PS3.3 C.12.1.1.2",
        ) from error
