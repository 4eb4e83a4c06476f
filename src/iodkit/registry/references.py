"""String references: ``"package.module:object"``, and ``"package:path"`` for data files."""

from __future__ import annotations

import importlib
import re

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError

__all__ = ["check_reference", "check_resource", "load_reference", "read_resource"]

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_OBJECT = re.compile(rf"{_DOTTED}:{_DOTTED}")
_RESOURCE = re.compile(rf"{_DOTTED}:[^/\\:]+(?:/[^/\\:]+)*")


def check_reference(reference: object, attribute: str = "reference") -> str:
    """Check the syntax of a reference to an object; nothing is imported.

    Parameters
    ----------
    reference : str
        ``"package.module:attribute"``; the attribute may be dotted.
    attribute : str, optional
        What the reference is called in the error.

    Returns
    -------
    str
        The reference.

    Raises
    ------
    InvalidTypeError
        It is not a string (a class or function was given, for example).
    InvalidValueError
        It is a string of another form.
    """
    if not isinstance(reference, str):
        raise InvalidTypeError(
            "not a string reference",
            attribute=attribute,
            found=reference,
            expected='a string "package.module:attribute"',
            remedy="Give the reference, not the object: it is imported on first use.",
        )
    if not _OBJECT.fullmatch(reference):
        raise InvalidValueError(
            "not a reference to an object",
            attribute=attribute,
            found=reference,
            expected='"package.module:attribute"',
        )
    return reference


def check_resource(reference: str, attribute: str = "table") -> None:
    """Check the syntax of a reference to a data file inside a package.

    Parameters
    ----------
    reference : str
        ``"package:folder/file.json"``, with forward slashes and no ``..``.
    attribute : str, optional
        What the reference is called in the error.

    Raises
    ------
    InvalidTypeError
        It is not a string.
    InvalidValueError
        It is a string of another form.
    """
    if not isinstance(reference, str):
        raise InvalidTypeError(
            "not a string reference", attribute=attribute, found=reference, expected="a string"
        )
    parts = reference.partition(":")[2].split("/")
    if not _RESOURCE.fullmatch(reference) or ".." in parts:
        raise InvalidValueError(
            "not a reference to a file of a package",
            attribute=attribute,
            found=reference,
            expected='"package:folder/file"',
        )


def load_reference(reference: str) -> object:
    """Import what a reference names.

    Parameters
    ----------
    reference : str
        ``"package.module:attribute"``.

    Returns
    -------
    object
        The class, function or other object.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        The reference has another form.
    ImportError
        The module cannot be imported; any other exception of the module passes through as well.
    AttributeError
        The module has no such attribute.
    """
    check_reference(reference)
    module, _, path = reference.partition(":")
    found: object = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


def read_resource(reference: str) -> bytes:
    """Read a data file of a package; works in zipped installations too.

    Parameters
    ----------
    reference : str
        ``"package:folder/file.json"``.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        The reference has another form.
    NotFoundError
        The package has no such file.
    """
    # Look-ups must be quick, and only few programs read tables.
    from importlib import resources

    check_resource(reference)
    package, _, path = reference.partition(":")
    try:
        return resources.files(package).joinpath(*path.split("/")).read_bytes()
    except (FileNotFoundError, ModuleNotFoundError) as error:
        raise NotFoundError("no such file in the package", found=reference) from error
