"""Checks of the fields of records: texts, identifiers, UIDs, names that users type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword

from iodkit.errors import InvalidTypeError, InvalidValueError

__all__ = ["check_form", "check_identifier", "check_sop_class_uid", "check_text", "to_uids"]

_UID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")


def check_sop_class_uid(uid: str, attribute: str = "sop_class_uid") -> None:
    """Check the syntax of a UID (PS3.5 9.1).

    Parameters
    ----------
    uid : str
        The UID.
    attribute : str, optional
        What it is called in the error.

    Raises
    ------
    InvalidTypeError
        It is not a string.
    InvalidValueError
        It is not a UID.
    """
    check_text(uid, attribute)
    if len(uid) > 64 or not _UID.fullmatch(uid):
        raise InvalidValueError(
            "not a UID",
            attribute=attribute,
            found=uid,
            expected="numbers without leading zeros, separated by dots, 64 characters at most",
            clause="PS3.5 9.1",
        )


def to_uids(values: object) -> tuple[str, ...]:
    """Check a list of SOP Class UIDs, and freeze it."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidTypeError("not a list of UIDs", attribute="sop_class_uids", found=values)
    uids = tuple(values)
    for uid in uids:
        check_sop_class_uid(uid, "sop_class_uids")
    return uids


def check_text(value: object, attribute: str, *, empty: bool = True) -> None:
    """Check that a value is a string, and not an empty one where that matters."""
    if not isinstance(value, str):
        raise InvalidTypeError("not a string", attribute=attribute, found=value, expected="str")
    if not empty and not value:
        raise InvalidValueError("must not be empty", attribute=attribute, found=value)


def check_identifier(value: object, attribute: str) -> None:
    """Check that a value is a name that Python takes."""
    check_text(value, attribute)
    text = str(value)
    if not text.isidentifier() or iskeyword(text):
        raise InvalidValueError(
            "not an identifier", attribute=attribute, found=value, expected="a Python identifier"
        )


def check_form(value: object, attribute: str, form: re.Pattern[str], expected: str) -> None:
    """Check that a value is a string of a form."""
    check_text(value, attribute, empty=False)
    if not form.fullmatch(str(value)):
        raise InvalidValueError(
            f"not a {attribute} that can be used",
            attribute=attribute,
            found=value,
            expected=expected,
        )
