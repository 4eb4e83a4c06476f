"""The one hierarchy of errors and warnings that every part of iodkit raises.

Each class is also the built-in exception that a caller would expect (`ValueError`,
`TypeError`, `KeyError`, `OSError`, ...), so existing ``except`` clauses keep working.
"""

from __future__ import annotations

__all__ = [
    "CorruptDataError",
    "GeometryError",
    "InvalidTypeError",
    "InvalidValueError",
    "IodkitError",
    "IodkitWarning",
    "MissingAttributeError",
    "MissingDependencyError",
    "MissingFileError",
    "NotFoundError",
    "OutOfRangeError",
    "PixelDataError",
    "PluginConflictError",
    "PluginError",
    "PluginWarning",
    "ReadError",
    "SOPClassError",
    "UnsupportedError",
    "ValidationError",
    "WriteError",
]

_NOT_GIVEN = object()


class IodkitError(Exception):
    """Base of all errors of iodkit.

    Parameters
    ----------
    message : str
        What is wrong, as a sentence without its final stop.
    attribute : str, optional
        Keyword or path of the DICOM attribute, or name of the parameter, that is at fault.
    found : object, optional
        The value that was found there.
    expected : str, optional
        What would have been right.
    clause : str, optional
        The clause of the standard that wants it, for example ``"PS3.3 C.7.6.2"``.
    remedy : str, optional
        What to do about it.

    Attributes
    ----------
    code : str
        Stable, machine-readable name of the situation (a class attribute).
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        attribute: str | None = None,
        found: object = _NOT_GIVEN,
        expected: str | None = None,
        clause: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.attribute = attribute
        self.has_found = found is not _NOT_GIVEN
        self.found = found if self.has_found else None
        self.expected = expected
        self.clause = clause
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.message]
        if self.attribute is not None and self.attribute not in self.message:
            parts[0] = f"{self.attribute}: {self.message}"
        if self.has_found:
            parts.append(f"found {_abbreviate(self.found)}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        text = "; ".join(parts)
        if self.clause is not None:
            text += f" ({self.clause})"
        if self.remedy is not None:
            text += f". {self.remedy}"
        return text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(cls: type[IodkitError], args: tuple[object, ...], state: dict[str, object]) -> object:
    """Recreate an error from a pickle, whatever its constructor takes."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def _abbreviate(value: object, limit: int = 120) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class InvalidValueError(IodkitError, ValueError):
    """A value that the standard, or the interface, does not allow."""

    code = "invalid-value"


class InvalidTypeError(IodkitError, TypeError):
    """An argument of a type that cannot be used."""

    code = "invalid-type"


class MissingAttributeError(InvalidValueError):
    """A dataset lacks an attribute that is needed."""

    code = "missing-attribute"


class SOPClassError(InvalidValueError):
    """A dataset is of another SOP class than the one asked for."""

    code = "sop-class"


class GeometryError(InvalidValueError):
    """Positions, orientations or spacings do not fit what was asked for."""

    code = "geometry"


class ValidationError(InvalidValueError):
    """A dataset breaks rules of its IOD.

    Attributes
    ----------
    report : object
        The report with all findings.
    """

    code = "validation"

    def __init__(self, message: str, *, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class NotFoundError(IodkitError, KeyError):
    """Nothing matches the key, name or number that was asked for."""

    code = "not-found"

    def __str__(self) -> str:
        return IodkitError.__str__(self)


class OutOfRangeError(IodkitError, IndexError):
    """An index or a frame number lies outside the object."""

    code = "out-of-range"


class UnsupportedError(IodkitError, NotImplementedError):
    """Something valid that this version, or this installation, cannot do."""

    code = "unsupported"


class PixelDataError(IodkitError, ValueError):
    """Pixel data that cannot be decoded or encoded."""

    code = "pixel-data"


class MissingDependencyError(IodkitError, ImportError):
    """A distribution that is not installed is needed; the remedy says which."""

    code = "missing-dependency"


class ReadError(IodkitError, OSError):
    """A file or stream that cannot be read."""

    code = "read"

    def __str__(self) -> str:
        return IodkitError.__str__(self)


class MissingFileError(ReadError, FileNotFoundError):
    """There is no file of this name."""

    code = "missing-file"


class CorruptDataError(ReadError, ValueError):
    """Bytes that are not what they claim to be: truncated, or with wrong lengths."""

    code = "corrupt-data"


class WriteError(IodkitError, OSError):
    """A file that could not be written; nothing is left of it."""

    code = "write"

    def __str__(self) -> str:
        return IodkitError.__str__(self)


class PluginError(IodkitError, RuntimeError):
    """A plugin that cannot be used."""

    code = "plugin"


class PluginConflictError(PluginError, LookupError):
    """Two plugins claim one SOP class and no preference decides between them."""

    code = "plugin-conflict"


class IodkitWarning(UserWarning):
    """Base of all warnings of iodkit."""


class PluginWarning(IodkitWarning):
    """A plugin was left out; the rest works."""
