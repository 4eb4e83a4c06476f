"""Settings that hold for a block of code, per thread and per task."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

from iodkit.context.equipment import Equipment
from iodkit.context.uid import UID, random_uid
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Unpack

__all__ = ["Settings", "current", "defaults", "generate_uid", "now"]


def _system_clock() -> dt.datetime:
    return dt.datetime.now().astimezone()


_NO_EQUIPMENT = Equipment()


@dataclass(frozen=True, slots=True)
class Settings:
    """What constructors use for arguments that are not given.

    Parameters
    ----------
    equipment : Equipment, optional
        Equipment that makes the objects.
    content_creator_name : str | None, optional
        Person who makes the content, as a person name (PS3.5 6.2.1).
    series_number, instance_number : int, optional
        Numbers of new objects.
    clock : Callable[[], datetime.datetime], optional
        Where the time of creation comes from.
    uid_generator : Callable[[], str], optional
        Where new unique identifiers come from.
    max_frame_bytes : int, optional
        Memory that one decoded frame may take.
    validate : bool, optional
        Whether objects are validated when they have been made, and before they are written.
    """

    equipment: Equipment = _NO_EQUIPMENT
    content_creator_name: str | None = None
    series_number: int = 1
    instance_number: int = 1
    clock: Callable[[], dt.datetime] = _system_clock
    uid_generator: Callable[[], str] = random_uid
    max_frame_bytes: int = 1 << 31
    validate: bool = False


class SettingsOptions(TypedDict, total=False):
    """Keyword arguments of :func:`defaults`."""

    equipment: Equipment
    content_creator_name: str | None
    series_number: int
    instance_number: int
    clock: Callable[[], dt.datetime]
    uid_generator: Callable[[], str]
    max_frame_bytes: int
    validate: bool


_CURRENT: ContextVar[Settings | None] = ContextVar("iodkit_settings", default=None)
_SYSTEM = Settings()


def current() -> Settings:
    """Return the settings that hold here.

    Returns
    -------
    Settings
        Settings of the innermost :func:`defaults` block, else the built-in ones.
    """
    return _CURRENT.get() or _SYSTEM


@contextmanager
def defaults(**options: Unpack[SettingsOptions]) -> Iterator[Settings]:
    """Set defaults for the objects that are made in a block.

    The settings hold for the thread, or the asynchronous task, that enters the block, and for
    tasks that it starts.  Blocks nest; what an inner block does not name stays as it is.

    Parameters
    ----------
    equipment : Equipment
        Equipment that makes the objects; completes that of an outer block.
    content_creator_name : str | None
        Person who makes the content.
    series_number, instance_number : int
        Numbers of new objects (1 without this).
    clock : Callable[[], datetime.datetime]
        Gives the time of creation.  With a fixed clock and a seeded generator the same input
        gives the same bytes.
    uid_generator : Callable[[], str]
        Gives new unique identifiers, for example :class:`iodkit.SeededUIDs`.
    max_frame_bytes : int
        Memory that one decoded frame may take, 2 GiB without this: a small file can stand for
        very large images.
    validate : bool
        Whether objects are validated when they have been made, and before they are written:
        errors are raised as `iodkit.ValidationError`.

    Yields
    ------
    Settings
        The settings that hold in the block.

    Raises
    ------
    InvalidTypeError
        If an option has a wrong name or type.
    """
    outer = current()
    settings = _apply(outer, dict(options))
    token = _CURRENT.set(settings)
    try:
        yield settings
    finally:
        _CURRENT.reset(token)


def _apply(outer: Settings, options: dict[str, Any]) -> Settings:
    known = SettingsOptions.__optional_keys__
    for name, value in options.items():
        if name not in known:
            raise InvalidTypeError(
                f"iodkit.defaults has no option {name!r}", expected=f"one of {sorted(known)}"
            )
        if name in ("clock", "uid_generator") and not callable(value):
            raise InvalidTypeError(
                "wrong type", attribute=name, found=type(value).__name__, expected="a callable"
            )
        if name.endswith(("_number", "_bytes")) and (not isinstance(value, int) or value < 0):
            raise InvalidValueError(
                "value is not allowed", attribute=name, found=value, expected="0, 1, 2, …"
            )
        if name == "validate" and not isinstance(value, bool):
            raise InvalidTypeError(
                "wrong type", attribute=name, found=type(value).__name__, expected="True or False"
            )
        if name == "equipment":
            if not isinstance(value, Equipment):
                raise InvalidTypeError(
                    "wrong type",
                    attribute=name,
                    found=type(value).__name__,
                    expected="an iodkit.Equipment",
                )
            options = {**options, name: value.over(outer.equipment)}
    return replace(outer, **options)


def generate_uid() -> UID:
    """Make a new unique identifier with the generator that holds here.

    Returns
    -------
    UID
        The identifier.
    """
    return UID(current().uid_generator())


def now() -> dt.datetime:
    """Return the time by the clock that holds here.

    Returns
    -------
    datetime.datetime
        The time; the system's clock gives it with the local time zone.
    """
    return current().clock()
