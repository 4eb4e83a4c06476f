"""Validation of what is made or written, where `iodkit.defaults(validate=True)` wants it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from iodkit.context import current
from iodkit.registry.references import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = ["check_if_wanted", "checked_constructor"]

# Validation stands above: it is named as plugins name their code, and imported when it is wanted.
_VALIDATOR = "iodkit.validation:validate"


def check_if_wanted(dataset: Dataset) -> None:
    """Validate an object, if the settings say so.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.

    Raises
    ------
    ValidationError
        If it has errors.
    """
    if current().validate:
        validator = cast("Any", load_reference(_VALIDATOR))
        validator(dataset).raise_for_errors()


def checked_constructor(init: Callable[..., None]) -> Callable[..., None]:
    """Let a constructor validate what it has made, if the settings say so.

    Parameters
    ----------
    init : callable
        ``__init__`` of a class of objects.

    Returns
    -------
    callable
        The same, with validation at its end where no subclass still has to add to the object.
    """

    @wraps(init)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        if type(self).__init__ is construct:
            check_if_wanted(self)

    return construct
