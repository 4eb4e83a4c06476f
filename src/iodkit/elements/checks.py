"""Checks of values against their VR (PS3.5 6.2), with errors that name attribute and remedy."""

from __future__ import annotations

import re
import warnings
from enum import Enum
from typing import TYPE_CHECKING, TypeVar, cast

from pydicom.valuerep import PersonName

from iodkit.errors import InvalidTypeError, InvalidValueError, IodkitWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "check_code_string",
    "check_person_name",
    "check_string",
    "check_text",
    "check_type",
    "check_uid",
    "coerce_enum",
]

_EnumT = TypeVar("_EnumT", bound=Enum)
_T = TypeVar("_T")

_MAX_LENGTH = {"AE": 16, "AS": 4, "CS": 16, "LO": 64, "SH": 16, "UI": 64, "ST": 1024, "LT": 10240}
_MULTI_LINE = frozenset(("ST", "LT", "UT"))
_CODE_STRING = re.compile(r"[A-Z0-9 _]{1,16}")
_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")
_CONTROL = re.compile(r"[\x00-\x1a\x1c-\x1f\x7f]")
_LINE_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def check_type(value: object, kind: type[_T] | tuple[type[_T], ...], name: str) -> _T:
    """Return `value` if it is of one of the types, else raise.

    Parameters
    ----------
    value : object
        Value to check.
    kind : type | tuple[type, ...]
        Type or types that are allowed.
    name : str
        Name of the parameter or attribute, for the error.

    Returns
    -------
    object
        `value` itself.

    Raises
    ------
    InvalidTypeError
        If `value` is of another type.
    """
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        raise InvalidTypeError(
            "wrong type",
            attribute=name,
            found=type(value).__name__,
            expected=" or ".join(k.__name__ for k in kinds),
        )
    return value


def check_string(value: str, vr: str, name: str, *, allow_empty: bool = False) -> str:
    """Check one value of a text VR: type, length and characters (PS3.5 6.2).

    Parameters
    ----------
    value : str
        Value to check.
    vr : str
        ``"AE"``, ``"LO"``, ``"LT"``, ``"SH"``, ``"ST"``, ``"UC"`` or ``"UT"``.
    name : str
        Keyword of the attribute, for the error.
    allow_empty : bool, optional
        Whether a value without characters is accepted (type 2).

    Returns
    -------
    str
        `value` itself.

    Raises
    ------
    InvalidTypeError
        If `value` is not a string.
    InvalidValueError
        If it is empty, too long, or has characters that the VR forbids.
    """
    check_type(value, str, name)
    if not allow_empty and not value.strip():
        raise InvalidValueError(
            "value is empty", attribute=name, found=value, expected="at least one character"
        )
    limit = _MAX_LENGTH.get(vr)
    if limit is not None and len(value) > limit:
        raise InvalidValueError(
            f"value has {len(value)} characters",
            attribute=name,
            found=value,
            expected=f"at most {limit} characters for VR {vr}",
            clause="PS3.5 6.2",
        )
    forbidden = (_LINE_CONTROL if vr in _MULTI_LINE else _CONTROL).search(value)
    if forbidden or ("\\" in value and vr not in _MULTI_LINE):
        raise InvalidValueError(
            f"value has a character that VR {vr} forbids",
            attribute=name,
            found=value,
            expected="no backslash and no control characters",
            clause="PS3.5 6.2",
        )
    return value


def check_text(value: str | None, vr: str, name: str, *, required: bool = False) -> str | None:
    """Check an optional text value; see :func:`check_string`.

    Parameters
    ----------
    value : str | None
        Value to check; ``None`` if there is none.
    vr : str
        Value representation.
    name : str
        Keyword of the attribute, for the error.
    required : bool, optional
        Whether ``None`` is an error (type 1).

    Returns
    -------
    str | None
        `value` itself.
    """
    if value is None and not required:
        return None
    return check_string(cast("str", value), vr, name)


def check_code_string(value: str, name: str, allowed: Iterable[str] | None = None) -> str:
    """Check a value of VR CS: 16 characters of A–Z, 0–9, space and underscore (PS3.5 6.2).

    Parameters
    ----------
    value : str
        Value to check.
    name : str
        Keyword of the attribute, for the error.
    allowed : Iterable[str] | None, optional
        Enumerated values, where the attribute has them.

    Returns
    -------
    str
        `value` itself.
    """
    check_type(value, str, name)
    options = None if allowed is None else list(allowed)
    if options is not None and value not in options:
        raise InvalidValueError(
            "value is not allowed", attribute=name, found=value, expected=f"one of {options}"
        )
    if not _CODE_STRING.fullmatch(value):
        raise InvalidValueError(
            "value is no code string",
            attribute=name,
            found=value,
            expected="1 to 16 of the characters A-Z, 0-9, space and underscore",
            clause="PS3.5 6.2",
        )
    return value


def check_uid(value: str, name: str) -> str:
    """Check the syntax of a unique identifier (PS3.5 9.1).

    Parameters
    ----------
    value : str
        Value to check.
    name : str
        Keyword of the attribute, for the error.

    Returns
    -------
    str
        `value` itself.
    """
    check_type(value, str, name)
    if len(value) > 64 or not _UID.fullmatch(value):
        raise InvalidValueError(
            "value is no UID",
            attribute=name,
            found=str(value),
            expected="at most 64 characters: numbers without leading zeros, joined by dots",
            clause="PS3.5 9.1",
        )
    return value


def check_person_name(person_name: str | PersonName) -> None:
    """Check a person name (PS3.5 6.2.1) and warn if it looks like plain text.

    Parameters
    ----------
    person_name : str | pydicom.PersonName
        Name with its components joined by ``^``: family name, given name, middle name,
        prefix, suffix.

    Raises
    ------
    InvalidTypeError
        If the name is neither a string nor a `PersonName`.
    InvalidValueError
        If it has more than three groups, more than five components in a group, or a group of
        more than 64 characters.

    Warns
    -----
    IodkitWarning
        If the name has no ``^``, so that all of it would be the family name.
    """
    check_type(person_name, (str, PersonName), "person_name")
    text = str(person_name)
    groups = text.split("=")
    if len(groups) > 3 or any(len(g) > 64 or g.count("^") > 4 for g in groups):
        raise InvalidValueError(
            "value is no person name",
            attribute="person_name",
            found=text,
            expected="up to 3 groups joined by '=', each of up to 64 characters and 5 components",
            clause="PS3.5 6.2.1",
        )
    if text and not any("^" in g for g in groups):
        warnings.warn(
            f"The person name {text!r} has one component only: all of it is read as the family "
            "name. Join family and given name with '^', or end the name with '^' (PS3.5 6.2.1).",
            IodkitWarning,
            stacklevel=3,
        )


def coerce_enum(value: object, kind: type[_EnumT], name: str) -> _EnumT:
    """Return the member of an enumeration for a member or its value.

    Parameters
    ----------
    value : object
        A member of `kind`, or the value of one.
    kind : type[Enum]
        The enumeration.
    name : str
        Name of the parameter or attribute, for the error.

    Returns
    -------
    Enum
        The member.

    Raises
    ------
    InvalidValueError
        If no member has that value.
    """
    if type(value) is kind:
        return value
    try:
        return kind(value)
    except ValueError:
        options = [member.value for member in kind]
        raise InvalidValueError(
            "value is not allowed", attribute=name, found=value, expected=f"one of {options}"
        ) from None
