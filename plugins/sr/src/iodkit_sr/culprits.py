"""Which item of a content tree cannot be encoded: errors name it by its path."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from iodkit.errors import InvalidTypeError, InvalidValueError, IodkitError
from iodkit.io import EncodedItem, encode_items
from iodkit_sr.tree.index import format_path, to_attribute_path

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["encode_content"]

_CONTENT = BaseTag(0x0040A730)


def encode_content(items: Iterable[Any], **encoding: Any) -> bytes:
    """Encode the items of a Content Sequence, and those below them.

    Parameters
    ----------
    items : iterable of pydicom.Dataset
        The items below the root.
    **encoding : object
        As :func:`iodkit.io.encode_items` takes it.

    Returns
    -------
    bytes
        The value of the sequence.

    Raises
    ------
    InvalidTypeError
        If something is no item; the error names its path.
    InvalidValueError
        If an item has a value that cannot be encoded; the error names its path.
    """
    try:
        return encode_items(items, **encoding)
    except (IodkitError, AttributeError, TypeError) as error:
        _find_culprit(items, (1,), encoding)
        raise error from None


def _find_culprit(items: Iterable[Any], above: tuple[int, ...], encoding: dict[str, Any]) -> None:
    """Encode item by item, and raise for the first that cannot be."""
    for number, item in enumerate(items, 1):
        steps = (*above, number)
        if isinstance(item, EncodedItem):
            continue
        if not isinstance(item, Dataset):
            raise InvalidTypeError(
                f"item {format_path(steps)} is no content item",
                attribute=to_attribute_path(steps[:-1], f"ContentSequence[{number}]"),
                found=type(item).__name__,
                expected="a ContentItem",
                clause="PS3.3 C.17.3",
            )
        _check_alone(item, steps, encoding)
        below = item._dict.get(_CONTENT)
        value = getattr(below, "value", None)
        if not isinstance(value, bytes):
            _find_culprit(getattr(value, "_list", value) or (), steps, encoding)


def _check_alone(item: Dataset, steps: tuple[int, ...], encoding: dict[str, Any]) -> None:
    """Encode the elements of an item one by one, without the items below it."""
    for tag, element in item._dict.items():
        if tag == _CONTENT:
            continue
        alone = copy.copy(item)
        alone._dict = {tag: element}
        try:
            encode_items([alone], **encoding)
        except (IodkitError, AttributeError, TypeError) as error:
            reason = error.message if isinstance(error, IodkitError) else str(error)
            raise InvalidValueError(
                f"item {format_path(steps)}: {reason}",
                attribute=to_attribute_path(steps, keyword_for_tag(tag) or str(tag)),
                found=getattr(element, "value", None),
                expected=f"a value that VR {element.VR} allows",
                clause="PS3.5 6.2",
            ) from error
