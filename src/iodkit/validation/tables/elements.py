"""What an element holds, decoded no further than the check needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from iodkit.validation.subject import vr_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["READ_ERRORS", "is_empty", "items_of", "stored_vr", "values_of"]

READ_ERRORS = (ValueError, NotImplementedError, KeyError, TypeError, EOFError, AttributeError)
_BULK = frozenset(("OB", "OW", "OF", "OD", "OL", "OV", "UN"))
_TEXT = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM"))
_TEXT |= {"UC", "UI", "UR", "UT"}
_PADDED = 64


def stored(item: Dataset, tag: int) -> Any:
    """Return an element as it is stored."""
    return item.get_item(BaseTag(tag), keep_deferred=True)


def stored_vr(item: Dataset, tag: int) -> str:
    """Return the VR of an element; empty if the file does not say it."""
    element = stored(item, tag)
    return str(element.VR or "") if not getattr(element, "is_implicit_VR", False) else ""


def is_empty(item: Dataset, tag: int) -> bool:
    """Whether an element has no value.

    Parameters
    ----------
    item : pydicom.Dataset
        Where it is.
    tag : int
        Its tag.

    Returns
    -------
    bool
        True for no bytes, no items, or nothing but padding.
    """
    element = stored(item, tag)
    value = element.value
    if isinstance(element, RawDataElement):
        if value is None:
            return element.length == 0
        is_text = len(value) <= _PADDED and vr_of(element) in _TEXT
        return not (value.strip(b" \0") if is_text else value)
    if value is None or isinstance(value, (bytes, str)):
        return not value
    return isinstance(value, (list, MultiValue, Sequence)) and len(value) == 0


def values_of(item: Dataset, tag: int) -> tuple[str, ...]:
    """Return the values of an element as texts.

    Parameters
    ----------
    item : pydicom.Dataset
        Where it is.
    tag : int
        Its tag.

    Returns
    -------
    tuple of str
        Its values, of a sequence the numbers of its items; of bulk data, one that stands for all.

    Raises
    ------
    LookupError
        It cannot be decoded.
    """
    if is_empty(item, tag):
        return ()
    if vr_of(stored(item, tag)) in _BULK:
        return ("bulk data",)
    try:
        value = item[tag].value
    except READ_ERRORS as error:
        raise LookupError(str(error)) from error
    if isinstance(value, (bytes, bytearray)):
        raise LookupError("a value whose VR is not known")  # noqa: TRY004 - it cannot be read
    if isinstance(value, (list, tuple, MultiValue)) and not isinstance(value, Sequence):
        return tuple(str(each).strip(" ") for each in value)
    if isinstance(value, Sequence):
        return tuple(str(number) for number in range(1, len(value) + 1))
    # Spaces at the ends do not count, in codes, numbers and names (PS3.5 6.2).
    return (str(value).strip(" "),)


def items_of(item: Dataset, tag: int) -> list[Dataset]:
    """Return the items of a sequence; none if it is no sequence, or cannot be decoded.

    Parameters
    ----------
    item : pydicom.Dataset
        Where it is.
    tag : int
        Its tag.

    Returns
    -------
    list of pydicom.Dataset
        Its items.
    """
    try:
        value = item[tag].value
    except READ_ERRORS:
        return []
    return list(value) if isinstance(value, Sequence) else []
