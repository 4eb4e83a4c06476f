"""What the macros share: required attributes, single items, optional texts and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from iodkit.elements import DicomSequence, check_string
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["ItemSequence", "finite_numbers", "is_empty", "require_attributes", "set_text"]


class ItemSequence(DicomSequence):
    """A sequence whose items must have certain attributes, and of which one is allowed.

    Subclasses state the keywords, the clause, and whether more items are allowed.
    """

    _required: ClassVar[tuple[str, ...]] = ()
    _clause: ClassVar[str | None] = None
    _single: ClassVar[bool] = True

    def _check_items(self) -> None:
        if len(self) < 1 or (self._single and len(self) > 1):
            raise InvalidValueError(
                f"{type(self).__name__} has {len(self)} items",
                expected="exactly one item" if self._single else "at least one item",
                clause=self._clause,
            )
        for item in self:
            self._check_item(item)

    def _check_item(self, item: Dataset) -> None:
        """Raise if an item lacks something; subclasses with a choice override."""
        require_attributes(item, self._required, type(self).__name__, self._clause)


def is_empty(dataset: Dataset, keyword: str) -> bool:
    """Return whether an attribute is absent or has no value.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset to look into.
    keyword : str
        Keyword of the attribute.

    Returns
    -------
    bool
        Whether there is no value.
    """
    return keyword not in dataset or dataset[keyword].is_empty


def require_attributes(
    dataset: Dataset, keywords: Iterable[str], what: str, clause: str | None
) -> None:
    """Raise if a dataset lacks an attribute, or has it without a value.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset to check.
    keywords : Iterable[str]
        Keywords of type 1 attributes.
    what : str
        What the dataset is to become, for the error.
    clause : str | None
        Clause that wants the attributes.

    Raises
    ------
    MissingAttributeError
        Naming the first keyword that is missing.
    """
    for keyword in keywords:
        if is_empty(dataset, keyword):
            raise MissingAttributeError(
                f"{what} needs an attribute that the item lacks",
                attribute=keyword,
                expected="a value",
                clause=clause,
            )


def set_text(dataset: Dataset, keyword: str, vr: str, value: str | None) -> None:
    """Check an optional text and set it if there is one.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset to set it in.
    keyword : str
        Keyword of the attribute.
    vr : str
        Its value representation.
    value : str | None
        The text; ``None`` leaves the attribute out.
    """
    if value is not None:
        setattr(dataset, keyword, check_string(value, vr, keyword))


def finite_numbers(values: object, count: int, name: str) -> tuple[float, ...]:
    """Check that there are so many finite numbers, and return them.

    Parameters
    ----------
    values : Sequence[float]
        Numbers, in a list, tuple, array or DICOM value.
    count : int
        How many there must be.
    name : str
        Name of the parameter or attribute, for the error.

    Returns
    -------
    tuple[float, ...]
        The numbers.

    Raises
    ------
    InvalidTypeError
        If these are no numbers.
    InvalidValueError
        If there are more or fewer, or one is not finite.
    """
    expected = f"{count} finite numbers"
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InvalidTypeError(
            "these are no numbers", attribute=name, found=values, expected=expected
        )
    try:
        numbers = tuple(float(value) for value in values)
    except OverflowError as error:
        raise InvalidValueError(
            "a number is too large",
            attribute=name,
            found="an integer beyond 1e308",
            expected=expected,
        ) from error
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(
            "these are no numbers", attribute=name, found=values, expected=expected
        ) from error
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise InvalidValueError("wrong numbers", attribute=name, found=numbers, expected=expected)
    return numbers
