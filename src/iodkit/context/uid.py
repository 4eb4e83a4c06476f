"""Unique identifiers under the root ``2.25.``, which needs no registration (PS3.5 B.2)."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, cast

import pydicom.uid

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from typing import Self

__all__ = ["IMPLEMENTATION_CLASS_UID", "UID", "SeededUIDs"]


class UID(pydicom.uid.UID):
    """Unique identifier (PS3.5 chapter 9); without a value, a new one is made.

    Parameters
    ----------
    value : str | None, optional
        Value of the identifier.  By default a new one is taken from the generator that
        :func:`iodkit.defaults` has set.
    """

    def __new__(cls, value: str | None = None) -> Self:  # noqa: D102
        if value is None:
            # The generator lives in the settings, which hold identifiers themselves.
            from iodkit.context.settings import generate_uid

            value = generate_uid()
        return cast("Self", super().__new__(cls, value))

    @classmethod
    def from_uuid(cls, uuid: str) -> Self:
        """Make the identifier that belongs to a UUID (PS3.5 B.2).

        Parameters
        ----------
        uuid : str
            A UUID in its hexadecimal text form.

        Returns
        -------
        UID
            ``2.25.`` and the UUID as a decimal number.

        Raises
        ------
        InvalidValueError
            If the text is no UUID.
        """
        return cls(_from_uuid_text(uuid))


def _from_uuid_text(text: str) -> str:
    try:
        return f"2.25.{uuid.UUID(text).int}"
    except (ValueError, AttributeError, TypeError):
        raise InvalidValueError(
            "value is no UUID",
            attribute="uuid",
            found=text,
            expected="32 hexadecimal digits in groups of 8, 4, 4, 4 and 12",
            clause="PS3.5 B.2",
        ) from None


def random_uid() -> str:
    """Make an identifier from a random UUID."""
    return f"2.25.{uuid.uuid4().int}"


class SeededUIDs:
    """A generator whose identifiers depend only on a seed and on their place in the sequence.

    Parameters
    ----------
    seed : str
        Any text.

    Examples
    --------
    >>> import iodkit
    >>> with iodkit.defaults(uid_generator=iodkit.SeededUIDs("example")):
    ...     first = iodkit.UID()
    >>> with iodkit.defaults(uid_generator=iodkit.SeededUIDs("example")):
    ...     assert iodkit.UID() == first
    """

    def __init__(self, seed: str) -> None:
        self._namespace = uuid.uuid5(uuid.NAMESPACE_OID, seed)
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Make the next identifier."""
        with self._lock:
            self._count += 1
            count = self._count
        return f"2.25.{uuid.uuid5(self._namespace, str(count)).int}"


IMPLEMENTATION_CLASS_UID = pydicom.uid.UID("2.25.170152794580886728020952114648357653598")
